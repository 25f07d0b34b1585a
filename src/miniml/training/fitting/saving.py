"""Saving a run during training, and resuming it."""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs
import numpy as np

from miniml.checkpoint import (
    CheckpointError,
    Checkpoints,
    DamageError,
    Description,
    load,
)
from miniml.checkpoint import describe as describe_file
from miniml.checkpoint.header import file_names
from miniml.checkpoint.leaves import pack
from miniml.training.fitting.record import Snapshot
from miniml.training.fitting.resume_check import Conditions
from miniml.training.history import History
from miniml.training.result import Best
from miniml.training.state import State
from miniml.training.warn import warn
from miniml.tree import named_leaves, parse_name, tree_structure
from miniml.validation import describe

T = TypeVar("T")

_MEASURED = "history.measured."


def _has_history(saved: Description) -> bool:
    """Return whether a checkpoint has the columns of a history, of fitting shapes and dtypes."""
    missing: tuple[tuple[int, ...], None] = (), None
    steps, times = (
        saved.leaves.get(f"history.{of}", missing)[0] for of in ("step", "measured_step")
    )
    wanted: dict[str, tuple[tuple[int, ...], object]] = {
        "history.step": (steps, np.int64),
        "history.loss": (steps, np.float64),
        "history.measured_step": (times, np.int64),
        **{leaf: (times, np.float64) for leaf in saved.leaves if leaf.startswith(_MEASURED)},
    }
    with suppress(ValueError):  # a name that cannot be parsed
        _measured_in(saved)
        fits = all(saved.leaves.get(leaf) == column for leaf, column in wanted.items())
        return fits and len(steps) == len(times) == 1
    return False


def _history_like(saved: Description) -> History:
    """Return a history of the shapes in a checkpoint: they grow with the run."""

    def empty(name: str) -> Any:
        return np.zeros(*saved.leaves[name])

    return History(
        empty("history.step"),
        empty("history.loss"),
        empty("history.measured_step"),
        {name: empty(leaf) for name, leaf in _measured_in(saved)},
    )


def _measured_in(saved: Description) -> list[tuple[str, str]]:
    """Return the name of each measurement, and that of its leaf."""
    leaves = [leaf for leaf in saved.leaves if leaf.startswith(_MEASURED)]
    return [(str(parse_name(leaf)[-1]), leaf) for leaf in leaves]


def _as_checkpoints(given: Any) -> Any:
    """Wrap a bare folder in `Checkpoints`."""
    if isinstance(given, str | os.PathLike):
        return Checkpoints(os.fspath(cast("str | os.PathLike[str]", given)))
    return given


def _check_folder(_: object, __: object, checkpoints: Any) -> None:
    """Refuse a folder in which no checkpoint can be saved, before there is one to save.

    Raises:
        TypeError: If it is neither a folder nor `Checkpoints`.
        CheckpointError: If it is a file, or not writable.
    """
    if checkpoints is None:
        return
    if not isinstance(checkpoints, Checkpoints):
        raise TypeError(
            f"checkpoints is {describe(checkpoints)}: it must be a folder, or "
            "Checkpoints(folder, ...)"
        )
    folder = checkpoints.folder
    place = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not place.is_dir():
        raise CheckpointError(f"no checkpoint can be saved in {folder}: {place} is a file")
    if not os.access(place, os.W_OK | os.X_OK):
        raise CheckpointError(f"no checkpoint can be saved in {folder}: {place} is not writable")


@attrs.define
class Saver:
    """Decides when a run is saved, and saves it.

    Attributes:
        checkpoints: Where to, and how often; None saves nothing.
        conditions: What must be the same for the run to resume.
        measured: The names of the measured functions.
    """

    checkpoints: Checkpoints | None = attrs.field(
        converter=_as_checkpoints, validator=_check_folder
    )
    conditions: Conditions
    measured: Collection[str]
    _saved_step: int = 0  # there is no checkpoint of step 0
    _newest_own_step: int = 0
    _saved_at: float = attrs.field(factory=time.monotonic)

    def begin(self, first: State[T], *, resume: bool, steps: int) -> Snapshot[T]:
        """Return the newest checkpoint's run if it is to be resumed, else that of `first`.

        Different settings are reported by a warning.

        Raises:
            CheckpointError: If the checkpoint is damaged, of another run, of a later step than
                `steps`, or in the way; or if a parameter, or the optimiser's state, cannot be
                saved.
        """
        if self.checkpoints is None:
            return Snapshot(first, None, 0, History())
        for part in (first.params, first.optimizer_state):  # refused now, not after all steps
            file_names(tree_structure(part).paths)
            for name, leaf in named_leaves(part).items():
                pack(name, leaf)
        path = self.checkpoints.newest()
        if path is None:
            return Snapshot(first, None, 0, History())
        if not resume:
            raise CheckpointError(
                f"{path} exists already: resume from it with resume=True, or take another folder"
            )
        try:
            return self._resume(self.checkpoints, path, first, steps)
        except DamageError as error:
            before = self.checkpoints.steps()[:-1]
            way = (
                f"resumes from {self.checkpoints.path(before[-1]).name}"
                if before
                else "starts from the beginning"
            )
            raise DamageError(f"{error}. Remove the file, and the run {way}.") from error

    def _resume(
        self, checkpoints: Checkpoints, path: Path, first: State[T], steps: int
    ) -> Snapshot[T]:
        saved = describe_file(path)
        if not _has_history(saved):
            raise CheckpointError(
                f"{path} is not a checkpoint of a run, but another tree with the name of one: take "
                "another folder"
            )
        differing = self.conditions.other_facts(saved.notes)
        if saved.leaves["history.measured_step"][0] != (0,):  # a history's columns are full
            known = [name for name, _ in _measured_in(saved)]
            if sorted(known) != sorted(self.measured):
                differing.append(f"measured was {sorted(known)} and is {sorted(self.measured)}")
        if differing:
            raise CheckpointError(
                f"{path} is of another run: {'; '.join(differing)}. Give what was given then, or "
                "start again in another folder."
            )
        if changed := self.conditions.other_settings(saved.notes):
            warn(
                f"the run of {path} resumes with other settings, and does not reach the bits of an "
                f"uninterrupted one: {'; '.join(changed)}"
            )
        best = Best(0, 0.0, first.params) if "best.step" in saved.leaves else None
        run = load(path, Snapshot(first, best, 0, _history_like(saved)))
        if type(run.state.step) is not int or checkpoints.path(run.state.step) != path:
            raise CheckpointError(
                f"{path} is of step {run.state.step}, as its name does not say: give the file the "
                "name of its step, or remove it"
            )
        self._saved_step = self._newest_own_step = run.state.step
        if run.state.step > steps:
            raise CheckpointError(
                f"{path} is of step {run.state.step}, and steps={steps} asks for fewer: steps "
                f"includes those made before. Ask for {run.state.step} or more, or start again in "
                "another folder."
            )
        return run

    def is_due(self, step: int) -> bool:
        """Return whether a checkpoint is to be saved after a step."""
        if self.checkpoints is None:
            return False
        every, seconds = self.checkpoints.every, self.checkpoints.seconds
        if every is not None and step % every == 0:
            return True
        return seconds is not None and time.monotonic() - self._saved_at >= seconds

    def save(self, run: Snapshot[Any], score: float | None) -> None:
        """Save a run, unless it has been saved.

        Raises:
            CheckpointError: If another run saves in the same folder.
            OSError: If the file cannot be written.
        """
        if self.checkpoints is None or run.state.step == self._saved_step:
            return
        newest = max(self.checkpoints.steps(), default=0)
        if newest > self._newest_own_step:
            raise CheckpointError(
                f"{self.checkpoints.path(newest)} is not of this run: another run saves its "
                "checkpoints in the same folder. Give each run its own folder."
            )
        # Before saving: an interrupt may come when the file is there.
        self._newest_own_step = run.state.step
        self._saved_at = time.monotonic()  # even if it fails: else each step would try again
        self.checkpoints.save(run.state.step, run, score=score, notes=self.conditions.notes())
        self._saved_step = run.state.step
