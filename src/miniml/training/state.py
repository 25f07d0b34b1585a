"""One moment of a training run."""

from typing import Generic, TypeVar

from miniml.optimizers import OptimizerState
from miniml.tree import model

T = TypeVar("T")


@model
class State(Generic[T]):
    """One moment of a training run, immutable.

    With the data, the batch size and the seed it is all that is needed to resume.

    Attributes:
        step: The number of steps taken.
        epoch: The pass over the data that this step belongs to, from 0.
        params: The parameters after the step.
        optimizer_state: The state of the optimiser.
        loss: The loss of the step's batch, at the parameters *before* the step.
    """

    step: int
    epoch: int
    params: T
    optimizer_state: OptimizerState[T]
    loss: float
