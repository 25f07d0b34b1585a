"""Losses of the parameters alone, for runs without data."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from miniml.program import cached_on
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")


def with_data(loss: Callable[[T, D], Scalar], data: object) -> Callable[[T, D], Scalar]:
    """Return a loss of parameters and data; one of the parameters alone is taken if there are no data.

    The same loss gives the same function, and so the same programs.
    """
    if data is not None or not _takes_params_alone(loss):
        return loss
    alone: Callable[[T], Scalar] = loss  # type: ignore[assignment]  # of one argument, by its signature

    def of_params(params: T, data: D) -> Scalar:
        del data
        return alone(params)

    return cached_on(loss, "of params", lambda: of_params)


def _takes_params_alone(loss: Callable[..., Any]) -> bool:
    """Return whether a function takes one argument by position, and not two."""
    try:
        signature = inspect.signature(loss)
    except (TypeError, ValueError):  # a builtin has none
        return False
    return _takes(signature, 1) and not _takes(signature, 2)


def _takes(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*[None] * count)
    except TypeError:
        return False
    return True
