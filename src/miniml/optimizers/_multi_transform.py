"""Several optimisers, each for a group of the parameters."""

from typing import TypeVar

import attrs

from miniml.optimizers.base import Optimizer, OptimizerState, check_fit, check_parts, chosen
from miniml.tree import (
    Selector,
    Static,
    as_selector,
    combine,
    leaf_names,
    model,
    partition_by_mask,
)
from miniml.validation import describe

T = TypeVar("T")


def _as_selectors(selectors: tuple[Selector, ...]) -> tuple[Selector, ...]:
    return tuple(map(as_selector, selectors))


@model
class MultiTransform:
    """An optimiser for each group of parameters; see `multi_transform`."""

    parts: tuple[Optimizer, ...] = attrs.field(validator=check_parts)
    where: Static[tuple[Selector, ...]] = attrs.field(converter=_as_selectors)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: that of each optimiser for its own parameters."""
        owned = _groups(params, self.where)
        states = [
            part.init(partition_by_mask(params, own)[0])
            for part, own in zip(self.parts, owned, strict=True)
        ]
        return OptimizerState(0, (), tuple(states))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Update each group by its optimiser."""
        check_fit(grads, params)
        updates: list[T] = []
        states: list[OptimizerState[T]] = []
        owned = _groups(params, self.where)
        for part, own, old in zip(self.parts, owned, state.parts, strict=True):
            update, new = part.update(
                partition_by_mask(grads, own)[0], old, partition_by_mask(params, own)[0]
            )
            updates.append(update)
            states.append(new)
        return combine(*updates), OptimizerState(state.count + 1, (), tuple(states))


def _groups(params: object, where: tuple[Selector, ...]) -> list[list[bool]]:
    """Return a mask of the leaves for each group."""
    names = leaf_names(params)
    left = [True] * len(names)
    groups: list[list[bool]] = []
    for select in where:
        try:
            these = chosen(params, select)
        except KeyError as error:
            raise KeyError(
                f"{error.args[0]}; the groups are of the parameters that are trained"
            ) from error
        groups.append([c and free for c, free in zip(these, left, strict=True)])
        left = [free and not c for c, free in zip(these, left, strict=True)]
    if any(left):
        without = ", ".join(repr(n) for n, free in zip(names, left, strict=True) if free)
        raise ValueError(f"no group has {without}: end with a group '**' for all others")
    return groups


def multi_transform(*groups: tuple[Selector, Optimizer]) -> MultiTransform:
    """Return an optimiser that gives each group of parameters its own, or its own learning rate.

    Args:
        groups: Pairs of a selector (name patterns and classes of nodes, or a predicate on a leaf)
            and an optimiser. A leaf is in the first group that selects it; a last `"**"` selects
            all others.

    Returns:
        An optimiser. It raises KeyError if a pattern matches no parameter, and ValueError if a
        parameter is in no group.

    Raises:
        TypeError: If an argument is not such a pair.

    Example:
        >>> from miniml.optimizers import sgd
        >>> optimizer = multi_transform(("w", sgd(0.1)), ("**", sgd(1.0)))
        >>> params = {"w": 1.0, "b": 1.0}
        >>> optimizer.update(params, optimizer.init(params), params)[0]
        {'b': -1.0, 'w': -0.1}
    """
    try:
        where, parts = zip(*((select, part) for select, part in groups), strict=True)
    except (TypeError, ValueError):
        raise TypeError(
            f"groups are {describe(groups)}: expected pairs such as ('**', sgd(0.1))"
        ) from None
    return MultiTransform(parts, where)
