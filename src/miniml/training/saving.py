"""Saving a run while it goes on, and taking it up again."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

import attrs
import numpy as np

from miniml.checkpoint import CheckpointError, Checkpoints, Description, describe, load
from miniml.numbers import shown
from miniml.training.history import History
from miniml.training.record import Run
from miniml.training.result import Best
from miniml.training.state import State
from miniml.tree import parse_name

T = TypeVar("T")

_MEASURED = "history.measured."


def _history_like(saved: Description) -> History:
    """Give a history of the shapes in a checkpoint: they grow with the run."""

    def empty(name: str) -> Any:
        return np.zeros(*saved.leaves[name])

    measured = [name for name in saved.leaves if name.startswith(_MEASURED)]
    return History(
        empty("history.step"),
        empty("history.loss"),
        empty("history.measured_step"),
        {str(parse_name(name)[-1]): empty(name) for name in measured},
    )


def _differing(saved: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Say what is not as it was; of a note with names inside, what differs there."""
    for name, value in given.items():
        old = saved.get(name)
        if isinstance(old, dict) and isinstance(value, Mapping):
            yield from _differing(cast("dict[str, Any]", old), cast("Mapping[str, Any]", value))
        elif old != value:
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
            f"checkpoints is {shown(checkpoints)}: it must be a folder, or Checkpoints(folder, ...)"
        )
    folder = checkpoints.folder
    place = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not place.is_dir():
        raise CheckpointError(f"no checkpoint can be saved in {folder}: {place} is a file")


@attrs.define
class Saver:
    """Decides when a run is saved, and saves it.

    Attributes:
        checkpoints: Where to, and how often; None saves nothing.
        facts: What must be the same for the run to go on to the same bits.
    """

    checkpoints: Checkpoints | None = attrs.field(validator=_check_place)
    facts: Mapping[str, Any] = attrs.field(converter=_as_json)
    _saved_step: int = 0  # no checkpoint of nothing
    _saved_at: float = attrs.field(factory=time.monotonic)

    def begin(self, first: State[T], *, resume: bool, steps: int) -> Run[T]:
        """Give the run of the newest checkpoint if it is to be taken up, else that of `first`.

        Raises:
            CheckpointError: If the checkpoint is damaged, of another run, of a later step than
                `steps`, or in the way.
        """
        path = self.checkpoints.newest() if self.checkpoints else None
        if path is None:
            return Run(first, None, 0, History())
        if not resume:
            raise CheckpointError(
                f"{path} is there already: go on from it with resume=True, or take another folder"
            )
        saved = describe(path)
        differing = dict.fromkeys(_differing(saved.notes, self.facts))  # each once
        if differing:
            raise CheckpointError(
                f"{path} is of another run: {'; '.join(differing)}. Give what was given then, or "
                "start anew in another folder."
            )

        best = Best(0, 0.0, first.params) if "best.step" in saved.leaves else None
        run = load(path, Run(first, best, 0, _history_like(saved)))
        self._saved_step = run.state.step
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
        """Save a run, unless it has been."""
        if self.checkpoints is not None and run.state.step != self._saved_step:
            self.checkpoints.save(run.state.step, run, score=score, notes=self.facts)
            self._saved_step = run.state.step
            self._saved_at = time.monotonic()
