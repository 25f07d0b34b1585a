"""Variances, order statistics and averages."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Shape
from miniml.program.rules.norms import AT_ZERO, euclidean
from miniml.program.rules.reductions import count_of, finish, refuse_integers
from miniml.program.rules.values import (
    astype,
    constant_array,
    dtype_of_loop,
    fit_to,
    floats,
    normalized_axes,
    reduced_axes,
    refuse_out,
    traced,
)
from miniml.program.trace.inputs import contains
from miniml.program.trace.registry import implements, reducer
from miniml.program.trace.tracer import Tracer


def _deviation(
    a: Any,
    axis: Any,
    dtype: Any,
    ddof: float,
    where: Any,
    mean: Any,
    correction: float | None,
) -> tuple[Any, tuple[int, ...], Any]:
    """Return the differences to the mean, the axes, and by what the sum of squares is divided."""
    refuse_integers(dtype)
    x = floats(a, where) if dtype is None else astype(traced(a, where), dtype)
    axes = normalized_axes(axis, x.ndim)
    centre = np.mean(x, axes, keepdims=True, where=where) if mean is None else mean
    lost = ddof if correction is None else correction
    if where is True:
        return x - centre, axes, max(count_of(x.shape, axes) - lost, 0.0)
    count = np.sum(np.broadcast_to(where, x.shape), axes, keepdims=True)
    free = np.maximum(astype(count, x.dtype) - lost, 0.0)
    return np.where(where, x - centre, 0.0), axes, free


def _narrowed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compute the function of float16 numbers, whose squares overflow from 256, in float32."""

    def narrowed(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        ddof: float = 0,
        keepdims: Any = False,
        *,
        where: Any = True,
        mean: Any = None,
        correction: float | None = None,
    ) -> Any:
        refuse_out(out)
        x = floats(a, where)
        half = dtype is None and x.dtype == np.float16
        found, axes, free = _deviation(
            x, axis, np.float32 if half else dtype, ddof, where, mean, correction
        )
        y = function(found, axes, free)
        y = y if keepdims else np.squeeze(y, axes)
        return astype(y, np.float16) if half else y

    return narrowed


def _var(deviation: Any, axes: tuple[int, ...], free: Any) -> Any:
    return np.sum(deviation * deviation, axes, keepdims=True) / free


def _std(deviation: Any, axes: tuple[int, ...], free: Any) -> Any:
    root = np.sqrt(deviation.dtype.type(free) if isinstance(free, float) else free)
    return euclidean(deviation, axes, keepdims=True) / root


var: Callable[..., Any] = implements(np.var)(_narrowed(_var))
std: Callable[..., Any] = implements(np.std, derivative=AT_ZERO)(_narrowed(_std))


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: None = None, keepdims: Any = False) -> Any:
    refuse_out(out)
    return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)


@implements(
    np.average, derivative="exact; traced weights that sum to 0 are no error: NaN or infinite"
)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    x = traced(a, weights)
    if weights is None:
        y = np.mean(x, axis, keepdims=keepdims)
        if not y.size:
            raise ZeroDivisionError("division by zero")
        total = traced(np.asarray(count_of(x.shape, normalized_axes(axis, x.ndim)), y.dtype), y)
    else:
        dtype = np.result_type(x.dtype, traced(weights, x).dtype)
        if x.dtype.kind != "f":
            dtype = np.result_type(dtype, np.float64)
        x, w = astype(x, dtype), astype(traced(weights, x), dtype)
        if w.shape != x.shape:
            axes = normalized_axes(axis, x.ndim)
            w = np.reshape(w, tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))
        _refuse_no_weight(weights if x.size else np.zeros(w.shape), w.shape, x.shape, axis)
        total = np.sum(np.broadcast_to(w, x.shape), axis, keepdims=keepdims)
        y = np.sum(x * w, axis, keepdims=keepdims) / total
    return (y, np.broadcast_to(astype(total, y.dtype), y.shape)) if returned else y


def _refuse_no_weight(weights: Any, within: Shape, shape: Shape, axis: Any) -> None:
    """Refuse weights that sum to zero, as NumPy does, if they are known."""
    known = traced(weights).node.value if contains(weights, Tracer) else np.asarray(weights)
    if known is not None:
        each = np.broadcast_to(np.reshape(known, within), shape)
        if np.any(np.sum(each, axis) == 0.0):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")


@implements(np.cov)
def cov(  # NumPy's signature
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    if fweights is not None or aweights is not None:
        raise TraceError("np.cov with weights cannot be traced: multiply by them")

    x = np.atleast_2d(traced(m, y))
    if not rowvar and np.ndim(m) != 1:
        x = x.T
    if y is not None:
        other = np.atleast_2d(traced(y, x))
        x = np.concatenate([x, other if rowvar or other.shape[0] == 1 else other.T], 0)
    x = astype(x, dtype or np.result_type(x.dtype, np.float64))
    lost = ddof if ddof is not None else 0 if bias else 1
    x = x - np.mean(x, 1, keepdims=True)
    return np.squeeze((x @ x.T) / max(x.shape[1] - lost, 0))


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    spread = np.sqrt(np.diagonal(c))
    return np.clip(c / spread[:, None] / spread[None, :], -1.0, 1.0)


def _sorted(x: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """Return the sorted values along the last axis, and the axes they came from."""
    axes = normalized_axes(axis, x.ndim)
    kept = [i for i in range(x.ndim) if i not in axes]
    turned = np.transpose(x, (*kept, *axes))
    count = math.prod(x.shape[i] for i in axes)
    return np.sort(np.reshape(turned, (*(x.shape[i] for i in kept), count)), -1), axes


def _refuse_nothing(x: Any, axes: tuple[int, ...]) -> None:
    """Refuse an array without elements and without an axis to reduce, as NumPy does."""
    if not axes and x.size == 0 and x.ndim > 1:
        raise ValueError(f"there is no axis to reduce, and no element in a shape of {x.shape[:-1]}")


@implements(np.median, derivative="exact; NaN where the median is NaN")
def median(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    refuse_out(out)
    x, axes = _sorted(floats(a), axis)
    _refuse_nothing(x, axes)
    n = x.shape[-1]
    if n == 0:
        return finish(np.full_like(x, np.nan, shape=x.shape[:-1]), axes, keepdims)
    middle = np.mean(x[..., (n - 1) // 2 : n // 2 + 1], -1)
    return finish(middle * _nan_if(x[..., -1]), axes, keepdims)


def _nan_if(last: Any) -> Any:
    """Return NaN where the last sorted value is NaN, and 1 elsewhere: a factor of result and gradient."""
    return np.where(np.isnan(last), astype(np.nan, last.dtype), astype(1.0, last.dtype))


_METHODS: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "linear": lambda at: (np.floor(at), at - np.floor(at)),
    "lower": lambda at: (np.floor(at), 0.0 * at),
    "higher": lambda at: (np.ceil(at), 0.0 * at),
    "nearest": lambda at: (np.rint(at), 0.0 * at),
    "midpoint": lambda at: (np.floor(at), 0.5 * (at != np.floor(at))),
}
"""From a position among the sorted values to the index below it, and the fraction to the next."""

_BETWEEN = frozenset({"linear", "midpoint"})
"""The methods whose result lies between two elements; that of the others is one of them."""


def _known_method(q: Any, method: str) -> str:
    """Return the method: for integers, 0 and 1, the result is an element by any."""
    known = constant_array(q, "the quantile")
    return "lower" if known.dtype.kind in "iu" and method == "linear" else method


def _ordered(a: Any, method: str, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """Return the sorted values, as floats if the method computes with them, and their axes."""
    x = traced(a)
    if x.dtype.kind == "b" and method in _BETWEEN:
        raise TypeError(
            "a quantile lies between numbers, not between truth values: convert them with .astype(float)"
        )
    return _sorted(floats(x) if method in _BETWEEN else x, axis)


def _quantile(x: Any, count: Any, q: Any, method: str, axes: tuple[int, ...], keepdims: Any) -> Any:
    shares = constant_array(q, "the quantile")
    if not ((shares >= 0.0) & (shares <= 1.0)).all():
        raise ValueError("quantiles must be in the range [0, 1], and percentiles in [0, 100]")
    if shares.size == 0:
        empty = finish(np.zeros_like(x, shape=x.shape[:-1]), axes, keepdims)
        return np.zeros_like(empty, shape=(*shares.shape, *empty.shape))
    if method not in _METHODS:
        raise TraceError(
            f"np.quantile with method={method!r} cannot be traced: use {', '.join(_METHODS)}"
        )
    if type(q) not in {float, int} and method in _BETWEEN:
        x = astype(x, np.result_type(x.dtype, shares.dtype))
    results = []
    for share in shares.ravel():
        below, way = _METHODS[method](share * (count - 1.0))
        below = astype(below, np.intp)
        above = np.minimum(below + 1, astype(count - 1.0, np.intp))  # beyond it lie NaNs
        at = [np.take_along_axis(x, traced(i, x)[..., None], -1)[..., 0] for i in (below, above)]
        y = at[0]
        if method in _BETWEEN:
            y = y + astype(way, x.dtype) * (at[1] - at[0])
        results.append(finish(y, axes, keepdims))
    return np.reshape(np.stack(results), (*shares.shape, *results[0].shape))


@implements(np.quantile)
def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
) -> Any:
    refuse_out(out)
    method = _known_method(q, method)
    x, axes = _ordered(a, method, axis)
    _refuse_nothing(x, axes)
    if x.shape[-1] == 0 and math.prod(x.shape[:-1]):
        raise IndexError(
            "a quantile of no elements was asked for: an axis of its array has extent 0"
        )
    count = np.full(x.shape[:-1], float(x.shape[-1]))
    y = _quantile(x, count, q, method, axes, keepdims)
    if x.dtype.kind != "f":
        return y
    return y * finish(_nan_if(x[..., -1]), axes, keepdims)


@implements(np.percentile)
def percentile(a: Any, q: Any, *args: Any, **options: Any) -> Any:
    return quantile(a, _share(q), *args, **options)


def _share(percent: Any) -> Any:
    if isinstance(percent, float | int):
        return percent / 100.0
    return constant_array(percent, "the percentile") / 100.0


def _present(x: Any) -> Any:
    """Return how many of the sorted values are not NaN."""
    return astype(np.sum(~np.isnan(x), -1), np.float64)


@implements(np.nanmedian)
def nanmedian(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    return nanquantile(floats(a), 0.5, axis, out, keepdims=keepdims)


@implements(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
) -> Any:
    refuse_out(out)
    method = _known_method(q, method)
    x, axes = _ordered(a, method, axis)
    if x.shape[-1] == 0:  # NumPy's NaN of no elements
        x = np.full_like(x, np.nan, shape=(*x.shape[:-1], 1), dtype=np.result_type(x, 0.0))
    return _quantile(x, np.maximum(_present(x), 1.0), q, method, axes, keepdims)


@implements(np.nanpercentile)
def nanpercentile(a: Any, q: Any, *args: Any, **options: Any) -> Any:
    return nanquantile(a, _share(q), *args, **options)


@reducer(np.hypot)
def hypot(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    refuse_out(out)
    x = traced(array, where, initial)
    x = astype(x, dtype_of_loop(np.hypot, x.dtype) if dtype is None else dtype)
    x = x if where is True else np.where(where, x, 0.0)
    y = euclidean(x, reduced_axes(axis, x.ndim), keepdims)
    return y if initial is None else np.hypot(y, fit_to(initial, y))
