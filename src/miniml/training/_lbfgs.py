"""Full-batch training by a quasi-Newton method."""

import math
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

import numpy as np

from miniml.optimizers import OptimizerState
from miniml.training._batches import as_arrays
from miniml.training.arguments import check_searching, check_start
from miniml.training.full_batch.curvature import Curvature
from miniml.training.full_batch.lbfgs_steps import descend
from miniml.training.full_batch.vectors import Vectors, rows
from miniml.training.history import History
from miniml.training.of_params import with_data
from miniml.training.result import Fit, Stopped
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.warn import not_finite_at, warn
from miniml.tree import Selector, model, tree_leaves
from miniml.types import Scalar
from miniml.validation import Integer

T = TypeVar("T")
D = TypeVar("D")


@model
class LbfgsState(OptimizerState[T]):
    """The state of L-BFGS.

    Attributes:
        count: The number of steps.
        moments: The last steps, and the changes of the gradient along them, up to a factor: two
            trees like the trained parameters, with a first axis for the steps, used as a ring.
        parts: Empty: L-BFGS has no parts.
        stalled: The number of steps in a row on which the loss did not fall, nor the point was flatter.
        scale: The factor from a gradient to a step while there are no moments.
        steepness: The squared norm of the gradient at the last point before the stalled steps.
    """

    stalled: int = 0
    scale: float = 1.0
    steepness: float = math.inf


def lbfgs(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    *,
    steps: int = 1000,
    tolerance: float = 1e-8,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
    callback: Callable[[State[T]], None] | None = None,
    memory: int = 10,
    start: State[T] | None = None,
) -> Fit[T]:
    """Minimise a smooth loss over all the data by L-BFGS (Liu and Nocedal 1989).

    For up to some thousand parameters and all points at once it is far quicker than gradient
    descent. `minimize` takes the same arguments, and has bounds and second-order methods in place
    of `memory` and `start`. Ctrl-C or a termination lets the step finish and returns what was
    reached.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy; without data also
            `loss(params)`.
        params: The parameters to start from.
        data: A tree of arrays or frames of any shapes, as the loss takes it, or None.
        steps: The largest number of steps, those of `start` included.
        tolerance: The search ends when no element of the gradient is larger. If rounding hides all
            lower points before, it has converged if no element is larger than five times its own
            rounding error; with a tolerance of 0 it has not.
        trainable: Which parameters change; see `train`.
        wrt: In place of it, a function that points at them; see `train`.
        callback: Called with the state after each step. The run ends after the step at which it
            raises StopIteration.
        memory: The number of past steps that estimate the curvature.
        start: The state to resume from, in place of `params`, to the bits of an uninterrupted run;
            all else must be as it was. The history begins there.

    Returns:
        What was reached. It stopped "converged", after all "steps", by "interrupt" or "callback",
        "not finite" after the last state of a finite loss, or "stuck" if it found no lower point
        though the gradient is neither small nor explained by rounding, as at a kink.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If an argument is out of range, nothing is trainable, the loss depends on
            nothing that is, or `start` is of another run.

    Example:
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> result = lbfgs(loss, 0.0, np.array([1.0, 3.0]))
        >>> round(result.state.params, 6), result.stopped
        (2.0, 'converged')
    """
    check_searching(loss, steps, tolerance, callback)
    loss = with_data(loss, data)
    Integer(1).check("memory", memory)
    check_start(start)
    if start is not None and start.step > steps:
        raise ValueError(
            f"start is the state of step {start.step}, and steps, those included, is {steps}"
        )
    data = as_arrays(data)
    params = start.params if start else params
    vectors = Vectors(params, trainable, wrt)
    curvature = Curvature(memory, vectors.start.size, vectors.start.dtype)
    if start is not None:
        _recall(curvature, start.optimizer_state, vectors.stacked(curvature.pairs[0]))
    first, before = (start.step, start.loss) if start else (0, math.nan)
    reached, losses = vectors.start, list[float]()
    stopped: Stopped = "steps"

    def state() -> State[T]:
        step = first + max(len(losses) - 1, 0)
        moments = tuple(map(vectors.stacked, curvature.pairs))
        memory = LbfgsState(
            step,
            moments,
            stalled=curvature.stalled,
            scale=curvature.scale,
            steepness=curvature.steepness,
        )
        loss_before = losses[-2] if len(losses) > 1 else before
        return State(step, max(step - 1, 0), vectors.tree(reached), memory, loss_before)

    with deferred() as asked_to_end:
        at, recheck = vectors.evaluator(loss, data)
        places = descend(
            at,
            vectors.start,
            curvature,
            tolerance=tolerance,
            precision=vectors.precision,
        )
        with np.errstate(all="ignore"):  # an overflow ends the run, or the search steps back
            quiet = copy_context()
        while len(losses) <= steps - first:
            try:
                here = quiet.run(next, places)
            except StopIteration as end:
                stopped = end.value
                break
            reached = here.vector
            losses.append(here.value)
            if len(losses) == 1:  # the start
                continue
            if callback is not None:
                try:
                    callback(state())
                except StopIteration:
                    stopped = "callback"
                    break
                recheck()
            if asked_to_end():
                stopped = "interrupt"
                break
    made = max(len(losses) - 1, 0)
    if stopped == "not finite":
        failed = first + len(losses) if losses else 0
        warn(not_finite_at(failed, params, data))
    history = History(np.arange(first + 1, first + made + 1), np.array(losses[:made]))
    return Fit(state(), history, None, stopped)


def _recall(curvature: Curvature, remembered: OptimizerState[T], like: T) -> None:
    """Restore the curvature from the state of an earlier run.

    Raises:
        ValueError: If that is not a state of L-BFGS for such parameters.
    """
    moments = remembered.moments
    shapes = [[np.shape(leaf) for leaf in tree_leaves(tree)] for tree in (*moments, like)]
    if not isinstance(remembered, LbfgsState) or shapes != 3 * shapes[-1:]:
        raise ValueError(
            "start holds the state of another optimiser, or of L-BFGS with other trainable parameters "
            "or another memory: go on with those that made it"
        )
    curvature.recall(rows(moments[0]), rows(moments[1]), remembered.count)
    curvature.stalled, curvature.scale = remembered.stalled, remembered.scale
    curvature.steepness = remembered.steepness
