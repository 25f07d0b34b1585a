"""Running sums, products and extremes along one axis, and the product of all."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from miniml.program.ir.graph import AnyArray
from miniml.program.rules.axes import Stacked
from miniml.program.rules.define import Primitive, along, primitive, reduction
from miniml.program.rules.nans import without_nan
from miniml.program.rules.reductions import expand, widening
from miniml.program.rules.values import (
    along_axis,
    astype,
    dtype_of_loop,
    refuse_out,
    slice_along,
    traced,
)
from miniml.program.trace.registry import accumulator, implements, named


def _accumulated(ufunc: np.ufunc) -> Callable[..., AnyArray]:
    """Return the running result of a ufunc in the array's own dtype, which NumPy may widen."""

    def accumulated(x: AnyArray, axis: int) -> AnyArray:
        return ufunc.accumulate(x, axis, x.dtype)

    return accumulated


cumsum_p: Primitive = along(
    "cumsum",
    _accumulated(np.add),
    vjp=lambda i, g, y, x, axis: np.flip(cumsum_p(np.flip(g, axis), axis=axis), axis),
    nanoseconds=4.0,
)

cumprod_p: Primitive = along(
    "cumprod",
    _accumulated(np.multiply),
    # p_k s_k, with p_k the product of all before k and s_k = g_k + x_{k+1} s_{k+1}: zeros need no
    # care, since nothing is divided.
    vjp=lambda i, g, y, x, axis: _along(
        axis, lambda g, x: _before(x) * _backwards(_shifted(x), g), g, x
    ),
    nanoseconds=4.0,
)


def _recurrence(a: AnyArray, b: AnyArray) -> AnyArray:
    if not b.size:
        return b.copy()
    if b.ndim == 1 and b.dtype == np.float64:  # Python's floats take a tenth of the time
        rest = zip(a[1:].tolist(), b[1:].tolist(), strict=True)
        return np.array([*itertools.accumulate(rest, _step, initial=b[0].item())])
    found = [b[..., 0]]
    for k in range(1, b.shape[-1]):
        found.append(a[..., k] * found[-1] + b[..., k])
    return np.stack(found, -1)


def _step(y: float, pair: tuple[float, float]) -> float:
    return pair[0] * y + pair[1]


recurrence_p: Primitive = primitive(
    "recurrence",  # y_k = a_k y_{k-1} + b_k along the last axis
    _recurrence,
    infer=lambda a, b: (b.shape, b.dtype),
    vjp=lambda i, g, y, a, b: _backwards(_shifted(a), g) * (_delayed(y, 0.0) if i == 0 else 1.0),
    axes=Stacked(1, 1, broadcasts=False),
    nanoseconds=20.0,
)


def _backwards(a: Any, b: Any) -> Any:
    """Return the recurrence from the last element to the first."""
    return np.flip(recurrence_p(np.flip(a, -1), np.flip(b, -1)), -1)


def _shifted(x: Any) -> Any:
    """Return each element's successor, then 1, which no recurrence uses."""
    return np.concatenate([x[..., 1:], np.ones_like(x[..., :1])], -1)


def _delayed(x: Any, first: float) -> Any:
    """Return each element's predecessor, with a given one for the first."""
    return np.concatenate([np.full_like(x[..., :1], first), x[..., :-1]], -1)


def _before(x: Any) -> Any:
    """Return the products of all elements before each."""
    return _delayed(cumprod_p(x, axis=x.ndim - 1), 1.0)


def _log_shares(g: Any, y: Any, x: Any) -> Any:
    """Return the gradient of a running log-sum-exp: each element's share of its sum, and of all later ones."""
    after = np.concatenate([y[..., 1:], y[..., -1:]], -1)
    return _share(x, y) * _backwards(_share(y, after), g)


def _share(part: Any, whole: Any) -> Any:
    return np.exp(np.where(part == whole, 0.0, part - whole))  # equal infinities: inf - inf is NaN


running_logaddexp_p: Primitive = along(
    "running_logaddexp",
    np.logaddexp.accumulate,
    vjp=lambda i, g, y, x, axis: _along(axis, _log_shares, g, y, x),
    nanoseconds=25.0,
)


def _along(axis: int, function: Callable[..., Any], *arrays: Any) -> Any:
    """Apply a function of the last axis along another."""
    return np.moveaxis(function(*(np.moveaxis(x, axis, -1) for x in arrays)), -1, axis)


def _running(scan: Primitive, x: Any, axis: int | None, dtype: Any) -> Any:
    x, axis = along_axis(x, axis)
    if dtype is None and x.dtype.kind in "bui":
        dtype = np.sum(np.empty(0, x.dtype)).dtype  # small integers widen
    return scan(astype(x, dtype or x.dtype), axis=axis)


@implements(np.cumsum)
def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    refuse_out(out)
    return _running(cumsum_p, traced(a), axis, dtype)


@implements(np.cumprod)
def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    refuse_out(out)
    return _running(cumprod_p, traced(a), axis, dtype)


@implements(np.nancumsum)
def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    return cumsum(without_nan(a, 0.0), axis, dtype, out)


@implements(np.nancumprod)
def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    return cumprod(without_nan(a, 1.0), axis, dtype, out)


def _cumulative(function: Callable[..., Any], neutral: float) -> Callable[..., Any]:
    def cumulative(
        x: Any,
        /,
        *,
        axis: int | None = None,
        dtype: Any = None,
        out: None = None,
        include_initial: bool = False,
    ) -> Any:
        x = traced(x)
        if axis is None and x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` is required.")
        x, axis = along_axis(x, axis)
        y = function(x, axis, dtype, out)
        if not include_initial:
            return y
        return np.concatenate([np.full_like(slice_along(y, axis, 0, 1), neutral), y], axis)

    return cumulative


implements(*named("cumulative_sum"))(_cumulative(cumsum, 0.0))
implements(*named("cumulative_prod"))(_cumulative(cumprod, 1.0))


def _product_vjp(position: int, g: Any, y: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """Return the product of all others, without division."""
    order = (*(i for i in range(x.ndim) if i not in axis), *axis)
    turned = np.transpose(x, order)
    flat = np.reshape(turned, (*y.shape, math.prod(x.shape[i] for i in axis)))
    others = _before(flat) * np.flip(_before(np.flip(flat, -1)), -1)
    back = tuple(order.index(i) for i in range(x.ndim))
    return expand(g, axis) * np.transpose(np.reshape(others, turned.shape), back)


reduce_prod_p: Primitive = reduction("prod", np.multiply, vjp=_product_vjp, nanoseconds=1.5)


implements(np.prod)(widening(reduce_prod_p, np.multiply, 1))


def _accumulator(ufunc: np.ufunc, function: Callable[..., Any]) -> None:
    @accumulator(ufunc)
    def accumulate(array: Any, axis: Any = 0, dtype: Any = None, out: None = None) -> Any:
        if traced(array).ndim == 0:
            raise TypeError("cannot accumulate on a scalar")
        (along,) = axis if isinstance(axis, tuple) else (axis,)
        return function(array, along, dtype, out)


def _define_running_arg(better: np.ufunc, name: str) -> Primitive:
    """Define the index of the best element so far, the first among equals."""

    def compute(x: AnyArray, axis: int) -> AnyArray:
        x = np.moveaxis(x, axis, -1)
        best = np.maximum.accumulate(x, -1) if name == "maximum" else np.minimum.accumulate(x, -1)
        new = np.concatenate([x[..., :1] == x[..., :1], better(x[..., 1:], best[..., :-1])], -1)
        arg = np.maximum.accumulate(np.where(new, np.arange(x.shape[-1]), 0), -1)
        return np.moveaxis(arg, -1, axis)

    return along(f"running_arg{name}", compute, dtype=_INTP, nanoseconds=8.0)


_INTP = np.dtype(np.intp)
running_argmax_p: Primitive = _define_running_arg(np.greater, "maximum")
running_argmin_p: Primitive = _define_running_arg(np.less, "minimum")


def _running_extreme(arg: Primitive) -> Callable[..., Any]:
    def running(a: Any, axis: int, dtype: Any, out: None) -> Any:
        refuse_out(out)
        x = astype(a, dtype or traced(a).dtype)
        axis = normalize_axis_index(axis, x.ndim)
        return np.take_along_axis(x, arg(x, axis=axis), axis)

    return running


def _running_logaddexp(a: Any, axis: int, dtype: Any, out: None) -> Any:
    refuse_out(out)
    x = astype(a, dtype_of_loop(np.logaddexp, traced(a).dtype) if dtype is None else dtype)
    return running_logaddexp_p(x, axis=normalize_axis_index(axis, x.ndim))


_accumulator(np.add, cumsum)
_accumulator(np.multiply, cumprod)
_accumulator(np.maximum, _running_extreme(running_argmax_p))
_accumulator(np.minimum, _running_extreme(running_argmin_p))
_accumulator(np.logaddexp, _running_logaddexp)
