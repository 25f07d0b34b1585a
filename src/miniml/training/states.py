"""The states of a run, one a step."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from miniml.optimizers import Optimizer, OptimizerState
from miniml.program import Backend
from miniml.training._batches import Augment, batches
from miniml.training.state import State
from miniml.training.step import StepProgram, step_program
from miniml.training.trainable import Trainable, merge
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")

_CHECKED = 8
"""The first steps, and then one step in so many, after which what the loss reads must be as it was."""


def states(
    loss: Callable[[T, D], Scalar],
    start: State[T],
    data: D,
    optimizer: Optimizer,
    trainable: Trainable,
    *,
    batch_size: int | None,
    seed: int,
    backend: Backend,
    augment: Augment[D] | None,
) -> "States[T, D]":
    """Return the states after `start`, without end; see `train` for the arguments."""
    return States(
        step_program(loss, start.params, backend=backend),
        start,
        batches(data, batch_size, seed, start=start.step, augment=augment),
        optimizer,
        trainable,
    )


class States(Iterator[State[T]], Generic[T, D]):
    """The states of a run, without end."""

    def __init__(
        self,
        program: "StepProgram[T, D]",
        start: State[T],
        stream: Iterator[tuple[int, D]],
        optimizer: Optimizer,
        trainable: Trainable,
    ) -> None:
        self._program = program
        self._recheck = program.watch()
        self._stream = stream
        self._optimizer = optimizer
        self._live, self._frozen = trainable.split(start.params)
        self._state = start.optimizer_state
        self._batch: Any = None  # that of the last step
        self._first = self._step = start.step

    def __next__(self) -> State[T]:
        """Make a step."""
        if self._step > self._first and self._is_check_due():
            self.recheck()
        epoch, self._batch = next(self._stream)
        if self._step == self._first:  # the program may have been traced for another run's data
            self._program.check(*self._arguments())
        value, self._live, self._state = self._program(*self._arguments())
        self._step += 1
        params = merge(self._live, self._frozen)
        return State(self._step, epoch, params, self._state, float(value))

    def recheck(self) -> None:
        """Refuse to go on if what the loss reads beside its arguments has changed.

        Raises:
            TraceError: If the loss would now do something else; it names the line.
        """
        self._recheck(*self._arguments())

    def _arguments(self) -> tuple[T, T | None, OptimizerState[T], Optimizer, Any]:
        return self._live, self._frozen, self._state, self._optimizer, self._batch

    def _is_check_due(self) -> bool:
        """Return whether to check now: in no rhythm, which a loss that alternates might have too."""
        made = self._step - self._first
        return made <= _CHECKED or zlib.crc32(self._step.to_bytes(8)) % _CHECKED == 0
