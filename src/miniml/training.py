"""Training as an iterator of immutable states, and `fit`, which drains it."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from miniml.optimizers import Optimizer, OptimizerState, apply_updates
from miniml.transforms import jit, value_and_grad
from miniml.tree import Static, model, tree_leaves, tree_map
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")


@model
class State(Generic[T]):
    """One moment of a training run; nothing in it ever changes.

    Attributes:
        step: The number of steps taken.
        epoch: The pass over the data that this step belongs to, from 0.
        params: The parameters after the step.
        optimizer_state: What the optimiser remembers.
        loss: The loss of the step's batch, at the parameters *before* the step.
    """

    step: int
    epoch: int
    params: T
    optimizer_state: OptimizerState[T]
    loss: float


def train(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    optimizer: Optimizer,
    *,
    batch_size: int | None = None,
    seed: int = 0,
) -> Iterator[State[T]]:
    """Train for ever: an endless iterator of states, one a step.

    Loss, gradient and update run as one generated program. The order of the data is a pure
    function of `seed` and the epoch's number.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree whose leaves share their first axis, the points.
        optimizer: What turns gradients into updates.
        batch_size: Points a step; None takes all of them. The last batch of an epoch may be
            smaller.
        seed: The seed of the order of the data.

    Yields:
        The state after each step.

    Raises:
        ValueError: If the batch size is not positive, or the leaves of `data` differ in length.

    Example:
        >>> from miniml import sgd
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> states = train(loss, 0.0, np.array([1.0, 3.0]), sgd(0.25))
        >>> [next(states).params for _ in range(3)]
        [1.0, 1.5, 1.75]
    """

    def step(
        params: T, optimizer_state: OptimizerState[T], optimizer: Optimizer, batch: D
    ) -> tuple[Scalar, T, OptimizerState[T]]:
        value, grads = value_and_grad(loss)(params, batch)
        updates, optimizer_state = optimizer.update(grads, optimizer_state, params)
        return value, apply_updates(params, updates), optimizer_state

    program = jit(step)
    optimizer_state = optimizer.init(params)
    for count, (epoch, batch) in enumerate(batches(data, batch_size, seed), start=1):
        value, params, optimizer_state = program(params, optimizer_state, optimizer, batch)
        yield State(count, epoch, params, optimizer_state, float(value))


def batches(data: D, batch_size: int | None, seed: int = 0) -> Iterator[tuple[int, D]]:
    """Give the batches of one epoch after another, for ever.

    Args:
        data: A tree whose leaves share their first axis, the points.
        batch_size: Points a batch; None gives the whole of the data each time, in its order.
        seed: The order within an epoch is a pure function of this and the epoch's number.

    Yields:
        The epoch's number, from 0, and the batch.

    Raises:
        ValueError: If the batch size is not positive, or the leaves differ in length.

    Example:
        >>> stream = batches(np.arange(4), 2, seed=1)
        >>> sorted(np.concatenate([next(stream)[1], next(stream)[1]]).tolist())
        [0, 1, 2, 3]
    """
    points = _count_points(data)
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"the batch size is {batch_size}: it must be at least 1")
    epoch = 0
    while True:
        if batch_size is None or batch_size >= points:
            yield epoch, data
        else:
            order = np.random.default_rng((seed, epoch)).permutation(points)
            for start in range(0, points, batch_size):
                yield epoch, _take(data, order[start : start + batch_size])
        epoch += 1


@model
class History:
    """The loss of every step of a run.

    Attributes:
        step: The steps' numbers, `(n,)` integers.
        loss: The loss of each step's batch before the step, `(n,)`.
    """

    step: NDArray[np.int64]
    loss: NDArray[np.float64]


@model
class Fit(Generic[T]):
    """What `fit` reached.

    Attributes:
        state: The last state.
        history: The loss of every step.
        stopped: Why it ended: all steps were made, or the run was interrupted.
    """

    state: State[T]
    history: History
    stopped: Static[Literal["steps", "interrupt"]]


def fit(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    optimizer: Optimizer,
    *,
    steps: int,
    batch_size: int | None = None,
    seed: int = 0,
    callback: Callable[[State[T]], None] | None = None,
) -> Fit[T]:
    """Train for a number of steps and keep the history.

    An interrupt (Ctrl-C) ends the run early; every state is whole, so what was reached is
    returned.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree whose leaves share their first axis, the points.
        optimizer: What turns gradients into updates.
        steps: How many steps to make.
        batch_size: Points a step; None takes all of them.
        seed: The seed of the order of the data.
        callback: Called with each state.

    Returns:
        The last state, the history, and why it ended.

    Raises:
        ValueError: If `steps` is negative, or as `train` does.

    Example:
        >>> from miniml import sgd
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> result = fit(loss, 0.0, np.array([1.0, 3.0]), sgd(0.25), steps=3)
        >>> result.state.params, result.history.loss.tolist()
        (1.75, [5.0, 2.0, 1.25])
    """
    if steps < 0:
        raise ValueError(f"{steps} steps were asked for: the number must not be negative")
    state = State(0, 0, params, optimizer.init(params), float("nan"))
    losses: list[float] = []
    stopped: Literal["steps", "interrupt"] = "steps"
    states = train(loss, params, data, optimizer, batch_size=batch_size, seed=seed)
    try:
        for state in islice(states, steps):
            losses.append(state.loss)
            if callback is not None:
                callback(state)
    except KeyboardInterrupt:
        stopped = "interrupt"
    history = History(np.arange(1, len(losses) + 1), np.array(losses))
    return Fit(state, history, stopped)


def _take(data: D, rows: NDArray[np.int64]) -> D:
    return tree_map(lambda leaf: leaf[rows], data)


def _count_points(data: object) -> int:
    counts = {len(leaf) for leaf in tree_leaves(data)}
    if len(counts) != 1:
        raise ValueError(
            f"the leaves of the data have lengths {sorted(counts)}: their first axis, "
            "the points, must be the same"
        )
    return counts.pop()
