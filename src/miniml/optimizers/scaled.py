"""Steps scaled by the size of past gradients: Adagrad and RMSprop."""

from typing import TypeVar

import attrs
import numpy as np

from miniml.optimizers.argument_names import explain_arguments
from miniml.optimizers.base import (
    OptimizerState,
    check_eps,
    check_fit,
    downhill,
    leafwise,
    moments,
    wide,
)
from miniml.schedules import ScalarOrSchedule, valid_learning_rate
from miniml.tree import model
from miniml.validation import DECAY, NOT_NEGATIVE, POSITIVE

T = TypeVar("T")


@model
class RMSprop:
    """Steps over the root of a running mean of squared gradients; see `rmsprop`."""

    learning_rate: ScalarOrSchedule = attrs.field(validator=valid_learning_rate)
    decay: float = attrs.field(validator=DECAY)
    eps: float = attrs.field(validator=POSITIVE)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: a zero mean."""
        check_eps(self.eps, params, power=1.0)
        return OptimizerState(0, (moments(params),))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the gradient over the root of the mean."""
        check_fit(grads, params)
        mean = wide(state.moments[0])
        mean = leafwise(
            lambda v, g: self.decay * v + (1.0 - self.decay) * (g * g), mean, mean, grads
        )
        direction = leafwise(lambda g, v: g / np.sqrt(v + self.eps), mean, grads, mean)
        updates = downhill(self.learning_rate, state.count, direction, grads)
        return updates, OptimizerState(state.count + 1, (mean,))


@model
class Adagrad:
    """Steps over the root of the sum of squared gradients; see `adagrad`."""

    learning_rate: ScalarOrSchedule = attrs.field(validator=valid_learning_rate)
    initial_accumulator_value: float = attrs.field(validator=NOT_NEGATIVE)
    eps: float = attrs.field(validator=POSITIVE)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: sums of `initial_accumulator_value`."""
        check_eps(self.eps, params, power=1.0)
        return OptimizerState(0, (moments(params, self.initial_accumulator_value),))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the gradient over the root of the sum."""
        check_fit(grads, params)
        total = wide(state.moments[0])
        total = leafwise(lambda s, g: s + g * g, total, total, grads)
        direction = leafwise(lambda g, s: g / np.sqrt(s + self.eps), total, grads, total)
        updates = downhill(self.learning_rate, state.count, direction, grads)
        return updates, OptimizerState(state.count + 1, (total,))


@explain_arguments
def rmsprop(learning_rate: ScalarOrSchedule, decay: float = 0.9, eps: float = 1e-8) -> RMSprop:
    """Return RMSprop (Tieleman and Hinton 2012).

    Args:
        learning_rate: The learning rate, or a schedule of it.
        decay: The share of the mean that each step keeps.
        eps: A constant added to the mean of the squares, under the root.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = rmsprop(0.1, decay=0.75)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[1].moments
        ({'w': 1.0},)
    """
    return RMSprop(learning_rate, decay, eps)


@explain_arguments
def adagrad(
    learning_rate: ScalarOrSchedule, initial_accumulator_value: float = 0.1, eps: float = 1e-7
) -> Adagrad:
    """Return Adagrad (Duchi et al. 2011).

    Args:
        learning_rate: The learning rate, or a schedule of it.
        initial_accumulator_value: The initial sum of squares.
        eps: A constant added to the sum of the squares, under the root.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = adagrad(0.1, initial_accumulator_value=0.0)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[1].moments
        ({'w': 4.0},)
    """
    return Adagrad(learning_rate, initial_accumulator_value, eps)
