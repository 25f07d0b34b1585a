"""The state, the best parameters and the history of a run so far."""

from collections.abc import Mapping
from typing import Generic, TypeVar

import numpy as np

from miniml.training.history import History
from miniml.training.memory_check import is_finite
from miniml.training.result import Best
from miniml.training.state import State
from miniml.tree import model, tree_leaves

T = TypeVar("T")


@model
class Snapshot(Generic[T]):
    """All that a run needs to resume to the same bits: what a checkpoint holds.

    Attributes:
        state: The last state.
        best: The best parameters on the validation data, if there are such data.
        stale: The number of measurements since.
        history: The losses and the measurements.
    """

    state: State[T]
    best: Best[T] | None
    stale: int
    history: History


class Record(Generic[T]):
    """Collects the states and measurements of a run, step by step."""

    def __init__(self, begun: Snapshot[T]) -> None:
        self.state: State[T] = begun.state
        self._previous: State[T] | None = None
        self._finite: State[T] = begun.state  # the last whose optimiser was seen to be finite
        self._best = begun.best
        self._stale = begun.stale
        self._steps: list[int] = begun.history.step.tolist()
        self._losses: list[float] = begun.history.loss.tolist()
        self._measured_steps: list[int] = begun.history.measured_step.tolist()
        self._measured: dict[str, list[float]] = {
            name: values.tolist() for name, values in begun.history.measured.items()
        }

    def add(self, state: State[T], measured: Mapping[str, float]) -> None:
        """Add a state; its loss, at the parameters before the step, is finite."""
        self._previous, self.state = self.state, state
        self._steps.append(state.step)
        self._losses.append(state.loss)
        self.measure(measured)

    def measure(self, measured: Mapping[str, float]) -> None:
        """Record the measurements of the last state."""
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

    def steps_made(self) -> int:
        """Return how many steps there were."""
        return len(self._steps)

    def validation(self) -> float | None:
        """Return the metric as last measured; None if it never was."""
        return self._measured.get("validation", [None])[-1]

    def is_measured(self) -> bool:
        """Return whether the last state was measured."""
        return self._measured_steps[-1:] == [self.state.step]

    def retreat(self) -> bool:
        """Go back to the last state whose parameters gave a finite loss, if there is one."""
        self.state = self._previous or self.state
        return self._previous is not None

    def is_broken(self) -> bool:
        """Return whether the last step turned parameters into NaN."""
        if self._previous is None:
            return False
        after, before = (_nans(state.params) for state in (self.state, self._previous))
        return any(new > old for new, old in zip(after, before, strict=True))

    def is_stuck(self) -> bool:
        """Return whether the optimiser remembers numbers that are not finite."""
        if not is_finite(self.state.optimizer_state):
            return True
        self._finite = self.state
        return False

    def retreat_to_finite(self) -> None:
        """Go back to the last state whose optimiser was seen to be finite."""
        self.state = self._finite

    def is_stale(self, patience: int | None) -> bool:
        """Return whether `patience` measurements in a row were no better than the best."""
        return patience is not None and self._stale >= patience

    def snapshot(self) -> Snapshot[T]:
        """Return the collected run."""
        history = History(
            np.array(self._steps, np.int64),
            np.array(self._losses, np.float64),
            np.array(self._measured_steps, np.int64),
            {name: np.array(values, np.float64) for name, values in self._measured.items()},
        )
        return Snapshot(self.state, self._best, self._stale, history)


def _nans(params: object) -> list[int]:
    """Count the NaNs of each leaf."""
    return [int(np.count_nonzero(leaf != leaf)) for leaf in tree_leaves(params)]  # noqa: PLR0124
