"""Differences, integrals, convolutions and polynomials along an axis."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray
from miniml.program.rules.axes import Stacked
from miniml.program.rules.define import Primitive, primitive
from miniml.program.rules.values import (
    astype,
    floats,
    normalized_axes,
    promote,
    promote_arrays,
    slice_along,
    traced,
)
from miniml.program.trace.registry import implements


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    x = traced(a, prepend, append)
    if n == 0:
        return x
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    axis = normalize_axis_index(axis, x.ndim)
    ends = []
    for end in (prepend, append):
        if end is not None:
            end = traced(end, x)
            if end.ndim == 0:
                end = np.broadcast_to(end, (*x.shape[:axis], 1, *x.shape[axis + 1 :]))
        ends.append(end)
    whole = [end for end in (ends[0], x, ends[1]) if end is not None]
    x = np.concatenate(whole, axis) if len(whole) > 1 else x
    for _ in range(n):
        after, before = slice_along(x, axis, 1, None), slice_along(x, axis, None, -1)
        x = after != before if x.dtype.kind == "b" else after - before
    return x


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    x = np.ravel(ary)
    y = x[1:] - x[:-1]
    ends = [None if end is None else np.ravel(traced(end, y)) for end in (to_begin, to_end)]
    whole = [x for x in (ends[0], y, ends[1]) if x is not None]
    return np.concatenate(whole) if len(whole) > 1 else y


@implements(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    if traced(f, *varargs).dtype.kind == "b" and normalized_axes(axis, np.ndim(f)):
        raise TypeError(
            "np.gradient does not subtract truth values: convert them with .astype(float)"
        )
    x = floats(f, *varargs)
    if edge_order != 1:
        raise TraceError("np.gradient with edge_order=2 cannot be traced: use edge_order=1")
    axes = normalized_axes(axis, x.ndim)
    if any(x.shape[along] < 2 for along in axes):
        raise ValueError(
            f"np.gradient takes two elements along each axis, not a shape of {x.shape}"
        )
    spacings = list(varargs) or [1.0]
    spacings = spacings * len(axes) if len(spacings) == 1 else spacings
    if any(np.ndim(spacing) for spacing in spacings):
        raise TraceError("np.gradient at uneven spacing cannot be traced: use np.diff")
    found = []
    for along, spacing in zip(axes, spacings, strict=True):
        inner = (slice_along(x, along, 2, None) - slice_along(x, along, None, -2)) / (2.0 * spacing)
        first = (slice_along(x, along, 1, 2) - slice_along(x, along, 0, 1)) / spacing
        last = (slice_along(x, along, -1, None) - slice_along(x, along, -2, -1)) / spacing
        found.append(np.concatenate([first, inner, last], along))
    return found[0] if len(found) == 1 else tuple(found)


@implements(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    heights = traced(y, x, dx)
    axis = normalize_axis_index(axis, heights.ndim)
    width = dx
    if x is not None:
        width = traced(x, heights)
        if width.ndim == 1:
            shape = [1] * heights.ndim
            shape[axis] = -1
            width = np.reshape(width, tuple(shape))
            width = diff(width, axis=axis)
        else:
            width = diff(width, axis=axis)
    middle = (slice_along(heights, axis, 1, None) + slice_along(heights, axis, None, -1)) / 2.0
    return np.sum(width * middle, axis)


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    x, kernel = promote(np.atleast_1d(a), np.atleast_1d(v))
    if kernel.size > x.size:
        x, kernel = kernel, x
    wide = np.pad(x, kernel.size - 1)
    windows = np.arange(x.size + kernel.size - 1)[:, None] + np.arange(kernel.size)
    full = wide[windows] @ np.flip(kernel)
    if mode == "full":
        return full
    if mode == "same":
        start = (kernel.size - 1) // 2
        return full[start : start + x.size]
    return full[kernel.size - 1 : x.size]


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    x, kernel = promote(np.atleast_1d(a), np.atleast_1d(v))
    if kernel.size > x.size and mode != "full":
        return np.flip(convolve(np.flip(x), kernel, mode))
    return convolve(x, np.flip(kernel), mode)


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    coefficients, at = promote_arrays(p, x)
    y = np.zeros_like(at)
    for coefficient in coefficients:
        y = y * at + coefficient
    return y


def _same_degree(a1: Any, a2: Any) -> list[Any]:
    rows = promote(np.atleast_1d(a1), np.atleast_1d(a2))
    longest = max(row.size for row in rows)
    return [np.pad(row, (longest - row.size, 0)) for row in rows]


@implements(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    x, y = _same_degree(a1, a2)
    return x + y


@implements(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    x, y = _same_degree(a1, a2)
    return x - y


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    return convolve(a1, a2)


@implements(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    y = traced(p)
    for _ in range(m):
        y = y[:-1] * np.arange(y.size - 1, 0, -1)
    return y


def _powers(x: AnyArray, count: int) -> AnyArray:
    y = np.empty((*x.shape, count), x.dtype)
    y[..., :1] = 1
    y[..., 1:] = x[..., None]
    np.multiply.accumulate(y, -1, None, y)
    return y


powers_p: Primitive = primitive(
    "powers",  # x ** 0, x ** 1, and so on, along a new last axis
    _powers,
    infer=lambda x, count: ((*x.shape, count), x.dtype),
    vjp=lambda i, g, y, x, count: np.sum(g[..., 1:] * y[..., :-1] * np.arange(1.0, count), -1),
    axes=Stacked(0, 1),
    nanoseconds=0.6,
    jax=lambda jnp, x, count: jnp.vander(x.ravel(), count, increasing=True).reshape(
        *x.shape, count
    ),
)


@implements(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803  # NumPy's name
    at = traced(x)
    if at.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    at = astype(at, np.result_type(at.dtype, int))
    y = powers_p(at, count=at.size if N is None else operator.index(N))
    return y if increasing else np.flip(y, -1)


@implements(np.unwrap)
def unwrap(
    p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2.0 * np.pi
) -> Any:
    x = traced(p)
    axis = normalize_axis_index(axis, x.ndim)
    step = diff(x, axis=axis)
    half = period / 2.0
    wrapped = np.remainder(step + half, period) - half
    wrapped = np.where((wrapped == -half) & (step > 0), half, wrapped)
    limit = half if discont is None else max(discont, half)
    turns = np.where(np.abs(step) < limit, 0.0, wrapped - step)
    turns = astype(np.round(turns / period) * period, x.dtype)
    first = np.zeros_like(slice_along(x, axis, 0, 1))
    return x + np.concatenate([first, np.cumsum(turns, axis)], axis)
