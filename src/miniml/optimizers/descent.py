"""Gradient descent, with and without momentum."""

from typing import TypeVar

import attrs

from miniml.optimizers.base import OptimizerState, check_fit, downhill, leafwise, zeros
from miniml.schedules import Rate, valid_rate
from miniml.tree import Static, model
from miniml.validation import DECAY

T = TypeVar("T")


@model
class SGD:
    """Gradient descent; see `sgd`."""

    rate: Rate = attrs.field(validator=valid_rate)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update; descent remembers nothing."""
        del params
        return OptimizerState(0)

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step downhill."""
        check_fit(grads, params)
        return downhill(self.rate, state.count, grads, params), OptimizerState(state.count + 1)


@model
class Momentum:
    """Gradient descent with a running sum of gradients; see `momentum` and `nesterov`."""

    rate: Rate = attrs.field(validator=valid_rate)
    decay: float = attrs.field(validator=DECAY)
    ahead: Static[bool]

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update: a zero velocity."""
        return OptimizerState(0, (zeros(params),))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the velocity, or along what it will be next."""
        check_fit(grads, params)
        velocity = self._decayed(state.moments[0], grads, params)
        direction = self._decayed(velocity, grads, params) if self.ahead else velocity
        updates = downhill(self.rate, state.count, direction, params)
        return updates, OptimizerState(state.count + 1, (velocity,))

    def _decayed(self, velocity: T, grads: T, params: T) -> T:
        return leafwise(lambda v, g: self.decay * v + g, params, velocity, grads)


def sgd(rate: Rate) -> SGD:
    """Make plain gradient descent: the update is `-rate * gradient`.

    Args:
        rate: The learning rate, or a schedule of it.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is no number, or the rate no schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = sgd(0.5)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.0}
    """
    return SGD(rate)


def momentum(rate: Rate, decay: float = 0.9) -> Momentum:
    """Make gradient descent with momentum (Polyak 1964): along `v = decay * v + gradient`.

    Args:
        rate: The learning rate, or a schedule of it.
        decay: The share of the velocity kept at each step.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is no number, or the rate no schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = momentum(0.5)
        >>> updates, state = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        >>> state.moments
        ({'w': 2.0},)
    """
    return Momentum(rate, decay, ahead=False)


def nesterov(rate: Rate, decay: float = 0.9) -> Momentum:
    """Make gradient descent with Nesterov's momentum (1983; this form: Sutskever et al. 2013).

    Args:
        rate: The learning rate, or a schedule of it.
        decay: The share of the velocity kept at each step.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is no number, or the rate no schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = nesterov(0.5)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.9}
    """
    return Momentum(rate, decay, ahead=True)
