"""Full-batch training by the methods of SciPy."""

import math
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from miniml._distribution import install_hint
from miniml.optimizers import OptimizerState
from miniml.program.chunking.threads import scipys_blas
from miniml.training._batches import as_arrays
from miniml.training.arguments import check_function, not_finite_at
from miniml.training.full_batch.line_search import try_at
from miniml.training.full_batch.vectors import Point, Vectors
from miniml.training.history import History
from miniml.training.result import Fit, Stopped
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.warn import warn
from miniml.tree import Selector, named_leaves, replace_leaves, tree_broadcast, tree_leaves
from miniml.types import Array, Scalar
from miniml.validation import NOT_NEGATIVE, Integer, describe

T = TypeVar("T")
D = TypeVar("D")

Vector: TypeAlias = NDArray[np.float64]

Method: TypeAlias = Literal["L-BFGS-B", "BFGS", "CG", "trust-ncg", "trust-krylov"]
"""Methods of `scipy.optimize.minimize`; the last two want Hessians."""

_SECOND_ORDER = {"trust-ncg", "trust-krylov"}

_STOPPED: dict[int, Stopped] = {0: "converged", 1: "steps", 99: "interrupt"}


def minimize(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    *,
    method: Method = "L-BFGS-B",
    lower: T | float | None = None,
    upper: T | float | None = None,
    steps: int = 1000,
    tolerance: float = 1e-8,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
) -> Fit[T]:
    """Minimise a smooth loss over all the data by a method of `scipy.optimize.minimize`.

    For parameters within bounds, and for methods that use second derivatives: these are
    given as exact products with the Hessian, which is never built. Without bounds `lbfgs` is
    quicker, needs no SciPy, and can go on from where it stopped.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree of arrays or frames of any shapes, as the loss takes it, or None.
        method: `"L-BFGS-B"`, `"BFGS"` and `"CG"` use gradients, `"trust-ncg"` and `"trust-krylov"`
            Hessians too. L-BFGS-B alone takes bounds.
        lower: A tree like the parameters of what each must be at least, `-inf` where there is no
            bound; or one number for all of them, or for a part of the tree.
        upper: In the same way what each must be at most.
        steps: How many steps to make at most.
        tolerance: It ends where no element of the gradient is larger, but for those that push
            against a bound.
        trainable: Which parameters change; see `train`.
        wrt: In place of it, a function that points at them; see `train`.

    Returns:
        What was reached; see `lbfgs`.

    Raises:
        ImportError: If SciPy is not installed.
        TypeError: If an argument is of another type.
        ValueError: If it is out of range, nothing is trainable, the loss depends on nothing that
            is, a parameter does not lie within its bounds, or the method takes none.

    Example:
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> minimize(loss, 0.0, np.array([1.0, 3.0]), upper=1.5).state.params
        1.5
    """
    check_function("loss", loss, "loss(params, data) -> scalar")
    Integer(0).check("steps", steps)
    NOT_NEGATIVE.check("tolerance", tolerance)
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
    # Vectors of a few numbers, which SciPy's BLAS hands to threads: on a busy machine each waits.
    with deferred() as asked_to_end, scipys_blas().hold(1):
        # At NaN L-BFGS-B gets on better than at infinity; the others end there, or loop.
        nan = math.nan if method == "L-BFGS-B" else math.inf
        objective = _Objective(vectors.evaluator(loss, data), vectors.start.dtype, nan)
        losses = [objective.value(start)]

        def note(intermediate_result: Any) -> None:
            nonlocal reached
            losses.append(float(intermediate_result.fun))
            if math.isfinite(losses[-1]):
                reached = intermediate_result.x.copy()  # SciPy goes on in the same memory
            if asked_to_end() or not math.isfinite(losses[-1]):
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
            # Where the bounds leave one point SciPy gives no status.
            stopped = _STOPPED.get(found.get("status", 0), "stuck")
            # L-BFGS-B says so, too, where the loss falls no more.
            if stopped == "converged" and not objective.is_flat(reached, tolerance, bounds):
                stopped = "stuck"
    if not math.isfinite(losses[-1]):
        stopped = "not finite"
        warn(not_finite_at(len(losses) - 1, params, data))
        losses[1:] = losses[1:-1]  # the loss of the parameters given stays
    count = len(losses) - 1
    before = losses[-2] if count else math.nan
    state = State(count, max(count - 1, 0), vectors.tree(reached), OptimizerState[T](count), before)
    history = History(np.arange(1, count + 1), np.array(losses[:count]))
    return Fit(state, history, None, stopped)


class _Objective:
    """A loss as SciPy asks for it: the value at a point, and right after it the gradient there.

    Given both by one function SciPy takes a sixth more of the time.
    """

    def __init__(
        self, at: Callable[[Array], Point], dtype: np.dtype[np.floating], nan: float
    ) -> None:
        self._at = at
        self._dtype = dtype
        self._nan = nan
        self._asked = np.empty(0)
        self._gradient = np.empty(0)

    def value(self, vector: Vector) -> float:
        """Give the loss at a point, infinite where it cannot be taken, and what stands for NaN."""
        here = vector.astype(self._dtype)
        # At the start, the first point, an error is the caller's.
        point = try_at(self._at, here) if self._asked.size else self._at(here)
        self._asked = vector.copy()
        self._gradient = point.gradient.astype(np.float64)
        return self._nan if math.isnan(point.value) else point.value

    def gradient(self, vector: Vector) -> Vector:
        """Give the gradient at a point."""
        if vector.tobytes() != self._asked.tobytes():
            self.value(vector)
        return self._gradient

    def is_flat(self, vector: Vector, tolerance: float, bounds: tuple[Array, Array] | None) -> bool:
        """Whether no element of the gradient is larger, but for those that push against a bound."""
        push = -self.gradient(vector)
        if bounds is not None:
            push = np.clip(vector + push, *bounds) - vector
        return bool(np.abs(push).max() <= tolerance)


def _bounds(params: T, lower: object, upper: object, vectors: Vectors[T]) -> tuple[Array, Array]:
    """Give the bounds as vectors.

    Raises:
        ValueError: If one is no tree like the parameters, is of another shape than its parameter,
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
    """Give a bound for each number in the parameters, rounded as these are."""
    spread: dict[str, Array] = {}
    values = tree_leaves(tree_broadcast(bound, params))
    for (place, param), value in zip(named_leaves(params).items(), values, strict=True):
        leaf = np.asarray(param)
        kind = np.result_type(leaf, np.float16)  # what a parameter has reached lies within
        try:
            with np.errstate(over="ignore"):  # a bound beyond the largest number is none
                spread[place] = np.broadcast_to(np.asarray(value, kind), leaf.shape)
        except ValueError as error:
            raise ValueError(
                f"{name} has at {place or 'the root'} the shape {np.shape(value)}, and the "
                f"parameter {leaf.shape}: they must be the same, or a number"
            ) from error
    return replace_leaves(params, spread, strict=False)
