"""Flipping, rolling, repeating, padding, triangles: rearrangements composed of others."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Shape
from miniml.program.rules.values import (
    along_axis,
    as_shape,
    astype,
    cast_to,
    floats,
    indices_of,
    normalized_axes,
    promote,
    slice_along,
    traced,
)
from miniml.program.trace.registry import implements, method, named
from miniml.program.trace.tracer import Tracer


@implements(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    x = traced(m)
    axes = normalized_axes(axis, x.ndim)
    return x[tuple(slice(None, None, -1 if i in axes else 1) for i in range(x.ndim))]


@implements(np.flipud)
def flipud(m: Any) -> Any:
    return flip(m, 0)


@implements(np.fliplr)
def fliplr(m: Any) -> Any:
    return flip(m, 1)


@implements(np.rot90)
def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    x = traced(m)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    first, second = (normalize_axis_index(axis, x.ndim) for axis in axes)
    if first == second:
        raise ValueError("Axes must be different.")
    k %= 4
    if k == 0:
        return x
    if k == 2:
        return flip(flip(x, first), second)
    if k == 1:
        return np.swapaxes(flip(x, second), first, second)
    return flip(np.swapaxes(x, first, second), second)


@implements(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    x = traced(a)
    if axis is None:
        return np.reshape(roll(np.ravel(x), shift, 0), x.shape)
    axes = normalize_axis_tuple(axis, x.ndim, allow_duplicate=True)
    shifts, places = np.broadcast_arrays(indices_of(shift, "the shift"), axes)
    if shifts.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    for along, by in zip(places.tolist(), shifts.tolist(), strict=True):
        cut = -int(by) % max(x.shape[along], 1)
        if cut:
            x = np.concatenate(
                [slice_along(x, along, cut, None), slice_along(x, along, None, cut)], along
            )
    return x


@implements(*named("moveaxis"))
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    x = traced(a)
    sources = normalize_axis_tuple(source, x.ndim)
    targets = normalize_axis_tuple(destination, x.ndim)
    order = [i for i in range(x.ndim) if i not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return np.transpose(x, tuple(order))


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    x = traced(a)
    axis = normalize_axis_index(axis, x.ndim)
    start = normalize_axis_index(start, x.ndim + 1) if start >= 0 else start + x.ndim
    if start < 0:
        raise np.exceptions.AxisError(start - x.ndim, x.ndim, "start")
    return moveaxis(x, axis, start - (axis < start))


@implements(*named("matrix_transpose", "linalg.matrix_transpose"))
def matrix_transpose(x: Any, /) -> Any:
    return np.swapaxes(x, -1, -2)


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:  # noqa: N803  # NumPy's name
    x = traced(A)
    times = as_shape(reps)
    times = (1,) * (x.ndim - len(times)) + times
    shape = (1,) * (len(times) - x.ndim) + x.shape
    pairs = tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    spaced = np.reshape(x, tuple(n for extent in shape for n in (1, extent)))
    whole = tuple(t * n for t, n in zip(times, shape, strict=True))
    return np.reshape(np.broadcast_to(spaced, pairs), whole)


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    x, axis = along_axis(traced(a), axis)
    times = indices_of(repeats, "the number of repeats")
    if times.size == 1:
        count = int(times.ravel()[0])
        before, after = x.shape[: axis + 1], x.shape[axis + 1 :]
        wide = np.broadcast_to(np.expand_dims(x, axis + 1), (*before, count, *after))
        return np.reshape(wide, (*before[:-1], before[-1] * count, *after))
    return np.take(x, np.repeat(np.arange(x.shape[axis]), times), axis)


@implements(*named("fft.fftshift"))
def fftshift(x: Any, axes: Any = None) -> Any:
    y = traced(x)
    along = normalized_axes(axes, y.ndim)
    return np.roll(y, [y.shape[axis] // 2 for axis in along], along)


@implements(*named("fft.ifftshift"))
def ifftshift(x: Any, axes: Any = None) -> Any:
    y = traced(x)
    along = normalized_axes(axes, y.ndim)
    return np.roll(y, [-(y.shape[axis] // 2) for axis in along], along)


@implements(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    flat = np.ravel(a)
    shape = as_shape(new_shape)
    if any(n < 0 for n in shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    if flat.size == 0:
        return np.zeros_like(flat, shape=shape)
    places = np.arange(math.prod(shape)) % flat.size
    return np.reshape(flat[places], shape)


_FROM_INSIDE = ("edge", "reflect", "symmetric", "wrap")


def _refuse_unlike(fills: Any, x: Any) -> None:
    """Raise NumPy's error of numbers that integers cannot hold, such as NaN, if they are known."""
    known = fills.node.value if isinstance(fills, Tracer) else np.asarray(fills)
    if x.dtype.kind in "iu" and known is not None and known.dtype.kind == "f":
        one = np.zeros((), x.dtype)
        for fill in known.ravel():
            one[()] = fill


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    x = traced(array)
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(i, pad_width.get(i - x.ndim, 0)) for i in range(x.ndim)]
        pad_width = [(w, w) if isinstance(w, int) else w for w in pad_width]
    widths = np.broadcast_to(np.asarray(pad_width), (x.ndim, 2)).tolist()
    if any(operator.index(n) < 0 for pair in widths for n in pair):
        raise ValueError("index can't contain negative values")
    if mode == "constant":
        fills: Any = options.get("constant_values", 0)
        _refuse_unlike(fills, x)
        fills = np.broadcast_to(cast_to(fills, x), (x.ndim, 2))
        for axis, (width, fill) in enumerate(zip(widths, fills, strict=True)):
            sides = [
                np.broadcast_to(f, (*x.shape[:axis], n, *x.shape[axis + 1 :]))
                for n, f in zip(width, fill, strict=True)
            ]
            if any(width):
                x = np.concatenate([sides[0], x, sides[1]], axis)
        return x
    if mode not in _FROM_INSIDE or options:
        raise TraceError(
            f"np.pad with mode={mode!r}{' and options' if options else ''} cannot be traced: "
            f"use 'constant', {', '.join(map(repr, _FROM_INSIDE))}"
        )
    for axis, (before, after) in enumerate(widths):
        if before or after:
            places = np.arange(x.shape[axis])
            x = np.take(x, np.pad(places, (before, after), mode=mode), axis)  # type: ignore[call-overload]  # checked above
    return x


def _triangle(x: Any, k: int) -> Any:
    if x.ndim == 0:
        raise ValueError("a number has no triangle: an array of at least one axis was expected")
    rows, columns = x.shape[-2:] if x.ndim > 1 else 2 * x.shape
    return np.tri(rows, columns, k, np.bool_)


@implements(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    x = traced(m)
    return np.where(_triangle(x, k), x, astype(0, x.dtype))


@implements(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    x = traced(m)
    return np.where(_triangle(x, k - 1), astype(0, x.dtype), x)


def _reshaped(arrays: Sequence[Any], shape_of: Callable[[Shape], Shape]) -> Any:
    results = tuple(np.reshape(traced(a, *arrays), shape_of(np.shape(a))) for a in arrays)
    return results[0] if len(results) == 1 else results


@implements(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    return _reshaped(arys, lambda shape: shape or (1,))


@implements(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    return _reshaped(arys, lambda shape: (1,) * (2 - len(shape)) + shape)


@implements(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    def deep(shape: Shape) -> Shape:
        return shape if len(shape) > 2 else (1,) * (2 - len(shape)) + shape + (1,)

    return _reshaped(arys, deep)


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(traced(a, *args), shape) for a in args)


@implements(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    axes = [np.ravel(traced(x, *xi)) for x in xi]
    grids = [
        np.reshape(x, (*(1,) * i, -1, *(1,) * (len(axes) - i - 1))) for i, x in enumerate(axes)
    ]
    if indexing == "xy" and len(grids) > 1:
        grids = [np.swapaxes(g, 0, 1) for g in grids]
    return tuple(grids) if sparse else broadcast_arrays(*grids)


@implements(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    first, last = (floats(end) for end in promote(start, stop))
    width = last - first
    steps = max(num - 1 if endpoint else num, 1)
    share = np.arange(num, dtype=width.dtype) / width.dtype.type(steps)
    share = share.reshape(num, *(1,) * width.ndim)
    y = first * (1.0 - share) + last * share  # the ends without rounding
    if dtype is not None:
        y = astype(np.floor(y) if np.dtype(dtype).kind in "iu" else y, dtype)
    y = moveaxis(y, 0, axis)
    return (y, width / steps) if retstep else y


@implements(np.logspace)
def logspace(start: Any, stop: Any, num: int = 50, *args: Any, base: Any = 10.0, **kw: Any) -> Any:
    return np.power(base, linspace(start, stop, num, *args, **kw))


@implements(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, *args: Any, **kw: Any) -> Any:
    first = traced(start, stop)
    return np.exp(linspace(np.log(first), np.log(traced(stop, first)), num, *args, **kw))


@method("tolist")
def tolist(x: Any) -> Any:
    return [tolist(part) for part in x] if x.ndim else x.item()
