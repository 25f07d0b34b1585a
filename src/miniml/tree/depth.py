"""The error for trees that are nested too deeply."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

TOO_DEEP = (
    "the tree is nested too deeply for Python's recursion limit, or contains itself: "
    "store many parts side by side in a tuple, not nested in each other"
)


def explained(walk: Callable[P, R]) -> Callable[P, R]:
    """Let a recursive function that calls no user's code say what a RecursionError means."""

    @functools.wraps(walk)
    def explaining(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return walk(*args, **kwargs)
        except RecursionError:
            raise RecursionError(TOO_DEEP) from None

    return explaining
