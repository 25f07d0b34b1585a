"""The optimisers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import schedules
from miniml.optimizers import Optimizer, apply_updates

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": ml.sgd(0.1),
    "momentum": ml.momentum(0.1),
    "nesterov": ml.nesterov(0.1),
    "rmsprop": ml.rmsprop(0.004),
    "adagrad": ml.adagrad(1.0),
    "adam": ml.adam(0.1),
    "adamw": ml.adamw(0.1),
    "lion": ml.lion(0.005),
    "cosine": ml.sgd(schedules.cosine(0.1, 1000)),
    "warm-up": ml.adam(schedules.warm_up(schedules.exponential(0.1, 0.5, 500), 10)),
    "piecewise": ml.momentum(schedules.piecewise([0.1, 0.01], [100])),
    "clipped": ml.chain(ml.clip(0.5), ml.clip_by_norm(0.5), ml.sgd(0.1)),
    "decaying": ml.chain(ml.decay_weights(0.1, "w"), ml.sgd(0.1)),
}
PARAMS = ml.Linear(np.array([1.0, -2.0]), 0.5)


def descend(optimizer: Optimizer, steps: int) -> ml.Linear:
    """Follow the gradient of half the squared norm, which is the parameters themselves."""
    params, state = PARAMS, optimizer.init(PARAMS)
    for _ in range(steps):
        updates, state = optimizer.update(params, state, params)
        params = apply_updates(params, updates)
    return params


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_reaches_the_minimum_of_a_quadratic(name: str) -> None:
    """Enough steps on a quadratic reach its minimum."""
    reached = descend(OPTIMIZERS[name], 1000)
    assert all(np.all(np.abs(leaf) < 1e-2) for leaf in ml.tree_leaves(reached))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_counts_its_updates(name: str) -> None:
    """The state counts the updates made."""
    optimizer = OPTIMIZERS[name]
    state = optimizer.init(PARAMS)
    for _ in range(3):
        _, state = optimizer.update(PARAMS, state, PARAMS)
    assert state.count == 3


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_float32(name: str) -> None:
    """The updates and moments of float32 parameters are float32."""
    params = ml.Linear(np.ones(2, np.float32), np.zeros((), np.float32))
    optimizer = OPTIMIZERS[name]
    updates, state = optimizer.update(params, optimizer.init(params), params)
    leaves = ml.tree_leaves((updates, state.moments))
    assert {leaf.dtype for leaf in leaves} == {np.dtype(np.float32)}


def test_momentum_is_the_sum_of_decayed_gradients() -> None:
    """After two equal gradients the update is `-rate * (1 + decay) * g`."""
    optimizer = ml.momentum(0.1, 0.5)
    _, state = optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)
    updates, _ = optimizer.update(PARAMS, state, PARAMS)
    np.testing.assert_allclose(updates.w, -0.1 * 1.5 * PARAMS.w)


def test_first_step_of_adam_has_the_size_of_its_rate() -> None:
    """Bias correction makes the first step of Adam `-rate * sign(g)`."""
    optimizer = ml.adam(0.1)
    updates, _ = optimizer.update(PARAMS, optimizer.init(PARAMS), PARAMS)
    np.testing.assert_allclose(updates.w, [-0.1, 0.1], rtol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradient_of_another_shape_is_refused(name: str) -> None:
    """A gradient that would broadcast is an error that names the leaf and both shapes."""
    params = ml.Linear(np.ones((3, 3)), 0.0)
    grads = ml.Linear(np.ones((3, 1)), 0.0)
    optimizer = OPTIMIZERS[name]
    with pytest.raises(ValueError, match=r"'w' has shape \(3, 1\), its parameter has \(3, 3\)"):
        optimizer.update(grads, optimizer.init(params), params)


@ml.model
class Curve:
    w: ml.Array
    b: float


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_whole_step_keeps_the_dtypes(name: str, dtype: type[np.floating]) -> None:
    """As one program, arrays keep their dtypes, Python floats stay, and it is traced once."""
    x = np.linspace(0.0, 1.0, 5, dtype=dtype)

    def loss(params: Curve, data: ml.Array) -> ml.Scalar:
        scores: ml.Array = params.w[0] * data + params.w[1] + params.b
        mean: ml.Scalar = np.mean(np.square(scores - 1.0))
        return mean

    params = Curve(np.array([1.0, 2.0], dtype), 0.5)
    states = ml.train(loss, params, x, OPTIMIZERS[name])
    state = [next(states) for _ in range(3)][-1]
    kinds = [getattr(leaf, "dtype", type(leaf)) for leaf in ml.tree_leaves(state)]
    assert {*kinds} == {int, float, np.dtype(dtype)}
    start = OPTIMIZERS[name].init(params)
    assert ml.tree_structure(state.optimizer_state) == ml.tree_structure(start)


def test_python_floats_stay_python_floats() -> None:
    """What belongs to a Python float is a Python float, called by hand too."""
    for optimizer in OPTIMIZERS.values():
        updates, state = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        assert {type(leaf) for leaf in ml.tree_leaves((updates, state.moments))} == {float}


def test_a_new_rate_makes_no_new_program() -> None:
    """An optimiser is an argument of the step: another rate runs the same program."""
    step = ml.jit(lambda optimizer, grads, state: optimizer.update(grads, state, grads))
    grads = {"w": np.ones(2)}
    programs = {
        step.source(ml.adam(schedules.cosine(rate, steps)), grads, ml.adam().init(grads))
        for rate, steps in [(0.1, 10), (0.2, 20)]
    }
    assert len(programs) == 1
    assert len(step._staged._traced) == 1


def test_a_gradient_of_another_dtype_is_refused() -> None:
    """A gradient that would change its parameter's dtype is an error that names the leaf."""
    params: Any = {"a": {"w": np.ones(3, np.float32)}}
    with pytest.raises(ValueError, match=r"'a\.w' has dtype float64, its parameter has float32"):
        ml.adam().update({"a": {"w": np.ones(3)}}, ml.adam().init(params), params)


def test_clipping_by_norm_leaves_short_gradients() -> None:
    """A gradient within the limit is not changed by a bit; a zero one neither."""
    part = ml.clip_by_norm(10.0)
    for grads in (PARAMS, ml.Linear(np.zeros(2), 0.0)):
        clipped, _ = part.update(grads, part.init(PARAMS), PARAMS)
        assert ml.tree_equal(clipped, grads)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.cosine(0.1, 0), "steps is 0"),
        (lambda: schedules.warm_up(0.1, -1), "steps is -1"),
        (lambda: schedules.exponential(0.1, 0.5, 0), "every is 0"),
        (lambda: schedules.piecewise([0.1], [1]), "1 rates need 0 boundaries"),
        (lambda: schedules.piecewise([0.1, 0.2, 0.3], [2, 2]), "must rise"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    """Each schedule says what is wrong with its arguments."""
    with pytest.raises(ValueError, match=message):
        make()
