"""The result of a run."""

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
    """The best parameters on the validation data so far.

    Attributes:
        step: The number of steps that were made before.
        value: The metric on the validation data.
        params: The parameters.
    """

    step: int
    value: float
    params: T


@model
class Fit(Generic[T]):
    """The result of a run.

    Attributes:
        state: The last state; after a loss that is not finite, the last whose parameters gave
            a finite one, or the first if its parameters did not.
        history: The losses and measurements.
        best: The best parameters on the validation data; None without such data.
        stopped: Why it ended: all steps were made, it was interrupted, the callback ended it, the
            validation metric did not improve for too long, the loss or the optimiser's moments were
            not finite, the search
            converged, or it found no lower point.
    """

    state: State[T]
    history: History
    best: Best[T] | None
    stopped: Static[Stopped]
