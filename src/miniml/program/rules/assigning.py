"""Assignment to elements: `y[index] = value` as a new value of `y`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Shape
from miniml.program.rules.advanced_indexing import for_each_axis
from miniml.program.rules.values import cast_to, constant_array, traced
from miniml.program.trace.index_items import index_items, is_basic
from miniml.program.trace.registry import implements, method, named
from miniml.program.trace.tracer import Tracer


@method("__setitem__")
def assigned(x: Tracer, index: Any, value: Any) -> Any:
    """Return the array with other elements at an index of integers, slices and constant arrays, or a mask."""
    items = index_items(index)
    if not isinstance(value, Tracer | np.ndarray | np.generic):
        known = np.empty(np.shape(value), x.dtype)
        known[...] = value  # NumPy refuses numbers that do not fit
        value = known
    value = cast_to(value, x)
    if len(items) == 1 and isinstance(items[0], Tracer) and items[0].dtype.kind == "b":
        return _masked(x, items[0], value)
    places = tuple(constant_array(i, "an index") if isinstance(i, Tracer) else i for i in items)
    if is_basic(items):
        shape: Shape = np.broadcast_to(np.int8(0), x.shape)[places].shape
        if not shape and Ellipsis not in items:
            np.zeros(1)[0] = np.zeros(value.shape)  # NumPy refuses an array in place of a number
        return _replaced(x, _spans(x, items), _fitting(value, shape))
    return _scattered(x, places, value)


def _fitting(value: Any, shape: tuple[int, ...]) -> Any:
    """Return the value in the shape of the elements it replaces; leading axes of 1 are dropped, as in NumPy."""
    extra = max(value.ndim - len(shape), 0)
    if value.shape[:extra] == (1,) * extra:
        value = np.reshape(value, value.shape[extra:])
    try:
        return np.broadcast_to(value, shape)
    except ValueError:
        raise ValueError(
            f"could not broadcast input array from shape {value.shape} into shape {shape}"
        ) from None


def _masked(x: Tracer, mask: Tracer, value: Tracer) -> Any:
    if mask.shape != x.shape[: mask.ndim]:
        raise IndexError(f"a mask of shape {mask.shape} does not fit an array of shape {x.shape}")
    if value.ndim > x.ndim - mask.ndim:
        raise TraceError(
            "assignment at a traced mask takes one value for all elements: use "
            "np.where(mask, values, x) with values of the array's shape"
        )
    whole = mask[(..., *[None] * (x.ndim - mask.ndim))]
    return np.where(whole, _fitting(value, x.shape[mask.ndim :]), x)


def _spans(x: Tracer, items: Sequence[Any]) -> list[range]:
    """Return the positions along each axis, of an index that fits the array."""
    taken = [i for i in for_each_axis(x.shape, items) if i is not None and i is not Ellipsis]
    every = [range(n) for n in x.shape]
    return [
        places[item] if isinstance(item, slice) else places[item:][:1]
        for places, item in zip(every, taken, strict=True)
    ]


def _replaced(x: Tracer, spans: list[range], value: Any) -> Any:
    """Return the array with a block replaced, joined with the rest on either side."""
    if any(len(span) == 0 for span in spans):
        return x
    if any(span.step != 1 and len(span) > 1 for span in spans):
        return _scattered(x, np.ix_(*spans), np.reshape(value, tuple(map(len, spans))))
    block = np.reshape(value, tuple(map(len, spans)))
    return _laid(x, spans, 0, block)


def _laid(x: Any, spans: list[range], axis: int, block: Any) -> Any:
    """Return the array with the block in place along this axis and those after it."""
    while axis < len(spans) and len(spans[axis]) == x.shape[axis]:
        axis += 1
    if axis == len(spans):
        return block
    before = (slice(None),) * axis
    start, stop = spans[axis][0], spans[axis][-1] + 1
    middle = _laid(x[(*before, slice(start, stop))], spans, axis + 1, block)
    sides = x[(*before, slice(start))], x[(*before, slice(stop, None))]
    parts = [part for part in (sides[0], middle, sides[1]) if part.shape[axis]]
    return np.concatenate(parts, axis)


def _scattered(x: Tracer, places: tuple[Any, ...], value: Any) -> Any:
    """Return the array with the elements at an index replaced, each by the last of its values.

    NumPy itself assigns the number of each value, so that its rules hold.
    """
    source = np.full(x.shape, -1)
    count = int(value.size)
    source[places] = np.arange(count).reshape(value.shape)
    inside = source >= 0
    if not inside.any():
        return x
    if value.size == 1:
        return np.where(inside, np.reshape(value, ()), x)
    return np.where(inside, np.take(np.ravel(value), np.maximum(source, 0)), x)


@method("fill")
def fill(x: Tracer, value: Any) -> None:
    x[...] = value


@method("sort")
def sort(x: Tracer, axis: int = -1) -> None:
    x[...] = np.sort(x, axis)


@implements(*named("copyto"))
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    _refuse_array(dst)
    if not np.can_cast(traced(src, dst).dtype, dst.dtype, casting):
        raise TypeError(
            f"Cannot cast array data from {traced(src, dst).dtype!r} to {dst.dtype!r} according to "
            f"the rule {casting!r}"
        )
    dst[...] = src if where is True else np.where(where, src, dst)


@implements(*named("fill_diagonal"))
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    _refuse_array(a)
    if a.ndim != 2 or wrap:
        raise TraceError("np.fill_diagonal can be traced for a matrix only, and without wrap")
    places = np.arange(min(a.shape))
    a[places, places] = val


def _refuse_array(target: object) -> None:
    if not isinstance(target, Tracer):
        raise TraceError(
            "a traced value cannot be assigned to a NumPy array: make the array with like=x "
            "(np.zeros(3, like=x)), where x is a traced array"
        )
