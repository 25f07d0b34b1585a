"""Functions that take elements by index: take, diagonals, sums by group, interpolation."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from miniml.program.ir.errors import TraceError
from miniml.program.rules.gathering import scatter_add_p
from miniml.program.rules.indices import ARRAY
from miniml.program.rules.sorting import searchsorted_p
from miniml.program.rules.values import (
    along_axis,
    astype,
    constant_array,
    fit_to,
    indices_of,
    promote,
    refuse_out,
    traced,
)
from miniml.program.trace.registry import implements, method, named
from miniml.program.trace.tracer import Tracer


@implements(np.take)
def take(
    a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise"
) -> Any:
    refuse_out(out)
    x, axis = along_axis(traced(a, indices), axis)
    index = traced(indices, x)
    if index.dtype.kind == "b" or (index.size == 0 and not isinstance(indices, np.ndarray)):
        index = astype(index, np.intp)  # a bool is a number here, and an empty list has no dtype
    if mode == "clip":
        index = np.clip(index, 0, x.shape[axis] - 1)
    elif mode == "wrap":
        index = np.remainder(index, x.shape[axis])
    elif mode != "raise":
        raise ValueError(f"mode is {mode!r}: it must be 'clip', 'raise' or 'wrap'")
    return x[(slice(None),) * axis + (index,)]


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    x = traced(arr, indices)
    index = traced(indices, x)
    if axis is None:
        if index.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        return np.ravel(x)[index]
    axis = normalize_axis_index(axis, x.ndim)
    if index.ndim != x.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    grid: list[Any] = [
        np.reshape(np.arange(n), (-1, *[1] * (x.ndim - i - 1))) for i, n in enumerate(x.shape)
    ]
    grid[axis] = index
    return x[tuple(grid)]


@method("compress")
def _compress_method(a: Any, condition: Any, axis: int | None = None) -> Any:
    return np.compress(condition, a, axis)


@implements(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    refuse_out(out)
    return np.take(a, np.flatnonzero(constant_array(condition, "the condition")), axis)


@implements(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    return np.ravel(arr)[np.flatnonzero(constant_array(condition, "the condition"))]


@implements(np.delete)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    x = traced(arr)
    x, axis = (np.ravel(x), 0) if axis is None else (x, normalize_axis_index(axis, x.ndim))
    places = np.arange(x.shape[axis])
    gone = obj if isinstance(obj, slice | int) else indices_of(obj, "the index of np.delete")
    return np.take(x, np.delete(places, gone), axis)


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    x = traced(arr, values)
    if axis is None:
        x, axis = np.ravel(x), 0
    axis = normalize_axis_index(axis, x.ndim)
    if not isinstance(obj, int | np.integer):
        raise TraceError("np.insert at several places cannot be traced: use np.concatenate")
    if not -x.shape[axis] <= obj <= x.shape[axis]:
        raise IndexError(f"index {obj} is out of bounds for axis {axis} of size {x.shape[axis]}")
    at = obj if obj >= 0 else obj + x.shape[axis]
    before, after = np.split(x, [at], axis)
    new = fit_to(values if isinstance(values, Tracer) else _array(values, x.dtype), x)
    new = np.moveaxis(np.reshape(new, (1,) * (x.ndim - new.ndim) + new.shape), 0, axis)
    shape = (*x.shape[:axis], new.shape[axis], *x.shape[axis + 1 :])
    return np.concatenate([before, np.broadcast_to(new, shape), after], axis)


def _array(values: Any, dtype: Any) -> Any:
    """Return values as an array of that dtype, which Python's integers must fit."""
    return values if isinstance(values, np.ndarray | np.generic) else np.asarray(values, dtype)


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    x = np.moveaxis(traced(a), (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    count = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    steps = np.arange(count)
    return x[..., steps + max(-offset, 0), steps + max(offset, 0)]


@implements(*named("linalg.diagonal"))
def last_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return diagonal(x, offset, -2, -1)


@implements(np.trace)
def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None
) -> Any:
    return np.sum(diagonal(a, offset, axis1, axis2), -1, dtype, out)


@implements(*named("linalg.trace"))
def last_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return trace(x, offset, -2, -1, dtype)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    x = traced(v)
    if x.ndim == 2:
        return diagonal(x, k)
    if x.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    k = operator.index(k)
    n = x.size + abs(k)
    steps = traced(np.arange(x.size), x)
    return scatter_add_p(
        x,
        steps + max(-k, 0),
        steps + max(k, 0),
        shape=(n, n),
        places=(ARRAY, ARRAY),
        unique_indices=True,
    )


@implements(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    return diag(np.ravel(v), k)


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    group = traced(x, weights)
    if group.ndim != 1:
        raise ValueError(f"np.bincount takes an array of one axis, not of shape {group.shape}")
    minlength = operator.index(minlength)
    if group.node.value is not None:
        if np.any(group.node.value < 0):
            raise ValueError("np.bincount takes no negative numbers")
        length = max(int(np.max(group.node.value, initial=-1)) + 1, minlength)
    elif minlength > 0:  # greater numbers are an IndexError, and negative ones become so
        length = minlength
        group = np.where(group < 0, length, group)
    else:
        raise TraceError(
            "the shape of np.bincount of a traced value depends on the values: pass the number of "
            "groups as minlength="
        )
    ones = np.ones(group.shape, np.intp)
    w = traced(ones, group) if weights is None else astype(traced(weights, group), np.float64)
    return scatter_add_p(w, group, shape=(length,), places=(ARRAY,), unique_indices=False)


@implements(np.interp, derivative="exact, by `x`, `xp` and `fp`")
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None
) -> Any:
    x, xp, fp = (astype(v, np.float64) for v in promote(x, xp, fp))
    if period is not None:
        x, xp = np.remainder(x, period), np.remainder(xp, period)
        order = np.argsort(xp)
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    below = np.clip(searchsorted_p(xp, x, side="right") - 1, 0, max(xp.size - 2, 0))
    above = np.minimum(below + 1, xp.size - 1)
    start, height = xp[below], fp[below]
    step = xp[above] == start  # at the end, at a repeated point, or if there is one point
    slope = (fp[above] - height) / np.where(step, 1.0, xp[above] - start)
    y = np.where(step, fp[above], height + slope * (x - start))
    y = np.where(x < xp[0], fp[0] if left is None else left, y)
    return np.where(x > xp[-1], fp[-1] if right is None else right, y)
