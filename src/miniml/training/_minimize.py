"""Full-batch training by the methods of SciPy."""

import math
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from miniml._distribution import install_hint
from miniml.optimizers import OptimizerState
from miniml.program.chunking.threads import scipys_blas
from miniml.training._batches import as_arrays
from miniml.training.arguments import check_searching
from miniml.training.full_batch.line_search import try_at
from miniml.training.full_batch.vectors import Point, Vectors
from miniml.training.history import History
from miniml.training.result import Fit, Stopped
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.warn import not_finite_at, warn
from miniml.tree import Selector, named_leaves, replace_leaves, tree_broadcast, tree_leaves
from miniml.types import Array, Scalar
from miniml.validation import describe

T = TypeVar("T")
D = TypeVar("D")

Vector: TypeAlias = NDArray[np.float64]

Method: TypeAlias = Literal["L-BFGS-B", "BFGS", "CG", "trust-ncg", "trust-krylov"]
"""Methods of `scipy.optimize.minimize`; the last two use Hessians."""

_SECOND_ORDER = {"trust-ncg", "trust-krylov"}

_STOPPED: dict[int, Stopped] = {0: "converged", 1: "steps"}


def minimize(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    *,
    steps: int = 1000,
    tolerance: float = 1e-8,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
    callback: Callable[[State[T]], None] | None = None,
    method: Method = "L-BFGS-B",
    lower: T | float | None = None,
    upper: T | float | None = None,
) -> Fit[T]:
    """Minimise a smooth loss over all the data by a method of `scipy.optimize.minimize`.

    For parameters with bounds, and for methods that use second derivatives: they get exact
    products with the Hessian, which is never built. Without bounds `lbfgs`, which takes the same
    arguments, is quicker, needs no SciPy and can resume.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree of arrays or frames of any shapes, as the loss takes it, or None.
        steps: The largest number of steps.
        tolerance: The search ends when no element of the gradient is larger, except those that
            point beyond a bound.
        trainable: Which parameters change; see `train`.
        wrt: In place of it, a function that points at them; see `train`.
        callback: Called with the state after each step. The run ends after the step at which it
            raises StopIteration.
        method: `"L-BFGS-B"`, `"BFGS"` and `"CG"` use gradients, `"trust-ncg"` and `"trust-krylov"`
            Hessians too. Only L-BFGS-B takes bounds.
        lower: The lower bounds: a tree like the parameters, with `-inf` for no bound; or one number
            for all of them or for a part of the tree.
        upper: The upper bounds, likewise.

    Returns:
        What was reached; see `lbfgs`.

    Raises:
        ImportError: If SciPy is not installed.
        TypeError: If an argument is of another type.
        ValueError: If an argument is out of range, nothing is trainable, the loss depends on
            nothing that is, a parameter does not lie within its bounds, or the method takes none.

    Example:
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> minimize(loss, 0.0, np.array([1.0, 3.0]), upper=1.5).state.params
        1.5
    """
    check_searching(loss, steps, tolerance, callback)
    if method not in get_args(Method):
        raise ValueError(f"method is {describe(method)}: it must be one of {get_args(Method)}")
    try:
        from scipy.optimize import Bounds  # noqa: PLC0415 - an optional dependency
        from scipy.optimize import minimize as by_scipy  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(f"minimize needs SciPy: {install_hint('scipy')}") from error
    data = as_arrays(data)
    vectors = Vectors(params, trainable, wrt)
    bounds = None
    if lower is not None or upper is not None:
        if method != "L-BFGS-B":
            raise ValueError(f"{method} takes no bounds: L-BFGS-B does")
        bounds = _bounds(params, lower, upper, vectors)
    reached = start = vectors.start.astype(np.float64)
    stopped: Stopped = "steps"
    ended: Stopped | None = None  # by a callback or a signal
    usual = copy_context()

    def state() -> State[T]:
        step = len(losses) - 1
        loss_before = losses[-2] if step else math.nan
        memory = OptimizerState[T](step)
        return State(step, max(step - 1, 0), vectors.tree(reached), memory, loss_before)

    # SciPy's BLAS splits even short vectors over threads, which wait for each other on a busy
    # machine.
    with deferred() as asked_to_end, scipys_blas().hold(1):
        # After NaN L-BFGS-B recovers better than after infinity; the others end there, or loop.
        value_for_nan = math.nan if method == "L-BFGS-B" else math.inf
        objective = _Objective(vectors.evaluator(loss, data), vectors.start.dtype, value_for_nan)
        losses = [objective.value(start)]

        def note(intermediate_result: Any) -> None:
            nonlocal reached, ended
            losses.append(float(intermediate_result.fun))
            if not math.isfinite(losses[-1]):
                raise StopIteration
            reached = intermediate_result.x.copy()  # SciPy reuses the memory
            if callback is not None:
                try:
                    usual.run(callback, state())
                except StopIteration:
                    ended = "callback"
            if ended is None and asked_to_end():
                ended = "interrupt"
            if ended is not None:
                raise StopIteration

        if steps and math.isfinite(losses[0]):
            options: Any = {"maxiter": steps, "gtol": tolerance}
            if method == "L-BFGS-B":
                options |= {"ftol": 0.0, "maxfun": 20 * steps + 20}
            with np.errstate(all="ignore"):  # nobody can change what SciPy computes on the way
                found: Any = by_scipy(
                    objective.value,
                    start,
                    jac=objective.gradient,
                    hessp=vectors.hessian_product(loss, data) if method in _SECOND_ORDER else None,
                    method=method,
                    bounds=None if bounds is None else Bounds(*bounds),
                    callback=note,
                    options=options,
                )
            # If the bounds leave one point, SciPy gives no status.
            stopped = ended or _STOPPED.get(found.get("status", 0), "stuck")
            # L-BFGS-B reports convergence even if the loss has only stopped falling.
            if stopped == "converged" and not objective.is_flat(reached, tolerance, bounds):
                stopped = "stuck"
    if not math.isfinite(losses[-1]):
        stopped = "not finite"
        warn(not_finite_at(len(losses) - 1, params, data))
        losses[1:] = losses[1:-1]  # the loss of the parameters given stays
    count = len(losses) - 1
    history = History(np.arange(1, count + 1), np.array(losses[:count]))
    return Fit(state(), history, None, stopped)


class _Objective:
    """A loss as SciPy calls it: the value at a point, and right after it the gradient there.

    SciPy is about a sixth slower if one function returns both.
    """

    def __init__(
        self, at: Callable[[Array], Point], dtype: np.dtype[np.floating], value_for_nan: float
    ) -> None:
        self._at = at
        self._dtype = dtype
        self._value_for_nan = value_for_nan
        self._asked = np.empty(0)
        self._gradient = np.empty(0)

    def value(self, vector: Vector) -> float:
        """Return the loss at a point: infinity if a matrix is singular, `value_for_nan` if it is NaN."""
        here = vector.astype(self._dtype)
        # At the start, the first point, an error is raised.
        point = try_at(self._at, here) if self._asked.size else self._at(here)
        self._asked = vector.copy()
        self._gradient = point.gradient.astype(np.float64)
        return self._value_for_nan if math.isnan(point.value) else point.value

    def gradient(self, vector: Vector) -> Vector:
        """Return the gradient at a point."""
        if vector.tobytes() != self._asked.tobytes():
            self.value(vector)
        return self._gradient

    def is_flat(self, vector: Vector, tolerance: float, bounds: tuple[Array, Array] | None) -> bool:
        """Return whether no element of the gradient is larger, except those that point beyond a bound."""
        push = -self.gradient(vector)
        if bounds is not None:
            push = np.clip(vector + push, *bounds) - vector
        return bool(np.abs(push).max() <= tolerance)


def _bounds(params: T, lower: object, upper: object, vectors: Vectors[T]) -> tuple[Array, Array]:
    """Return the bounds as vectors.

    Raises:
        ValueError: If one is not a tree like the parameters, has another shape than its parameter,
            or a parameter does not lie within.
    """
    low = _bound("lower", params, -math.inf if lower is None else lower)
    high = _bound("upper", params, math.inf if upper is None else upper)
    numbers = zip(named_leaves(params).items(), tree_leaves(low), tree_leaves(high), strict=True)
    for (name, leaf), least, most in numbers:
        if not ((least <= leaf) & (leaf <= most)).all():
            place = f"{name} is" if name else "the parameter is"
            raise ValueError(
                f"{place} {describe(leaf)}, and must lie between {least} and {most}: start within the "
                "bounds"
            )
    return vectors.laid_out(low), vectors.laid_out(high)


def _bound(name: str, params: T, bound: object) -> T:
    """Return a bound for each number in the parameters, rounded as these are."""
    spread: dict[str, Array] = {}
    values = tree_leaves(tree_broadcast(bound, params))
    for (place, param), value in zip(named_leaves(params).items(), values, strict=True):
        leaf = np.asarray(param)
        kind = np.result_type(leaf, np.float16)  # a parameter at its bound lies within
        try:
            with np.errstate(over="ignore"):  # a bound beyond the largest number is none
                spread[place] = np.broadcast_to(np.asarray(value, kind), leaf.shape)
        except ValueError as error:
            raise ValueError(
                f"{name} has at {place or 'the root'} the shape {np.shape(value)}, and the "
                f"parameter {leaf.shape}: they must be the same, or a number"
            ) from error
    return replace_leaves(params, spread, strict=False)
