"""A training step as one program: loss, gradient and update."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from miniml.optimizers import Optimizer, OptimizerState, apply_updates
from miniml.program import Backend, Program, Tracer, cached_on, depends
from miniml.training.trainable import merge
from miniml.transforms import jit, value_and_grad
from miniml.tree import tree_leaves
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")

StepProgram: TypeAlias = Program[
    [T, T | None, OptimizerState[T], Optimizer, D], tuple[Scalar, T, OptimizerState[T]]
]
"""From `(live, frozen, optimizer_state, optimizer, batch)` to `(loss, live, optimizer_state)`."""


def step_program(
    loss: Callable[[T, D], Scalar],
    params: T,  # noqa: ARG001  # for its type, which that of a loss of any model does not tell
    *,
    backend: Backend = "numpy",
) -> "StepProgram[T, D]":
    """Return a training step as one program: loss, gradient and update.

    `train` and `fit` run it; so can a custom loop, with the same bits. Another call with the same
    loss returns the same program, unless the loss, the model or a schedule now reads another value. A
    learning rate is an argument of the program: a new one traces nothing.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters, or others of their type.
        backend: What runs the program; see `jit`.

    Returns:
        The program. It takes the parameters to train, those that are frozen (None if there are
        none), the optimiser's state, the optimiser and the batch; it returns the loss before the
        step, the new parameters and the new state.

    Example:
        >>> from itertools import islice
        >>> import numpy as np
        >>> from miniml import sgd
        >>> from miniml.training import batches, step_program
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> params, optimizer = 0.0, sgd(0.25)
        >>> program, state = step_program(loss, params), optimizer.init(params)
        >>> for _, batch in islice(batches(np.array([1.0, 3.0]), None), 3):
        ...     value, params, state = program(params, None, state, optimizer, batch)
        >>> params, float(value)
        (1.75, 1.25)
    """

    def step(
        live: T,
        frozen: T | None,
        optimizer_state: OptimizerState[T],
        optimizer: Optimizer,
        batch: D,
    ) -> tuple[Scalar, T, OptimizerState[T]]:
        def live_loss(live: T) -> Scalar:
            return loss(merge(live, frozen), batch)

        value, grads = value_and_grad(live_loss)(live)
        refuse_constant(value, live)
        updates, optimizer_state = optimizer.update(grads, optimizer_state, live)
        return value, apply_updates(live, updates), optimizer_state

    return cached_on(loss, ("train", backend), lambda: jit(step, backend=backend))


def refuse_constant(loss: Any, live: object) -> None:
    """Refuse a loss that depends on no parameter, for example one that uses a captured model."""
    weights = [leaf for leaf in tree_leaves(live) if isinstance(leaf, Tracer)]
    if not (isinstance(loss, Tracer) and depends(loss, weights)):
        raise ValueError(
            "the loss depends on none of the parameters that are trained: compute it from its first "
            "argument, and not from a model around it"
        )
