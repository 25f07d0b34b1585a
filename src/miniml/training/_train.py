"""Training as an iterator of immutable states."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from numpy.random import Generator

from miniml.optimizers import Optimizer
from miniml.program import Backend
from miniml.training.arguments import check_start, check_stepping
from miniml.training.memory_check import watched
from miniml.training.of_params import with_data
from miniml.training.state import State
from miniml.training.states import states
from miniml.training.trainable import choose
from miniml.tree import Selector, tree_structure
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")


def train(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    optimizer: Optimizer,
    *,
    batch_size: int | None = None,
    seed: int = 0,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
    backend: Backend = "numpy",
    start: State[T] | None = None,
    augment: Callable[[D, Generator], D] | None = None,
) -> Iterator[State[T]]:
    """Train without end: return an iterator of states, one a step.

    Loss, gradient and update run as one generated program. The batch of a step is a pure function
    of the data, `seed` and the step's number, so a run can resume from any of its states, to the
    same bits.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy; without data also
            `loss(params)`.
        params: The parameters to start from.
        data: A tree whose leaves share their first axis, the points: arrays, arrays mapped from
            files, or frames of pandas or polars. Without a batch size, any tree of them, or None.
        optimizer: The optimiser, which turns gradients into updates.
        batch_size: The points of a step; None takes all of them. The last batch of an epoch may
            be smaller.
        seed: The seed of the order of the data.
        trainable: Which parameters change: name patterns, or a predicate on a leaf. No gradient
            of the others is computed. None trains all.
        wrt: In place of `trainable`, a function that points at the parts to change, as in
            `value_and_grad`: `lambda m: m.head`, or a tuple or list of parts.
        backend: The backend of the steps' program; see `jit`.
        start: The state to resume from, in place of `params`; all else must be as it was.
        augment: `augment(batch, rng)`, called at each step in plain NumPy, returns what the loss
            gets in place of the batch: one with noise, or with a mask for dropout. The batch is
            read-only; the generator is seeded by `seed` and the step's number.

    Yields:
        The state after each step.

    Raises:
        TypeError: If an argument is of another type, such as an optimiser that was not called.
        ValueError: If the batch size is not positive, the leaves of `data` differ in length,
            nothing is trainable, the loss depends on nothing that is, or the optimiser goes
            uphill.

    Warns:
        RuntimeWarning: If the moments of the optimiser are no longer finite, as after a gradient
            whose square its dtype cannot hold; they are looked at every 16 steps.

    Example:
        >>> import numpy as np
        >>> from miniml import sgd
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> states = train(loss, 0.0, np.array([1.0, 3.0]), sgd(0.25))
        >>> [next(states).params for _ in range(3)]
        [1.0, 1.5, 1.75]
    """
    check_stepping(loss, params, optimizer, batch_size=batch_size, seed=seed, augment=augment)
    check_start(start)
    loss = with_data(loss, data)
    begun = start.params if start else params
    chosen = choose(begun, trainable, wrt)
    first = chosen.first_state(begun, optimizer)
    if start and tree_structure(start.optimizer_state) != tree_structure(first.optimizer_state):
        raise ValueError(
            "start holds the state of another optimiser, or of other trainable parameters: go on "
            "with those that made it"
        )
    upcoming = states(
        loss,
        start or first,
        data,
        optimizer,
        chosen,
        batch_size=batch_size,
        seed=seed,
        backend=backend,
        augment=augment,
    )
    return watched(upcoming)
