"""What a run reached."""

from typing import Generic, Literal, TypeAlias, TypeVar

from miniml.training.history import History
from miniml.training.state import State
from miniml.tree import Static, model

T = TypeVar("T")

Stopped: TypeAlias = Literal[
    "steps", "interrupt", "callback", "patience", "not finite", "converged", "stuck"
]
"""Why a run ended."""


@model
class Best(Generic[T]):
    """The parameters that did best on the validation data so far.

    Attributes:
        step: The number of steps that led to them.
        value: The metric on the validation data.
        params: The parameters.
    """

    step: int
    value: float
    params: T


@model
class Fit(Generic[T]):
    """What a run reached.

    Attributes:
        state: The last state; after a loss that is not finite, the last whose parameters gave
            a finite one, or the first if already its parameters did not.
        history: What was measured on the way.
        best: The parameters that did best on the validation data; None without such data.
        stopped: Why it ended: all steps were made, it was interrupted, the callback ended it, the
            validation metric did not get better for too long, the loss was not finite, or the
            optimiser found no way on.
    """

    state: State[T]
    history: History
    best: Best[T] | None
    stopped: Static[Stopped]
