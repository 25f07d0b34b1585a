"""Adam and AdamW."""

from typing import TypeVar

import attrs
import numpy as np

from miniml.optimizers.argument_names import explain_arguments
from miniml.optimizers.base import (
    OptimizerState,
    as_numbers,
    check_eps,
    check_fit,
    leafwise,
    moments,
    wide,
)
from miniml.optimizers.combine import decayed
from miniml.schedules import ScalarOrSchedule, valid_learning_rate, value_at
from miniml.tree import Selector, Static, as_selector, model
from miniml.validation import DECAY, NOT_NEGATIVE, POSITIVE

T = TypeVar("T")


@model
class Adam:
    """Steps scaled by running moments of the gradient; see `adam` and `adamw`."""

    learning_rate: ScalarOrSchedule = attrs.field(validator=valid_learning_rate)
    b1: float = attrs.field(validator=DECAY)
    b2: float = attrs.field(validator=DECAY)
    eps: float = attrs.field(validator=POSITIVE)
    weight_decay: float | None = attrs.field(validator=attrs.validators.optional(NOT_NEGATIVE))
    where: Static[Selector] = attrs.field(converter=as_selector)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: both moments are zero."""
        check_eps(self.eps, params, power=0.5)
        return OptimizerState(0, (moments(params), moments(params)))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Step along the bias-corrected first moment over the root of the second."""
        check_fit(grads, params)
        count = state.count + 1
        b1, b2 = self.b1, self.b2
        first, second = map(wide, state.moments)
        first = leafwise(lambda m, g: b1 * m + (1.0 - b1) * g, first, first, grads)
        second = leafwise(lambda v, g: b2 * v + (1.0 - b2) * (g * g), second, second, grads)
        # Both corrections are scalars: joined, they cost no pass over an array (section 2 of the paper).
        root = (1.0 - b2**count) ** 0.5
        step = -value_at(self.learning_rate, state.count)
        scale = step * root / (1.0 - b1**count)
        # The quotient first: `scale * m` may underflow.
        updates = leafwise(
            lambda m, v: m / (np.sqrt(v) + self.eps * root) * scale, first, first, second
        )
        if self.weight_decay is not None:
            updates = decayed(updates, params, step * self.weight_decay, self.where)
        return as_numbers(grads, updates), OptimizerState(count, (first, second))


@explain_arguments
def adam(
    learning_rate: ScalarOrSchedule = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8
) -> Adam:
    """Return Adam (Kingma and Ba 2015).

    Args:
        learning_rate: The learning rate, or a schedule of it.
        b1: The decay of the first moment.
        b2: The decay of the second moment.
        eps: A constant added to the root of the second moment.

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = adam(0.1)
        >>> updates, _ = optimizer.update({"w": 2.0}, optimizer.init({"w": 1.0}), {"w": 1.0})
        >>> round(updates["w"], 6)
        -0.1
    """
    return Adam(learning_rate, b1, b2, eps, None, "**")


@explain_arguments
def adamw(
    learning_rate: ScalarOrSchedule = 1e-3,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    *,
    weight_decay: float = 1e-4,
    where: Selector = "**",
) -> Adam:
    """Return Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    Args:
        learning_rate: The learning rate, or a schedule of it.
        b1: The decay of the first moment.
        b2: The decay of the second moment.
        eps: A constant added to the root of the second moment.
        weight_decay: The share of a weight that a step of learning rate 1 removes.
        where: The leaves that decay: name patterns, classes of nodes, or a predicate on a leaf
            (Optax: `mask`).

    Returns:
        An optimiser.

    Raises:
        TypeError: If an argument is not a number, and the learning rate not a schedule either.
        ValueError: If a number is out of range.

    Example:
        >>> optimizer = adamw(0.1, weight_decay=0.5, where="*w")
        >>> params = {"w": 1.0, "b": 1.0}
        >>> updates, _ = optimizer.update({"w": 0.0, "b": 0.0}, optimizer.init(params), params)
        >>> updates
        {'b': -0.0, 'w': -0.05}
    """
    return Adam(learning_rate, b1, b2, eps, weight_decay, where)
