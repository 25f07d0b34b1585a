"""Full-batch training by a quasi-Newton method."""

import math
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from miniml.numbers import NOT_NEGATIVE, Whole
from miniml.optimizers import OptimizerState
from miniml.optimizers.base import as_numbers
from miniml.program import Program, cached_on
from miniml.program.threads import scipys_blas
from miniml.training.arguments import check_function, not_finite
from miniml.training.batches import as_arrays
from miniml.training.history import History
from miniml.training.result import Fit, Stopped
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.train import divide, whole
from miniml.transforms import value_and_grad
from miniml.tree import Selector, ravel
from miniml.types import Scalar

Vector: TypeAlias = NDArray[np.float64]

T = TypeVar("T")
D = TypeVar("D")

_STOPPED: dict[int, Stopped] = {0: "converged", 1: "steps", 2: "stuck"}


def lbfgs(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    *,
    steps: int = 1000,
    tolerance: float = 1e-8,
    memory: int = 10,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
) -> Fit[T]:
    """Minimise a smooth loss over all the data by L-BFGS (Liu and Nocedal 1989), through SciPy.

    For losses of up to some thousand parameters that are taken over all points at once it is
    far quicker than any method that steps down the gradient.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree of arrays or frames of any shapes, as the loss takes it, or None.
        steps: How many steps to make at most.
        tolerance: It ends where no element of the gradient is larger.
        memory: How many past steps the curvature is estimated from.
        trainable: Which parameters change; see `train`.
        wrt: In place of it, a function that points at them; see `train`.

    Returns:
        What was reached. It stopped "converged", after all "steps", by "interrupt", "not finite"
        after the last state of a finite loss, or "stuck": where the dtype is too coarse to find a
        lower point.

    Raises:
        ImportError: If SciPy is not installed.
        TypeError: If an argument is of another type.
        ValueError: If it is out of range, or nothing is trainable.

    Example:
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> result = lbfgs(loss, 0.0, np.array([1.0, 3.0]))
        >>> round(result.state.params, 6), result.stopped
        (2.0, 'converged')
    """
    check_function("loss", loss, "loss(params, data) -> scalar")
    Whole(0).check("steps", steps)
    Whole(1).check("memory", memory)
    NOT_NEGATIVE.check("tolerance", tolerance)
    try:
        from scipy.optimize import minimize  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise ImportError("lbfgs needs SciPy: pip install 'miniml[scipy]'") from error
    data = as_arrays(data)
    live, frozen = divide(params, trainable, wrt)
    program = _program(loss)
    start, unravel = ravel(live)
    objective = _Objective(lambda vector: program(vector, live, frozen, data))
    losses: list[float] = []
    x = start.astype(np.float64)
    stopped: Stopped = "steps"
    # Vectors of a few numbers, which SciPy's BLAS hands to threads: on a busy machine each waits.
    with deferred() as asked_to_end, scipys_blas().hold(1):
        program.check(x, live, frozen, data)

        def note(intermediate_result: Any) -> None:
            nonlocal x
            losses.append(float(intermediate_result.fun))
            if not math.isfinite(losses[-1]):
                raise StopIteration
            x = intermediate_result.x.copy()  # SciPy goes on in the same memory
            if asked_to_end():
                raise StopIteration

        if steps:
            found: Any = minimize(
                objective.value,
                x,
                jac=objective.gradient,
                method="L-BFGS-B",
                callback=note,
                options={
                    "maxiter": steps,
                    "maxfun": 20 * steps + 20,
                    "maxcor": memory,
                    "gtol": tolerance,
                    "ftol": 0.0,
                },
            )
            stopped = _STOPPED.get(found.status, "interrupt")
        else:  # SciPy makes one in any case
            objective.value(x)
    losses.insert(0, objective.first)
    if not math.isfinite(losses[-1]):
        stopped = "not finite"
        warnings.warn(_not_finite(len(losses) - 1, params, data), RuntimeWarning, stacklevel=2)
        losses[1:] = losses[1:-1]  # the loss of the parameters given stays
    count = len(losses) - 1
    reached = whole(unravel(x), frozen)
    before = losses[-2] if count else float("nan")
    state = State(count, max(count - 1, 0), reached, OptimizerState[T](count), before)
    history = History(np.arange(1, count + 1), np.array(losses[:count]))
    return Fit(state, history, None, stopped)


class _Objective:
    """A loss as SciPy asks for it: the value at a point, and right after it the gradient there.

    Given both by one function SciPy takes a sixth more of the time.
    """

    def __init__(self, both: Callable[[Vector], tuple[float, Vector]]) -> None:
        self._both = both
        self._point = self._gradient = np.empty(0)
        self.first = math.nan
        """The first value that was asked for."""

    def value(self, point: Vector) -> float:
        """Give the loss at a point."""
        value, self._gradient = self._both(point)
        if not self._point.size:
            self.first = value
        self._point = point
        return value

    def gradient(self, point: Vector) -> Vector:
        """Give the gradient at a point."""
        if point.tobytes() != self._point.tobytes():
            self.value(point)
        return self._gradient


def _not_finite(step: int, params: object, data: object) -> str:
    """Say of which step the loss is not finite, and what may be why."""
    if step:
        return f"the loss is not finite at step {step}: the state of step {step - 1} is returned"
    return f"the loss is not finite for the parameters given{not_finite(params, data)}"


def _program(
    loss: Callable[[T, D], Scalar],
) -> Program[[Vector, T, T | None, D], tuple[float, Vector]]:
    def vector_loss(vector: Vector, like: T, frozen: T | None, data: D) -> Scalar:
        _, unravel = ravel(like)
        live = as_numbers(like, unravel(vector))
        return loss(whole(live, frozen), data)

    # Another run with the same loss finds its programs.
    return cached_on(loss, "lbfgs", lambda: value_and_grad(vector_loss))
