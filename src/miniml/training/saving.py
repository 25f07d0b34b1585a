"""Saving a run while it goes on, and taking it up again."""

import json
import os
import time
import warnings
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs
import numpy as np

from miniml import validation
from miniml.checkpoint import (
    CheckpointError,
    Checkpoints,
    DamageError,
    Description,
    describe,
    load,
)
from miniml.checkpoint.header import file_names
from miniml.checkpoint.leaves import pack
from miniml.training.history import History
from miniml.training.record import Run
from miniml.training.result import Best
from miniml.training.state import State
from miniml.tree import leaf_names, named_leaves, parse_name

T = TypeVar("T")

_MEASURED = "history.measured."
_BESIDES = frozenset({"score", "settings"})
"""Notes of a checkpoint that are no facts of the run."""


def _history_like(saved: Description) -> History:
    """Give a history of the shapes in a checkpoint: they grow with the run."""

    def empty(name: str) -> Any:
        return np.zeros(*saved.leaves[name])

    return History(
        empty("history.step"),
        empty("history.loss"),
        empty("history.measured_step"),
        {name: empty(leaf) for name, leaf in _measured_in(saved)},
    )


def _measured_in(saved: Description) -> list[tuple[str, str]]:
    """Give the name of each thing that was measured, and that of its leaf."""
    leaves = [leaf for leaf in saved.leaves if leaf.startswith(_MEASURED)]
    return [(str(parse_name(leaf)[-1]), leaf) for leaf in leaves]


def _differing(saved: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Say what is not as it was; of a note with names inside, what differs there."""
    for name in {**given, **saved}:
        old, value = saved.get(name), given.get(name)
        if isinstance(old, dict) and isinstance(value, Mapping):
            yield from _differing(cast("dict[str, Any]", old), cast("Mapping[str, Any]", value))
        elif old != value and json.dumps(old) != json.dumps(value):  # NaN is NaN here
            yield f"{name} was {old!r} and is {value!r}"


def _as_json(notes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give notes as they come back from JSON: a tuple as a list."""
    try:
        back: Mapping[str, Any] = json.loads(json.dumps(notes))
    except TypeError as error:
        raise TypeError(f"the notes hold what JSON cannot: {error}") from error
    return back


def _check_place(_: object, __: object, checkpoints: Any) -> None:
    """Refuse what no checkpoint can be saved in, before there is anything to save."""
    if checkpoints is None:
        return
    if not isinstance(checkpoints, Checkpoints):
        raise TypeError(
            f"checkpoints is {validation.describe(checkpoints)}: it must be a folder, or Checkpoints(folder, ...)"
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
        facts: What must be the same for the run to be taken up again.
        settings: What else must be, for it to go on to the same bits.
        measured: The names of what is measured.
    """

    checkpoints: Checkpoints | None = attrs.field(validator=_check_place)
    facts: Mapping[str, Any] = attrs.field(converter=_as_json)
    settings: Mapping[str, str]
    measured: Collection[str]
    _saved_step: int = 0  # no checkpoint of nothing
    _begun_step: int = 0
    _saved_at: float = attrs.field(factory=time.monotonic)

    def begin(self, first: State[T], *, resume: bool, steps: int) -> Run[T]:
        """Give the run of the newest checkpoint if it is to be taken up, else that of `first`.

        A warning tells of settings that are not as they were.

        Raises:
            CheckpointError: If the checkpoint is damaged, of another run, of a later step than
                `steps`, or in the way; or if a parameter, or what the optimiser remembers, cannot
                be saved.
        """
        if self.checkpoints is None:
            return Run(first, None, 0, History())
        for part in (first.params, first.optimizer_state):  # refused now, not after all steps
            file_names(leaf_names(part))
            for name, leaf in named_leaves(part).items():
                pack(name, leaf)
        path = self.checkpoints.newest()
        if path is None:
            return Run(first, None, 0, History())
        if not resume:
            raise CheckpointError(
                f"{path} is there already: go on from it with resume=True, or take another folder"
            )
        try:
            return self._taken_up(path, first, steps)
        except DamageError as error:
            before = self.checkpoints.steps()[:-1]
            way = (
                f"goes on from {self.checkpoints.path(before[-1]).name}"
                if before
                else "starts anew"
            )
            raise DamageError(f"{error}. Remove the file, and the run {way}.") from error

    def _taken_up(self, path: Path, first: State[T], steps: int) -> Run[T]:
        saved = describe(path)
        if "history.measured_step" not in saved.leaves:
            raise CheckpointError(
                f"{path} is no checkpoint of a run, but a tree that was saved under such a name: "
                "take another folder"
            )
        facts = {name: note for name, note in saved.notes.items() if name not in _BESIDES}
        differing = [*dict.fromkeys(_differing(facts, self.facts))]  # each once
        if saved.leaves["history.measured_step"][0] != (0,):  # a history's columns are full
            known = [name for name, _ in _measured_in(saved)]
            if sorted(known) != sorted(self.measured):
                differing.append(f"measured was {sorted(known)} and is {sorted(self.measured)}")
        if differing:
            raise CheckpointError(
                f"{path} is of another run: {'; '.join(differing)}. Give what was given then, or "
                "start anew in another folder."
            )
        if changed := [*_differing(saved.notes.get("settings", self.settings), self.settings)]:
            warnings.warn(
                f"the run of {path} goes on with other settings, and not to the bits of one left "
                f"alone: {'; '.join(changed)}",
                RuntimeWarning,
                stacklevel=4,
            )
        best = Best(0, 0.0, first.params) if "best.step" in saved.leaves else None
        run = load(path, Run(first, best, 0, _history_like(saved)))
        self._saved_step = self._begun_step = run.state.step
        if run.state.step > steps:
            raise CheckpointError(
                f"{path} is of step {run.state.step}, and steps={steps} asks for fewer: steps "
                f"counts those made before, too. Ask for {run.state.step} or more, or start anew "
                "in another folder."
            )
        return run

    def is_due(self, step: int) -> bool:
        """Whether a checkpoint is to be saved after a step."""
        if self.checkpoints is None:
            return False
        every, seconds = self.checkpoints.every, self.checkpoints.seconds
        if every is not None and step % every == 0:
            return True
        return seconds is not None and time.monotonic() - self._saved_at >= seconds

    def save(self, run: Run[Any], score: float | None) -> None:
        """Save a run, unless it has been.

        Raises:
            CheckpointError: If another run saves in the same folder.
            OSError: If the file cannot be written.
        """
        if self.checkpoints is None or run.state.step == self._saved_step:
            return
        newest = max(self.checkpoints.steps(), default=0)
        if newest > self._begun_step:
            raise CheckpointError(
                f"{self.checkpoints.path(newest)} is not of this run: another one saves its "
                "checkpoints there as well. Give each a folder of its own."
            )
        self._begun_step = run.state.step  # an interrupt may come when the file is there
        self._saved_at = time.monotonic()  # also where it fails: not at each step again
        notes = {**self.facts, "settings": self.settings}
        self.checkpoints.save(run.state.step, run, score=score, notes=notes)
        self._saved_step = run.state.step
