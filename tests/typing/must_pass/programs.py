"""Programs about gradients that must type-check in mypy and pyright, both strict; `test_run_time.py` runs them."""

from typing import assert_type

import numpy as np

import miniml as ml
from miniml import Array, Scalar


@ml.model
class Linear:
    w: Array
    b: float


LINE = Linear(np.ones(2), 1.0)
ARGUMENTS = {"params": LINE, "grads": LINE, "x": np.ones((3, 2))}


def loss(params: Linear, x: Array, *, weight: float = 1.0) -> Scalar:
    return weight * np.mean(np.square(x @ params.w + params.b))


def gradients(params: Linear, x: Array) -> None:
    value, grads = ml.value_and_grad(loss)(params, x, weight=2.0)
    assert_type(value, float)
    assert_type(grads, Linear)
    assert_type(ml.grad(loss)(params, x), Linear)
    assert_type(ml.grad(loss, wrt=lambda m: m.w)(params, x), Array)
    assert_type(ml.tree_map(lambda p, g: p - 0.1 * g, params, grads), Linear)


def compiled(x: Array) -> None:
    @ml.jit
    def scaled(x: Array, factor: float) -> Array:
        return x * factor

    assert_type(scaled(x, 2.0), Array)
    assert_type(scaled.source(x, 2.0), str)


def distance(params: Linear, x: Array) -> Scalar:
    return np.mean(np.square(x @ params.w + params.b))


def training(params: Linear, x: Array) -> None:
    result = ml.fit(distance, params, x, ml.adam(), steps=10, wrt=lambda m: m.w)
    assert_type(result, ml.Fit[Linear])
    assert_type(result.best, ml.training.Best[Linear] | None)
    assert_type(next(ml.train(distance, params, x, ml.sgd(0.1))).params, Linear)
    assert_type(ml.lbfgs(distance, params, x, wrt=lambda m: (m.w, m.b)).state.params, Linear)
    ml.fit(distance, params, x, ml.adam(), steps=10, trainable=lambda leaf: np.ndim(leaf) == 1)


def optimisers(params: Linear, grads: Linear) -> None:
    optimizer = ml.adam(1e-2)
    state = optimizer.init(params)
    assert_type(state, ml.OptimizerState[Linear])
    updates, state = optimizer.update(grads, state, params)
    assert_type(updates, Linear)
    assert_type(ml.apply_updates(params, updates), Linear)
