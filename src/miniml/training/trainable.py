"""Which of the parameters a run trains."""

import math
from collections.abc import Callable
from typing import TypeVar

import attrs

from miniml.optimizers import Optimizer
from miniml.training.arguments import check_function
from miniml.training.state import State
from miniml.tree import (
    Selector,
    combine,
    leaf_names,
    partition,
    partition_at,
    partition_by_mask,
)

T = TypeVar("T")


@attrs.frozen
class Trainable:
    """A choice of the parameters to train.

    Attributes:
        names: The names of the leaves that are trained.
        mask: For each leaf, whether it is trained; None trains all.
    """

    names: tuple[str, ...]
    mask: tuple[bool, ...] | None

    def first_state(self, params: T, optimizer: Optimizer) -> State[T]:
        """Return the state before the first step."""
        live, _ = self.split(params)
        return State(0, 0, params, optimizer.init(live), math.nan)

    def split(self, params: T) -> tuple[T, T | None]:
        """Return the parameters to train and the frozen ones; None if nothing is frozen."""
        return (params, None) if self.mask is None else partition_by_mask(params, self.mask)


def choose(
    params: object, trainable: Selector | None, wrt: Callable[..., object] | None
) -> Trainable:
    """Choose the parameters to train, as the arguments of `train` say.

    Raises:
        ValueError: If nothing is left to train, or both arguments are given.
    """
    if trainable is None and wrt is None:
        names = leaf_names(params)
        if not names:
            raise ValueError("params has no leaves: there is nothing to train")
        return Trainable(names, None)
    if trainable is not None and wrt is not None:
        raise ValueError("give trainable or wrt, not both: each chooses the parameters to train")
    if wrt is not None:
        check_function("wrt", wrt, "that points at parts of params, as lambda m: m.head does")
        live, _ = partition_at(params, wrt)
    else:
        live, _ = partition(params, trainable or ())
    names = leaf_names(live)
    if not names:
        raise ValueError(f"{'trainable' if wrt is None else 'wrt'} chooses none of the parameters")
    known = frozenset(names)
    return Trainable(names, tuple(name in known for name in leaf_names(params)))


def merge(live: T, frozen: T | None) -> T:
    """Join what `Trainable.split` took apart."""
    return live if frozen is None else combine(live, frozen)
