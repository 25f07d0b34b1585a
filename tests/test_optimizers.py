"""The optimisers."""

import numpy as np
import pytest

import miniml as ml
from miniml.optimizers import Optimizer, apply_updates

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": ml.sgd(0.1),
    "momentum": ml.momentum(0.1),
    "adam": ml.adam(0.1),
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
