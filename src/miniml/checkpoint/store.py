"""A folder of checkpoints: the newest and the best."""

import math
import operator
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from miniml.checkpoint.atomic import sweep
from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.files import describe, save
from miniml.validation import NOT_NEGATIVE, Integer

STEPS = "step-*.safetensors"
"""The glob of the files of steps."""


@attrs.frozen
class Checkpoints:
    """The checkpoints of one run, in a folder: the newest and the best.

    Attributes:
        folder: The folder; the first save creates it.
        keep: The number of newest checkpoints to keep; the best is kept in addition.
        every: The number of steps between two checkpoints of a run, or None.
        seconds: The time in seconds between two checkpoints of a run, or None.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     run = Checkpoints(folder, keep=2)
        ...     for step, score in enumerate([0.5, 0.2, 0.4, 0.3]):
        ...         path = run.save(step, {"w": float(step)}, score=score)
        ...     run.steps(), run.best().name
        ((1, 2, 3), 'step-00000001.safetensors')
    """

    folder: Path = attrs.field(converter=Path)
    keep: int = attrs.field(default=3, validator=Integer(1))
    every: int | None = attrs.field(default=None, validator=attrs.validators.optional(Integer(1)))
    seconds: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(NOT_NEGATIVE)
    )

    def save(
        self,
        step: int,
        tree: object,
        *,
        score: float | np.floating[Any] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Path:
        """Save a tree, then remove old checkpoints.

        Args:
            step: The number of the checkpoint, 0 or more.
            tree: As for `miniml.save`.
            score: The score; the checkpoint with the lowest is the best. None and NaN are ignored.
            notes: Values that JSON can represent, stored with the tree; the score is added.

        Returns:
            The file.

        Raises:
            CheckpointError: As for `miniml.save`.
            OSError: If the file cannot be written.
            ValueError: If the step is negative.
        """
        path = self.path(step)
        ranked = None if score is None or math.isnan(score) else float(score)
        self.folder.mkdir(parents=True, exist_ok=True)
        sweep(self.folder, STEPS)  # a killed writer was at another step
        save(path, tree, notes={**(notes or {}), "score": ranked})
        kept = {operator.index(step), *self.steps()[-self.keep :], self._best_step()}
        for old in self.steps():
            if old not in kept:
                self.path(old).unlink(missing_ok=True)
        return path

    def path(self, step: int) -> Path:
        """Return the file of a step, whether it exists or not."""
        if operator.index(step) < 0:
            raise ValueError(f"the step is {step}: it must be 0 or more")
        return self.folder / f"step-{step:08d}.safetensors"

    def steps(self) -> tuple[int, ...]:
        """Return the steps that have a checkpoint, in order."""
        found = {
            int(number)
            for file in self.folder.glob(STEPS)
            if (number := file.stem.removeprefix("step-")).isdecimal()
        }
        return tuple(sorted(step for step in found if self.path(step).exists()))

    def newest(self) -> Path | None:
        """Return the file of the last step; None if there is none."""
        steps = self.steps()
        return self.path(steps[-1]) if steps else None

    def best(self) -> Path | None:
        """Return the file with the lowest score, the earliest of equals; None if there is none."""
        step = self._best_step()
        return None if step is None else self.path(step)

    def _best_step(self) -> int | None:
        scores: dict[int, float] = {}
        for step in self.steps():
            # A damaged or removed old checkpoint must not stop a run.
            with suppress(CheckpointError, OSError):
                score = describe(self.path(step)).notes.get("score")
                if isinstance(score, (int, float)) and score == score:  # noqa: PLR0124  # not NaN
                    scores[step] = score
        return min(scores, key=lambda step: (scores[step], step), default=None)
