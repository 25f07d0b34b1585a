"""Optimisers: frozen pairs of pure functions, `init` and `update`, as in Optax.

An optimiser is itself a pytree: its rates are leaves. A training step that takes the optimiser
as an argument can therefore change the rate without a new program.
"""

from typing import Generic, Protocol, TypeVar

import numpy as np

from miniml.tree import model, named_leaves, tree_map
from miniml.types import Array

T = TypeVar("T")


@model
class OptimizerState(Generic[T]):
    """What an optimiser remembers between steps.

    Attributes:
        count: The number of updates made so far.
        moments: Running statistics, each a tree like the parameters.
    """

    count: int
    moments: tuple[T, ...]


class Optimizer(Protocol):
    """A pair of pure functions that turn gradients into updates of the parameters."""

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update."""
        ...

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Give the updates, to be *added* to the parameters, and the next state."""
        ...


def apply_updates(params: T, updates: T) -> T:
    """Add the updates to the parameters.

    Args:
        params: The parameters.
        updates: A tree of the same structure, shapes and dtypes.

    Returns:
        The new parameters.

    Example:
        >>> apply_updates({"w": 1.0}, {"w": -0.25})
        {'w': 0.75}
    """
    return tree_map(lambda p, u: p + u, params, updates)


@model
class SGD:
    """Gradient descent: the update is `-rate * gradient`."""

    rate: float

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update; descent remembers nothing."""
        del params
        return OptimizerState(0, ())

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step downhill."""
        _check_fit(grads, params)
        updates = tree_map(lambda g: -self.rate * g, grads)
        return updates, OptimizerState(state.count + 1, ())


@model
class Momentum:
    """Gradient descent with a running sum of gradients (Polyak 1964): `v = decay * v + g`."""

    rate: float
    decay: float

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update: a zero velocity."""
        return OptimizerState(0, (tree_map(_zero, params),))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the velocity."""
        _check_fit(grads, params)
        velocity = tree_map(lambda v, g: self.decay * v + g, state.moments[0], grads)
        updates = tree_map(lambda v: -self.rate * v, velocity)
        return updates, OptimizerState(state.count + 1, (velocity,))


@model
class Adam:
    """Steps scaled by running moments of the gradient (Kingma and Ba 2015, Algorithm 1)."""

    rate: float
    b1: float
    b2: float
    eps: float

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update: both moments zero."""
        return OptimizerState(0, (tree_map(_zero, params), tree_map(_zero, params)))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step by the bias-corrected first moment over the root of the second."""
        _check_fit(grads, params)
        count = state.count + 1
        b1, b2 = self.b1, self.b2
        first = tree_map(lambda m, g: b1 * m + (1.0 - b1) * g, state.moments[0], grads)
        second = tree_map(lambda v, g: b2 * v + (1.0 - b2) * (g * g), state.moments[1], grads)
        correct1 = 1.0 - b1**count
        correct2 = 1.0 - b2**count
        updates = tree_map(
            lambda m, v: -self.rate * (m / correct1) / (np.sqrt(v / correct2) + self.eps),
            first,
            second,
        )
        return updates, OptimizerState(count, (first, second))


def sgd(rate: float) -> SGD:
    """Make plain gradient descent.

    Args:
        rate: The learning rate.

    Returns:
        An optimiser.

    Example:
        >>> optimizer = sgd(0.5)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.0}
    """
    return SGD(rate)


def momentum(rate: float, decay: float = 0.9) -> Momentum:
    """Make gradient descent with momentum.

    Args:
        rate: The learning rate.
        decay: The share of the velocity kept at each step.

    Returns:
        An optimiser.

    Example:
        >>> optimizer = momentum(0.5)
        >>> updates, state = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        >>> state.moments
        ({'w': 2.0},)
    """
    return Momentum(rate, decay)


def adam(rate: float = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Adam:
    """Make Adam.

    Args:
        rate: The learning rate.
        b1: The decay of the first moment.
        b2: The decay of the second moment.
        eps: Added to the root of the second moment.

    Returns:
        An optimiser.

    Example:
        >>> optimizer = adam(0.1)
        >>> updates, _ = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        >>> round(float(updates["w"]), 6)
        -0.1
    """
    return Adam(rate, b1, b2, eps)


def _zero(leaf: Array | float) -> Array | float:
    return np.zeros_like(leaf) if isinstance(leaf, np.ndarray) else 0.0 * leaf


def _check_fit(grads: T, params: T) -> None:
    """Refuse a gradient that NumPy would silently broadcast into its parameter."""
    wanted = named_leaves(params)
    for name, grad in named_leaves(grads).items():
        if name in wanted and np.shape(grad) != np.shape(wanted[name]):
            raise ValueError(
                f"the gradient of {name!r} has shape {np.shape(grad)}, "
                f"its parameter has {np.shape(wanted[name])}: they must be the same"
            )
