"""Whether what an optimiser remembers is finite."""

import math
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np

from miniml.optimizers import OptimizerState
from miniml.training.state import State
from miniml.training.warn import warn
from miniml.tree import named_leaves, tree_leaves

T = TypeVar("T")

_EVERY = 16


def is_check_due(step: int) -> bool:
    """Return whether to look after a step: often at first, later at a small share of a step's cost."""
    return step % _EVERY == 0 or step & (step - 1) == 0


def is_finite(state: OptimizerState[Any]) -> bool:
    """Return whether the moments of an optimiser are finite."""
    with np.errstate(all="ignore"):
        moments = all(map(_is_finite, tree_leaves(state.moments)))
    return moments and all(map(is_finite, state.parts))


def _is_finite(leaf: Any) -> bool:
    """Return whether a leaf is finite; its sum, which is cheaper, rules most faults out."""
    if getattr(leaf, "dtype", np.dtype(float)).kind != "f":
        return True
    return math.isfinite(np.sum(leaf)) or bool(np.isfinite(leaf).all())


def fault(state: State[Any]) -> str:
    """Describe the moments that are not finite, and the way out."""
    places = [
        f"{np.count_nonzero(~np.isfinite(leaf)):,} of the {np.size(leaf):,} numbers in {name}"
        for name, leaf in _moments(state.optimizer_state)
        if not _is_finite(leaf)
    ]
    return (
        f"the state of the optimiser is not finite after step {state.step}: {' and '.join(places)} are "
        "NaN or infinite, since the dtype cannot hold the square or the sum of such gradients, and "
        "these parameters would not move again; scale the loss, or begin a chain with "
        "clip_by_global_norm"
    )


def _moments(state: OptimizerState[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of each leaf of the moments."""
    for name, leaf in named_leaves(state.moments).items():
        yield f"{prefix}moments.{name}", leaf
    for position, part in enumerate(state.parts):
        yield from _moments(part, f"{prefix}parts.{position}.")


def watched(states: Iterator[State[T]]) -> Iterator[State[T]]:
    """Yield the states, with one warning if the moments of one are not finite."""
    for state in states:
        if is_check_due(state.step) and not is_finite(state.optimizer_state):
            warn(fault(state))
            yield state
            break
        yield state
    yield from states
