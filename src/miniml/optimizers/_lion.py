"""Lion: the sign of a moment."""

from typing import TypeVar

import attrs
import numpy as np

from miniml.optimizers.argument_names import explain_arguments
from miniml.optimizers.base import OptimizerState, check_fit, downhill, leafwise, moments, wide
from miniml.optimizers.combine import decayed
from miniml.schedules import ScalarOrSchedule, valid_learning_rate
from miniml.tree import Selector, Static, as_selector, model
from miniml.validation import DECAY, NOT_NEGATIVE

T = TypeVar("T")


@model
class Lion:
    """Steps of the same size in every direction; see `lion`."""

    learning_rate: ScalarOrSchedule = attrs.field(validator=valid_learning_rate)
    b1: float = attrs.field(validator=DECAY)
    b2: float = attrs.field(validator=DECAY)
    weight_decay: float = attrs.field(validator=NOT_NEGATIVE)
    where: Static[Selector] = attrs.field(converter=as_selector)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: a zero moment."""
        return OptimizerState(0, (moments(params),))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the sign of a mean of the moment and the gradient."""
        check_fit(grads, params)
        b1, b2, moment = self.b1, self.b2, wide(state.moments[0])
        sign = leafwise(lambda m, g: np.sign(b1 * m + (1.0 - b1) * g), moment, moment, grads)
        moment = leafwise(lambda m, g: b2 * m + (1.0 - b2) * g, moment, moment, grads)
        direction = decayed(sign, params, self.weight_decay, self.where)
        updates = downhill(self.learning_rate, state.count, direction, grads)
        return updates, OptimizerState(state.count + 1, (moment,))


@explain_arguments
def lion(
    learning_rate: ScalarOrSchedule,
    b1: float = 0.9,
    b2: float = 0.99,
    *,
    weight_decay: float = 1e-3,
    where: Selector = "**",
) -> Lion:
    """Return Lion (Chen et al. 2023); its learning rate is a third to a tenth of Adam's.

    Args:
        learning_rate: The learning rate, or a schedule of it.
        b1: The share of the moment in the direction of the step.
        b2: The decay of the moment.
        weight_decay: The share of a weight that a step of learning rate 1 removes.
        where: The leaves that decay: name patterns, classes of nodes, or a predicate on a leaf
            (Optax: `mask`).

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = lion(0.1, weight_decay=0.0)
        >>> optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -0.1}
    """
    return Lion(learning_rate, b1, b2, weight_decay, where)
