"""Updates of float16 and float32 parameters are those of float64, at any size of the gradients."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.optimizers import Optimizer, apply_updates
from miniml.types import Array

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": ml.sgd(1e-3),
    "momentum": ml.momentum(1e-4),
    "nesterov": ml.nesterov(1e-4),
    "rmsprop": ml.rmsprop(1e-2),
    "adagrad": ml.adagrad(1e-2),
    "adagrad from 0": ml.adagrad(1e-2, initial_accumulator_value=0.0),
    "adam": ml.adam(),
    "adam of a small eps": ml.adam(eps=1e-15),
    "adamw": ml.adamw(weight_decay=1e-2),
    "lion": ml.lion(1e-3),
    "clip": ml.chain(ml.clip(1e-3), ml.adam()),
    "clip by norm": ml.chain(ml.clip_by_global_norm(1e-2), ml.momentum(1.0)),
    "decay": ml.chain(ml.add_decayed_weights(1e-4), ml.adam()),
    "groups": ml.multi_transform(("a", ml.adam()), ("*", ml.chain(ml.clip(0.5), ml.sgd(1e-3)))),
}
PROGRAMS = {name: ml.jit(optimizer.update) for name, optimizer in OPTIMIZERS.items()}
LARGEST = {np.float16: 4.5, np.float32: 18.0}
"""The exponent of the largest gradient whose square, or sum of ten, has a finite moment."""

SMALLEST = {np.float16: -7.0, np.float32: -30.0}


@st.composite
def gradients(draw: st.DrawFn, dtype: Any) -> list[dict[str, Array]]:
    """Draw the gradients of some steps: zeros, and numbers of every size."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    low, high = sorted(draw(st.tuples(*[st.floats(SMALLEST[dtype], LARGEST[dtype])] * 2)))
    steps: list[dict[str, Array]] = []
    for _ in range(draw(st.integers(1, 6))):
        sizes = {
            name: 10.0 ** rng.uniform(low, high, 3) * rng.choice([-1.0, 0.0, 1.0], 3)
            for name in ("a", "b")
        }
        steps.append({name: size.astype(dtype) for name, size in sizes.items()})
    return steps


def run(name: str, grads: list[dict[str, Array]], dtype: Any) -> list[dict[str, Array]]:
    """Return the update of each step, at parameters that stay."""
    params: Any = {"a": np.array([1.0, -2.0, 0.5], dtype), "b": np.array([0.0, 0.25, 3.0], dtype)}
    state, updates = OPTIMIZERS[name].init(params), list[dict[str, Array]]()
    for grad in grads:
        given: Any = {leaf: g.astype(dtype) for leaf, g in grad.items()}
        step, state = PROGRAMS[name](given, state, params)
        updates.append(step)
    return updates


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", OPTIMIZERS)
@given(st.data())
def test_updates_are_those_of_float64(name: str, dtype: Any, data: st.DataObject) -> None:
    """The updates of every optimiser equal those of float64, to rounding, and keep the dtype."""
    grads = data.draw(gradients(dtype))
    limits, exact = np.finfo(dtype), run(name, grads, np.float64)
    lost = 32.0 * float(np.finfo(np.float32).eps)  # of what cancels: a moment of opposed gradients
    least = 2.0 * float(limits.smallest_subnormal if dtype is np.float16 else limits.tiny)
    largest = {leaf: np.max([np.abs(step[leaf]) for step in exact], axis=0) for leaf in exact[0]}
    for found, wanted in zip(run(name, grads, dtype), exact, strict=True):
        for leaf in found:
            assert found[leaf].dtype == dtype
            allowed = float(limits.eps) * np.abs(wanted[leaf]) + lost * largest[leaf] + least
            off = np.abs(found[leaf].astype(float) - wanted[leaf])
            assert np.all(off <= allowed), (leaf, found[leaf], wanted[leaf])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_gradient_of_zero_moves_no_float16(name: str) -> None:
    """A gradient of 0 gives a finite update, also where `eps` is 0 in float16."""
    params: Any = {"a": np.ones(3, np.float16), "b": np.ones((), np.float16)}
    zero = ml.tree_map(np.zeros_like, params)
    optimizer = OPTIMIZERS[name]
    updates, state = optimizer.update(zero, optimizer.init(params), params)
    moved = apply_updates(params, updates)
    assert all(np.isfinite(leaf).all() for leaf in ml.tree_leaves((updates, moved)))
    assert all(leaf.dtype == np.float16 for leaf in ml.tree_leaves((updates, moved)))
    moments: list[Any] = [leaf for leaf in ml.tree_leaves(state) if isinstance(leaf, np.ndarray)]
    assert all(leaf.dtype == np.float32 for leaf in moments)


@pytest.mark.parametrize("number", [6e4, 1e30, 3e38, 1e-30, 1e-44, 1e200, 1e-200, 1e307])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("traced", [False, True])
def test_clipping_by_norm_keeps_the_direction(dtype: Any, number: float, *, traced: bool) -> None:
    """Gradients whose squares overflow or underflow are scaled to the norm, never to 0."""
    with np.errstate(over="ignore"):
        grads = {"a": np.array([number, -number], dtype), "b": np.zeros(2, dtype)}
    if not (np.isfinite(grads["a"]).all() and grads["a"].all()):
        pytest.skip("no number of this dtype")
    size = float(np.abs(grads["a"][0]))
    limit = min(1.0, size)
    optimizer = ml.clip_by_global_norm(limit)
    update = ml.jit(optimizer.update) if traced else optimizer.update
    clipped, _ = update(grads, optimizer.init(grads), grads)
    wanted = np.array([limit, -limit]) * 0.5**0.5
    digits = np.finfo(dtype)
    np.testing.assert_allclose(
        clipped["a"].astype(float),
        wanted,
        rtol=16 * float(digits.eps),
        atol=float(digits.smallest_subnormal),
    )
    assert clipped["b"].tolist() == [0.0, 0.0]


def test_a_norm_out_of_range_is_not_a_step_of_zero() -> None:
    """If the norm itself is more than float64 holds, the step is NaN, which runs report."""
    grads = {"w": np.full(4, 1.7e308)}
    optimizer = ml.clip_by_global_norm(1.0)
    updates, _ = ml.jit(optimizer.update)(grads, optimizer.init(grads), grads)
    assert np.isnan(updates["w"]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_norm_of_clipping_has_a_derivative(dtype: Any) -> None:
    """A loss through a clipped step has its gradient, as meta-learning needs."""
    clip = ml.clip_by_global_norm(0.5)

    def through(grads: dict[str, Array]) -> ml.Scalar:
        updates, _ = clip.update(grads, clip.init(grads), grads)
        value: ml.Scalar = np.sum(updates["a"] * np.array([1.0, 2.0], dtype)) + np.sum(updates["b"])
        return value

    grads = {"a": np.array([3.0, -1.0], dtype), "b": np.array([0.5], dtype)}

    def plain(vector: Array) -> float:
        scaled = vector * (0.5 / np.sqrt(np.sum(vector**2)))
        return float(scaled @ np.array([1.0, 2.0, 1.0]))

    at = np.array([3.0, -1.0, 0.5])
    wanted = [(plain(at + h) - plain(at - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    found = ml.grad(through)(grads)
    assert found["a"].dtype == dtype
    np.testing.assert_allclose([*found["a"], *found["b"]], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "least"),
    [(ml.adam, 3.9e-17), (ml.adamw, 3.9e-17), (partial(ml.rmsprop, 0.1), 1.4e-39)],
)
def test_an_eps_below_what_a_square_may_lose_is_refused(make: Any, least: float) -> None:
    """An `eps` that squares of float32 underflow past would make huge steps: `init` refuses it."""
    params = {"w": np.ones(2, np.float32)}
    make(eps=10.0 * least).init(params)
    with pytest.raises(
        ValueError, match=r"eps is .*, too small for w of dtype float32, .* at least"
    ):
        make(eps=least / 10.0).init(params)
