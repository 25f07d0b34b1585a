"""Training as an iterator of immutable states."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from numpy.random import Generator

from miniml.optimizers import Optimizer, OptimizerState, apply_updates
from miniml.program import Backend, Program, Tracer, cached_on, closure_key, depends
from miniml.training._batches import batches
from miniml.training.arguments import check_function, check_stepping
from miniml.training.state import State
from miniml.transforms._grad import jit, value_and_grad
from miniml.tree import Selector, combine, partition, partition_at, tree_leaves, tree_structure
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
    """Train for ever: an endless iterator of states, one a step.

    Loss, gradient and update run as one generated program. What a step is given is a pure
    function of the data, `seed` and the step's number, so a run can go on from any of its states,
    to the same bits.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree whose leaves share their first axis, the points: arrays, arrays mapped from
            files, or frames of pandas or polars. Without a batch size, any tree of them, or None.
        optimizer: What turns gradients into updates.
        batch_size: Points a step; None takes all of them. The last batch of an epoch may be
            smaller.
        seed: The seed of the order of the data.
        trainable: Which parameters change: name patterns, or a predicate on a leaf. Of
            the others no gradient is computed. None trains all.
        wrt: In place of `trainable`, a function that points at the parts to change, as in
            `value_and_grad`: `lambda m: m.head`, or a tuple or list of parts.
        backend: What runs the steps' program; see `jit`.
        start: The state to go on from, in place of `params`; all else must be as it was.
        augment: `augment(batch, rng)`, called at each step in plain NumPy: what the loss is given
            in place of the batch, such as one with noise, or with a mask for dropout. The batch
            is not to be written to; the generator is made of `seed` and the step's number.

    Yields:
        The state after each step.

    Raises:
        TypeError: If an argument is of another type, as of an optimiser that was not called.
        ValueError: If the batch size is not positive, the leaves of `data` differ in length,
            nothing is trainable, the loss depends on nothing that is, or the optimiser would go
            uphill.

    Example:
        >>> import numpy as np
        >>> from miniml import sgd
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> states = train(loss, 0.0, np.array([1.0, 3.0]), sgd(0.25))
        >>> [next(states).params for _ in range(3)]
        [1.0, 1.5, 1.75]
    """
    check_stepping(
        loss,
        params,
        optimizer,
        batch_size=batch_size,
        seed=seed,
        start=start,
        augment=augment,
    )
    fresh = first_state(start.params if start else params, optimizer, trainable, wrt)
    if start and tree_structure(start.optimizer_state) != tree_structure(fresh.optimizer_state):
        raise ValueError(
            "start holds what another optimiser remembers, or one of other trainable parameters: "
            "go on with those that made it"
        )
    start = start or fresh
    stream = batches(data, batch_size, seed, start=start.step, augment=augment)
    live, frozen = divide(start.params, trainable, wrt)
    program = _program(loss, start.params, optimizer, backend)

    def steps() -> Iterator[State[T]]:
        nonlocal live
        optimizer_state, first = start.optimizer_state, start.step + 1
        for count, (epoch, batch) in enumerate(stream, start=first):
            if count == first:  # the program may have been traced for another run's data
                program.check(live, frozen, optimizer_state, optimizer, batch)
            value, live, optimizer_state = program(live, frozen, optimizer_state, optimizer, batch)
            yield State(count, epoch, whole(live, frozen), optimizer_state, float(value))

    return steps()


def first_state(
    params: T,
    optimizer: Optimizer,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
) -> State[T]:
    """Give the state of no steps."""
    live, _ = divide(params, trainable, wrt)
    return State(0, 0, params, optimizer.init(live), float("nan"))


def divide(
    params: T, trainable: Selector | None, wrt: Callable[[T], object] | None
) -> tuple[T, T | None]:
    """Give the parameters to train and the frozen ones; None where nothing is frozen.

    Raises:
        ValueError: If nothing is left to train, or both ways of choosing are taken.
    """
    if trainable is None and wrt is None:
        if not tree_leaves(params):
            raise ValueError("params has no leaves: there is nothing to train")
        return params, None
    if trainable is not None and wrt is not None:
        raise ValueError("give trainable or wrt, not both: each chooses the parameters to train")
    if wrt is not None:
        check_function("wrt", wrt, "that points at parts of params, as lambda m: m.head does")
        live, frozen = partition_at(params, wrt)
    else:
        live, frozen = partition(params, trainable or ())
    if not tree_leaves(live):
        raise ValueError(f"{'trainable' if wrt is None else 'wrt'} chooses none of the parameters")
    return live, frozen


def whole(live: T, frozen: T | None) -> T:
    """Put together what `divide` took apart."""
    return live if frozen is None else combine(live, frozen)


def loss_program(
    loss: Callable[[T, D], Scalar], params: T, data: D, backend: Backend
) -> Program[..., Scalar]:
    """Give the loss as a program: of many points it takes some at a time, as a step does.

    Raises:
        ValueError: If the loss refuses the data.
    """
    found: Program[..., Scalar] = cached_on(
        loss, ("loss", backend, closure_key(params)), lambda: jit(loss, backend=backend)
    )
    found.check(params, data)  # the program may have been traced for another run's data
    return found


def _program(
    loss: Callable[[T, D], Scalar], params: T, optimizer: Optimizer, backend: Backend
) -> Program[..., Any]:
    def step(
        live: T,
        frozen: T | None,
        optimizer_state: OptimizerState[T],
        optimizer: Optimizer,
        batch: D,
    ) -> tuple[Scalar, T, OptimizerState[T]]:
        def live_loss(live: T) -> Scalar:
            return loss(whole(live, frozen), batch)

        value, grads = value_and_grad(live_loss)(live)
        refuse_constant(value, live)
        updates, optimizer_state = optimizer.update(grads, optimizer_state, live)
        return value, apply_updates(live, updates), optimizer_state

    # Another run with the same loss finds its programs, unless a model's method, an activation or a
    # schedule now reads another value.
    read = closure_key(params, optimizer)
    return cached_on(loss, ("train", backend, read), lambda: jit(step, backend=backend))


def refuse_constant(loss: Any, live: object) -> None:
    """Refuse a loss that no parameter changes, as that of a model around it: nothing is learned."""
    weights = [leaf for leaf in tree_leaves(live) if isinstance(leaf, Tracer)]
    if not (isinstance(loss, Tracer) and depends(loss, weights)):
        raise ValueError(
            "the loss depends on none of the parameters that are trained: compute it from its first "
            "argument, and not from a model around it"
        )
