"""Gradient descent, with and without momentum."""

from typing import TypeVar

import attrs

from miniml.optimizers.argument_names import explain_arguments
from miniml.optimizers.base import OptimizerState, check_fit, downhill, leafwise, moments, wide
from miniml.schedules import ScalarOrSchedule, valid_learning_rate
from miniml.tree import Static, model
from miniml.validation import DECAY

T = TypeVar("T")


@model
class SGD:
    """Gradient descent; see `sgd`."""

    learning_rate: ScalarOrSchedule = attrs.field(validator=valid_learning_rate)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state, which holds no moments."""
        del params
        return OptimizerState(0)

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step against the gradient."""
        check_fit(grads, params)
        return downhill(self.learning_rate, state.count, grads, grads), OptimizerState(
            state.count + 1
        )


@model
class Momentum:
    """Gradient descent with a running sum of gradients; see `momentum` and `nesterov`."""

    learning_rate: ScalarOrSchedule = attrs.field(validator=valid_learning_rate)
    decay: float = attrs.field(validator=DECAY)
    nesterov: Static[bool]

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: a zero velocity."""
        return OptimizerState(0, (moments(params),))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the velocity, or along the next one."""
        check_fit(grads, params)
        velocity = self._decayed(wide(state.moments[0]), grads)
        direction = self._decayed(velocity, grads) if self.nesterov else velocity
        updates = downhill(self.learning_rate, state.count, direction, grads)
        return updates, OptimizerState(state.count + 1, (velocity,))

    def _decayed(self, velocity: T, grads: T) -> T:
        return leafwise(lambda v, g: self.decay * v + g, velocity, velocity, grads)


@explain_arguments
def sgd(learning_rate: ScalarOrSchedule) -> SGD:
    """Return gradient descent: the update is `-learning_rate * gradient`.

    Args:
        learning_rate: The learning rate, or a schedule of it.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = sgd(0.5)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.0}
    """
    return SGD(learning_rate)


@explain_arguments
def momentum(learning_rate: ScalarOrSchedule, decay: float = 0.9) -> Momentum:
    """Return gradient descent with momentum (Polyak 1964): along `v = decay * v + gradient`.

    Args:
        learning_rate: The learning rate, or a schedule of it.
        decay: The share of the velocity that each step keeps (`momentum` of `optax.sgd`).

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = momentum(0.5)
        >>> updates, state = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        >>> state.moments
        ({'w': 2.0},)
    """
    return Momentum(learning_rate, decay, nesterov=False)


@explain_arguments
def nesterov(learning_rate: ScalarOrSchedule, decay: float = 0.9) -> Momentum:
    """Return gradient descent with Nesterov's momentum (1983; this form: Sutskever et al. 2013).

    Args:
        learning_rate: The learning rate, or a schedule of it.
        decay: The share of the velocity that each step keeps (`momentum` of `optax.sgd`).

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = nesterov(0.5)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.9}
    """
    return Momentum(learning_rate, decay, nesterov=True)
