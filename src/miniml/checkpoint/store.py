"""A folder of checkpoints: the newest few, and the best."""

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

STEPS = "step-*.safetensors"
"""The names of the files of steps."""


@attrs.frozen
class Checkpoints:
    """The checkpoints of one run, in a folder: the newest few, and the best.

    Attributes:
        folder: Where they are; it is made at the first save.
        keep: How many of the newest to keep; the best is kept beside them.
        every: The steps between two checkpoints of a run; None: no such rule.
        seconds: The time between two checkpoints of a run; None: no such rule.

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
    keep: int = attrs.field(default=3, converter=operator.index, validator=attrs.validators.ge(1))
    every: int | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(operator.index),
        validator=attrs.validators.optional(attrs.validators.ge(1)),
    )
    seconds: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.ge(0))
    )

    def save(
        self,
        step: int,
        tree: object,
        *,
        score: float | np.floating[Any] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Path:
        """Save a tree, then remove what need not be kept.

        Args:
            step: The number of the checkpoint, from 0 on.
            tree: As for `miniml.save`.
            score: What makes a checkpoint the best, the lower the better; None or NaN never does.
            notes: Whatever JSON can hold, to be kept beside the tree; the score is among them.

        Returns:
            The file.

        Raises:
            CheckpointError: As `miniml.save` does.
            OSError: If the file cannot be written.
            ValueError: If the step is negative.
        """
        path = self.path(step)
        ranked = None if score is None or math.isnan(score) else float(score)
        self.folder.mkdir(parents=True, exist_ok=True)
        sweep(self.folder, STEPS)  # a writer that was killed was at another step
        save(path, tree, notes={**(notes or {}), "score": ranked})
        kept = {operator.index(step), *self.steps()[-self.keep :], self._best_step()}
        for old in self.steps():
            if old not in kept:
                self.path(old).unlink(missing_ok=True)
        return path

    def path(self, step: int) -> Path:
        """Give the file of a step, which need not exist."""
        if operator.index(step) < 0:
            raise ValueError(f"the step is {step}: steps are numbered from 0 on")
        return self.folder / f"step-{step:08d}.safetensors"

    def steps(self) -> tuple[int, ...]:
        """Give the steps that have a checkpoint, in order."""
        found = {
            int(number)
            for file in self.folder.glob(STEPS)
            if (number := file.stem.removeprefix("step-")).isdecimal()
        }
        return tuple(sorted(step for step in found if self.path(step).exists()))

    def newest(self) -> Path | None:
        """Give the file of the last step, None if there is none."""
        steps = self.steps()
        return self.path(steps[-1]) if steps else None

    def best(self) -> Path | None:
        """Give the file with the lowest score, the earliest of equals; None if none has one."""
        step = self._best_step()
        return None if step is None else self.path(step)

    def _best_step(self) -> int | None:
        scores: dict[int, float] = {}
        for step in self.steps():
            # A run does not end because an old checkpoint of it is damaged or has gone.
            with suppress(CheckpointError, OSError):
                score = describe(self.path(step)).notes.get("score")
                if isinstance(score, (int, float)):
                    scores[step] = score
        return min(scores, key=lambda step: (scores[step], step), default=None)
