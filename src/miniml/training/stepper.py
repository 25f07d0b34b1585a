"""What makes the steps of a run."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import attrs

from miniml.optimizers import Optimizer
from miniml.program import Backend
from miniml.training._batches import Augment, batches
from miniml.training.arguments import check_stepping
from miniml.training.state import State
from miniml.training.step import StepProgram, step_program
from miniml.training.trainable import Trainable, choose, merge
from miniml.tree import Selector, tree_structure
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")


@attrs.frozen
class Stepper(Generic[T, D]):
    """A program and what it is given at each step.

    Attributes:
        program: Loss, gradient and update.
        optimizer: What turns gradients into updates.
        trainable: Which parameters are trained.
        first: The state of no steps.
        batch_size: Points a step; None takes all of them.
        seed: The seed of the order of the data.
        augment: What takes the place of a batch, if anything does.
    """

    program: StepProgram[T, D]
    optimizer: Optimizer
    trainable: Trainable
    first: State[T]
    batch_size: int | None
    seed: int
    augment: Augment[D] | None

    def states(self, start: State[T], data: D) -> Iterator[State[T]]:
        """Return an endless iterator of the states after `start`.

        Raises:
            ValueError: If `start` is of another optimiser or of other trained parameters.
        """
        wanted = tree_structure(self.first.optimizer_state)
        if tree_structure(start.optimizer_state) != wanted:
            raise ValueError(
                "start holds the state of another optimiser, or of other trainable parameters: "
                "go on with those that made it"
            )
        stream = batches(data, self.batch_size, self.seed, start=start.step, augment=self.augment)
        return self._states(start, stream)

    def _states(self, start: State[T], stream: Iterator[tuple[int, D]]) -> Iterator[State[T]]:
        live, frozen = self.trainable.split(start.params)
        program, optimizer, memory = self.program, self.optimizer, start.optimizer_state
        first = start.step + 1
        for step, (epoch, batch) in enumerate(stream, start=first):
            if step == first:  # the program may have been traced for another run's data
                program.check(live, frozen, memory, optimizer, batch)
            value, live, memory = program(live, frozen, memory, optimizer, batch)
            yield State(step, epoch, merge(live, frozen), memory, float(value))


def prepare(
    loss: Callable[[T, D], Scalar],
    params: T,
    optimizer: Optimizer,
    *,
    batch_size: int | None,
    seed: int,
    trainable: Selector | None,
    wrt: Callable[[T], object] | None,
    backend: Backend,
    augment: Augment[D] | None,
) -> Stepper[T, D]:
    """Prepare the steps of a run; see `train` for the arguments.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If an argument is out of range, or nothing is trainable.
    """
    check_stepping(loss, params, optimizer, batch_size=batch_size, seed=seed, augment=augment)
    chosen = choose(params, trainable, wrt)
    first = State(0, 0, params, optimizer.init(chosen.split(params)[0]), float("nan"))
    program = step_program(loss, params, optimizer, backend=backend)
    return Stepper(program, optimizer, chosen, first, batch_size, seed, augment)
