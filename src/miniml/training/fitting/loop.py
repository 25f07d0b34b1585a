"""The loop of a run: step, measure, record, show, save, until it ends."""

import math
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import attrs

from miniml.checkpoint import CheckpointError
from miniml.training.fitting.log import Log
from miniml.training.fitting.measuring import Measuring
from miniml.training.fitting.progress import Measured, Show, progress
from miniml.training.fitting.record import Record
from miniml.training.fitting.saving import Saver
from miniml.training.memory_check import is_check_due
from miniml.training.result import Stopped
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.states import States
from miniml.training.warn import warn

T = TypeVar("T")

Ending: TypeAlias = Stopped | Literal["broken", "stuck optimizer"]
"""Why a loop ended; "broken" if its last step turned parameters into NaN.

"stuck optimizer" if the optimiser remembers numbers that are not finite.
"""


@attrs.define
class PreparedRun(Generic[T]):
    """A run before its first step.

    Attributes:
        states: The states to come, without end.
        steps: The number of the last step.
        record: The state and history so far; the loop adds to it.
        measuring: The functions to measure, and when.
        saver: Saves checkpoints.
        callback: Called with each state.
        log_path: The file of the log, if one is written.
        shows_progress: Whether the progress is shown on the standard error.
    """

    states: States[T, Any]
    steps: int
    record: Record[T]
    measuring: Measuring[T]
    saver: Saver
    callback: Callable[[State[T]], None] | None
    log_path: str | os.PathLike[str] | None
    shows_progress: bool
    _log: Log | None = attrs.field(default=None, init=False)
    _show: Show | None = attrs.field(default=None, init=False)

    def loop(self) -> Ending:
        """Make the steps, save what they reached, and return why they ended."""
        with ExitStack() as stack:
            asked_to_end = stack.enter_context(deferred())
            begun = self.record.state.step
            if self.log_path:
                self._log = stack.enter_context(Log(Path(self.log_path), begun))
            if self.shows_progress:
                self._show = stack.enter_context(progress(self.steps, start=begun))
            stopped: Ending
            try:
                stopped = self._make_steps(asked_to_end)
            except KeyboardInterrupt:
                stopped = "interrupt"
            except Exception:
                with suppress(CheckpointError):  # the error itself may be one
                    self._save()
                raise
            return self._close(stopped, asked_to_end)

    def _make_steps(self, asked_to_end: Callable[[], bool]) -> Ending:
        record, measuring, patience = self.record, self.measuring, self.measuring.patience
        if record.is_stale(patience):
            return "patience"
        for state in islice(self.states, max(0, self.steps - record.state.step)):
            if not math.isfinite(state.loss):
                return "not finite"
            # Measure before recording, so that an interrupted run is saved with whole steps only.
            measured = measuring.measure(state.params) if measuring.is_due(state.step) else {}
            record.add(state, measured)
            if self._log is not None:
                self._log.write(state, measured)
            if self._show is not None:
                self._show(Measured(state.step, state.loss, record.validation()))
            if self.callback is not None:
                try:
                    self.callback(state)
                except StopIteration:
                    return "callback"
                self.states.recheck()
            is_save_due = self.saver.is_due(state.step)
            if (is_save_due or is_check_due(state.step)) and record.is_stuck():
                return "broken" if record.is_broken() else "stuck optimizer"
            if is_save_due:
                self._save()
            if record.is_stale(patience):
                return "patience"
            if asked_to_end():
                return "interrupt"
        return "steps"

    def _close(self, stopped: Ending, asked_to_end: Callable[[], bool]) -> Ending:
        """Save and measure the last state, unless the loss is not finite or parameters became NaN."""
        record = self.record
        if stopped in ("not finite", "broken", "stuck optimizer"):
            return stopped
        if record.is_broken():  # the loss of the next step would show it
            return "broken"
        if record.is_stuck():
            return "stuck optimizer"
        self._save()
        # After saving: a run that resumes here measures what an uninterrupted one does.
        if record.state.step and not record.is_measured():
            with suppress(KeyboardInterrupt):  # a second one: the run is saved, and returned
                record.measure(self.measuring.measure(record.state.params))
        return "interrupt" if asked_to_end() else stopped

    def _save(self) -> None:
        if self._log is not None:
            self._log.flush(to_disk=True)  # a run that resumes here does not write them again
        record = self.record
        try:
            self.saver.save(
                record.snapshot(), record.validation() if record.is_measured() else None
            )
        except OSError as error:  # a full disk must not end the run, nor lose its result
            warn(f"no checkpoint of step {record.state.step} could be saved: {error}")
