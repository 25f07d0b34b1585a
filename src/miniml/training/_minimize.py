"""Full-batch training by the methods of SciPy."""

import math
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import numpy as np

from miniml._distribution import install_hint
from miniml.optimizers import OptimizerState
from miniml.program.chunking.threads import scipys_blas
from miniml.training._batches import as_arrays
from miniml.training.arguments import check_searching
from miniml.training.full_batch.bounds import bound_vectors
from miniml.training.full_batch.convergence import has_converged
from miniml.training.full_batch.objective import Objective
from miniml.training.full_batch.vectors import Vectors
from miniml.training.history import History
from miniml.training.of_params import with_data
from miniml.training.result import Fit, Stopped
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.warn import not_finite_at, warn
from miniml.tree import Selector
from miniml.types import Scalar
from miniml.validation import describe

T = TypeVar("T")
D = TypeVar("D")

Method: TypeAlias = Literal["L-BFGS-B", "BFGS", "CG", "trust-ncg", "trust-krylov"]
"""Methods of `scipy.optimize.minimize`; the last two use Hessians."""

_SECOND_ORDER = {"trust-ncg", "trust-krylov"}

_OPTIONS: dict[Method, dict[str, float]] = {
    "L-BFGS-B": {"ftol": 0.0},
    "trust-ncg": {"max_trust_radius": math.inf},  # by default it is 1000
    "trust-krylov": {"max_trust_radius": math.inf},
}

_STEPS = 1
"""SciPy's status after all steps."""


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
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy; without data also
            `loss(params)`.
        params: The parameters to start from.
        data: A tree of arrays or frames of any shapes, as the loss takes it, or None.
        steps: The largest number of steps.
        tolerance: The search ends when no element of the gradient is larger, except those that
            point beyond a bound; see `lbfgs`.
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
            nothing that is, a trained parameter does not lie within its bounds, or the method takes none.

    Example:
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> minimize(loss, 0.0, np.array([1.0, 3.0]), upper=1.5).state.params
        1.5
    """
    check_searching(loss, steps, tolerance, callback)
    loss = with_data(loss, data)
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
        bounds = bound_vectors(params, lower, upper, vectors)
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
        at, recheck = vectors.evaluator(loss, data)
        objective = Objective(at, vectors.start.dtype, vectors.precision, value_for_nan)
        first = objective.point(start)
        losses = [first.value if np.isfinite(first.gradient).all() else math.nan]

        def note(intermediate_result: Any) -> None:
            nonlocal reached, ended
            vector = intermediate_result.x
            losses.append(objective.point(vector).value)
            if not math.isfinite(losses[-1]):
                raise StopIteration
            reached = vector.copy()  # SciPy reuses the memory
            if callback is not None:
                try:
                    usual.run(callback, state())
                    recheck()
                except StopIteration:
                    ended = "callback"
            if ended is None and asked_to_end():
                ended = "interrupt"
            if ended is not None:
                raise StopIteration

        while (left := steps + 1 - len(losses)) and math.isfinite(losses[-1]):
            options: Any = {"maxiter": left, "gtol": tolerance} | _OPTIONS.get(method, {})
            if method == "L-BFGS-B":
                options["maxfun"] = 20 * left + 20
            with np.errstate(all="ignore"):  # nobody can change what SciPy computes on the way
                found: Any = by_scipy(
                    objective.value,
                    reached,
                    jac=objective.gradient,
                    hessp=vectors.hessian_product(loss, data) if method in _SECOND_ORDER else None,
                    method=method,
                    bounds=None if bounds is None else Bounds(*bounds),
                    callback=note,
                    options=options,
                )
                # If the bounds leave one point, SciPy gives no status.
                if ended is not None or found.get("status", 0) == _STEPS:
                    break
                here = objective.point(reached)
                criterion: Any = {"tolerance": tolerance, "precision": vectors.precision}
                if has_converged(at, here, **criterion, bounds=bounds):
                    stopped = "converged"
                    break
                if not objective.refer_to(reached, bounds):
                    stopped = "stuck"
                    break
        stopped = ended or stopped
    if not math.isfinite(losses[-1]):
        stopped = "not finite"
        warn(not_finite_at(len(losses) - 1, params, data))
        losses[1:] = losses[1:-1]  # the loss of the parameters given stays
    count = len(losses) - 1
    history = History(np.arange(1, count + 1), np.array(losses[:count]))
    return Fit(state(), history, None, stopped)
