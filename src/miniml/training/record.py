"""What a run remembers while it goes on."""

from collections.abc import Mapping
from typing import Generic, TypeVar

import numpy as np

from miniml.training.history import History
from miniml.training.result import Best
from miniml.training.state import State
from miniml.tree import model, tree_leaves

T = TypeVar("T")


@model
class Run(Generic[T]):
    """All that a run needs to go on to the same bits.

    Attributes:
        state: The last state.
        best: The parameters that did best on the validation data, if there are such data.
        stale: How many measurements there have been since.
        history: What was measured.
    """

    state: State[T]
    best: Best[T] | None
    stale: int
    history: History


class Record(Generic[T]):
    """Collects the states and measurements of a run, step by step."""

    def __init__(self, run: Run[T]) -> None:
        self.state: State[T] = run.state
        self._proven: State[T] | None = None
        self._best = run.best
        self._stale = run.stale
        self._steps: list[int] = run.history.step.tolist()
        self._losses: list[float] = run.history.loss.tolist()
        self._measured_steps: list[int] = run.history.measured_step.tolist()
        self._measured: dict[str, list[float]] = {
            name: values.tolist() for name, values in run.history.measured.items()
        }

    def add(self, state: State[T]) -> None:
        """Note a state whose loss is finite: that of the parameters before it."""
        self._proven, self.state = self.state, state
        self._steps.append(state.step)
        self._losses.append(state.loss)

    def measure(self, measured: Mapping[str, float]) -> None:
        """Note what was measured of the last state."""
        state = self.state
        if measured:
            self._measured_steps.append(state.step)
        for name, number in measured.items():
            self._measured.setdefault(name, []).append(number)
        value, best = measured.get("validation"), self._best
        if value is None:
            return
        if best is None or not (np.isnan(value) or best.value <= value):
            self._best, self._stale = Best(state.step, value, state.params), 0
        else:
            self._stale += 1

    def validation(self) -> float | None:
        """Give the metric as it was last measured, None if it was not."""
        return self._measured.get("validation", [None])[-1]

    def is_measured(self) -> bool:
        """Whether the last state was measured."""
        return self._measured_steps[-1:] == [self.state.step]

    def retreat(self) -> bool:
        """Go back to the last state whose parameters gave a finite loss, if there is one."""
        self.state = self._proven or self.state
        return self._proven is not None

    def is_broken(self) -> bool:
        """Whether the last step made NaN of parameters that were numbers before it."""
        if self._proven is None:
            return False
        after, before = (_nans(state.params) for state in (self.state, self._proven))
        return any(new > old for new, old in zip(after, before, strict=True))

    def is_stale(self, patience: int | None) -> bool:
        """Whether the metric has not got better for too long."""
        return patience is not None and self._stale >= patience

    def run(self) -> Run[T]:
        """Give what was gathered."""
        history = History(
            np.array(self._steps, np.int64),
            np.array(self._losses, np.float64),
            np.array(self._measured_steps, np.int64),
            {name: np.array(values, np.float64) for name, values in self._measured.items()},
        )
        return Run(self.state, self._best, self._stale, history)


def _nans(params: object) -> list[int]:
    """Count the NaNs of each leaf."""
    return [int(np.count_nonzero(leaf != leaf)) for leaf in tree_leaves(params)]  # noqa: PLR0124
