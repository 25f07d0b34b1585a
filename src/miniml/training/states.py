"""The states of a run, one a step."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from miniml.optimizers import Optimizer
from miniml.program import Backend
from miniml.training._batches import Augment, batches
from miniml.training.state import State
from miniml.training.step import step_program
from miniml.training.trainable import Trainable, merge
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")

_CHECKED = 8
"""The first steps, and then every so many, after which what the loss reads must be as it was."""


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
) -> Iterator[State[T]]:
    """Return an endless iterator of the states after `start`; see `train` for the arguments."""
    stream = batches(data, batch_size, seed, start=start.step, augment=augment)
    program = step_program(loss, start.params, backend=backend)
    live, frozen = trainable.split(start.params)

    def steps() -> Iterator[State[T]]:
        nonlocal live
        optimizer_state, first = start.optimizer_state, start.step + 1
        for step, (epoch, batch) in enumerate(stream, start=first):
            if step == first:  # the program may have been traced for another run's data
                program.check(live, frozen, optimizer_state, optimizer, batch)
            value, live, optimizer_state = program(live, frozen, optimizer_state, optimizer, batch)
            yield State(step, epoch, merge(live, frozen), optimizer_state, float(value))
            if step < first + _CHECKED or step % _CHECKED == 0:  # the user's code has run
                program.recheck(live, frozen, optimizer_state, optimizer, batch)

    return steps()
