"""Indexing by arrays of integers, and its adjoint, in which elements taken twice accumulate."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
import operator
from typing import Any, TypeAlias

import numpy as np

from miniml.program.errors import TraceError
from miniml.program.graph import CONSTANT, AnyArray, DType, Node, Shape
from miniml.program.rules.define import Primitive, primitive, traced
from miniml.program.tracer import Tracer

Place: TypeAlias = int | str | tuple[int | None, int | None, int | None]
"""An item of an index, hashable: an integer, the start, stop and step of a slice, or a word."""

ARRAY, NEW = "array", "new"
"""The words: the next of the arrays, and a new axis."""

WHOLE = (None, None, None)
"""The slice of a whole axis."""

_BLOCK = 1 << 14
"""Elements that are added at once: what says where they go then stays in the cache."""


def index_of(places: tuple[Place, ...], arrays: Any) -> tuple[Any, ...]:
    """The index as NumPy takes it."""
    rest = iter(arrays)
    return tuple(
        next(rest)
        if place == ARRAY
        else None
        if place == NEW
        else slice(*place)
        if isinstance(place, tuple)
        else place
        for place in places
    )


def _taken(x: AnyArray, *arrays: AnyArray, places: tuple[Place, ...]) -> AnyArray:
    taken: AnyArray = x[index_of(places, arrays)].copy()  # numbers alone would give a view
    return taken


def _emit(
    out: str | None, x: str, *arrays: str, places: tuple[Place, ...], inputs: tuple[Node, ...]
) -> str:
    rest = iter(arrays)
    written = [
        next(rest)
        if place == ARRAY
        else "None"
        if place == NEW
        else ":".join("" if end is None else str(end) for end in place).removesuffix(":")
        if isinstance(place, tuple)
        else str(place)
        for place in places
    ]
    own = "" if any(node.shape for node in inputs[1:]) else ".copy()"  # see `_taken`
    return f"{x}[{', '.join(written)}]{own}"


def check_bounds(shape: Shape, arrays: Any) -> None:
    """Refuse what a flat position would wrap around: nobody may have looked where it was taken."""
    for extent, array in zip(shape, arrays, strict=False):
        if array.size and not (-extent <= array.min() and array.max() < extent):
            wrong = array.max() if array.max() >= extent else array.min()
            raise IndexError(f"index {wrong} is out of bounds for an axis of size {extent}")


def _positions(shape: Shape, places: tuple[Place, ...], arrays: Any) -> tuple[AnyArray, int]:
    """Where, in the array laid flat, each stretch of the result comes from; and a stretch's length.

    A stretch is a row where the arrays stand for the first axes, else one element; the places are
    counted in stretches.
    """
    count = len(arrays)
    if places == (ARRAY,) * count + (WHOLE,) * (len(places) - count):
        check_bounds(shape, arrays)
        broadcast = [a.ravel() for a in np.broadcast_arrays(*arrays)]
        rows = np.ravel_multi_index(broadcast, shape[:count], mode="wrap")
        return rows, math.prod(shape[count:])
    numbers = np.arange(math.prod(shape)).reshape(shape)
    return np.asarray(numbers[index_of(places, arrays)]).ravel(), 1


def _spread(  # its options, and where to write
    g: AnyArray,
    *arrays: AnyArray,
    shape: Shape,
    places: tuple[Place, ...],
    distinct: bool,
    out: AnyArray | None = None,
) -> AnyArray:
    if out is None:
        out = np.zeros(shape, g.dtype)
    else:
        out.fill(0)
    if distinct:
        out[index_of(places, arrays)] = g
    elif g.size:
        numbers, length = _positions(shape, places, arrays)
        parts = g if any(a.ndim for a in arrays) else g[None]
        firsts, within = (numbers * length).reshape(len(parts), -1, 1), np.arange(length)
        count = max(_BLOCK * len(parts) // parts.size, 1)
        # Flat, as NumPy's fast path for `add.at` wants it: up to ten times as fast.
        flat = out.reshape(-1)
        for lo in range(0, len(parts), count):
            positions = firsts[lo : lo + count]
            if length > 1:
                positions = positions + within
            np.add.at(flat, positions.ravel(), parts[lo : lo + count].ravel())
    return out


def _infer_gather(x: Node, *arrays: Node, places: tuple[Place, ...]) -> tuple[Shape, DType]:
    known = [np.zeros(a.shape, np.intp) if a.value is None else a.value for a in arrays]
    return np.broadcast_to(np.int8(0), x.shape)[index_of(places, known)].shape, x.dtype


def _emit_spread(
    out: str | None, g: str, *arrays: str, inputs: tuple[Node, ...], **options: Any
) -> str:
    given = [f"{name}={value!r}" for name, value in options.items()]
    into = [] if out is None else [f"out={out}"]
    return f"spread({', '.join([g, *arrays, *given, *into])})"


def _distinct(shape: Shape, places: tuple[Place, ...], arrays: Any) -> bool:
    """Whether it is known that no element is taken twice: one place, or the constants' differ already."""
    if not any(a.shape for a in arrays):
        return True
    known = [a.node.value if a.node.op is CONSTANT else np.zeros(a.shape, np.intp) for a in arrays]
    if all(a.node.op is not CONSTANT for a in arrays):
        return False
    positions, _ = _positions(shape, places, known)
    rising = bool((positions[1:] > positions[:-1]).all())  # what counts the points does
    return rising or np.unique(positions).size == positions.size


gather: Primitive = primitive(
    "gather",
    _taken,
    infer=_infer_gather,
    kind="fresh",
    emit=_emit,
    pull=lambda i, g, y, x, *arrays, places: spread(
        g,
        *arrays,
        shape=x.shape,
        places=places,
        distinct=_distinct(x.shape, places, arrays),
    ),
)

spread: Primitive = primitive(
    "spread",
    _spread,
    infer=lambda g, *arrays, shape, places, distinct: (shape, g.dtype),
    emit=_emit_spread,
    pull=lambda i, g, y, x, *arrays, shape, places, distinct: gather(g, *arrays, places=places),
)


def index_array(item: Any, like: Any) -> list[Any]:
    """The arrays of integers that an item of an index stands for; a mask is several."""
    if isinstance(item, Tracer):
        known = item.node.value
        if known is not None:
            item = known
        elif item.dtype.kind == "b":
            raise TraceError(
                "a traced mask as an index gives a result whose shape depends on the values: use "
                "np.where(mask, x, 0), a reduction's where=mask, or trace with eager=True"
            )
        elif item.dtype.kind not in "iu":
            raise TraceError(f"an index must be of integers, not of {item.dtype}")
        else:
            return [item]
    if isinstance(item, list | tuple) and any(isinstance(i, Tracer) for i in item):
        return [np.stack(item)]
    if isinstance(item, str):
        raise IndexError(
            f"an array has no column {item!r}, and a frame is an array here: take x[:, 0], or give the "
            f"columns by name, as {{{item!r}: frame[{item!r}]}}"
        )
    array = np.asarray(item)
    if array.dtype.kind == "b":
        return [traced(a, like) for a in np.nonzero(array)]
    if array.size == 0 and isinstance(item, list):
        array = array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise IndexError(
            "only integers, slices, None, ... and arrays of integers or booleans are indices, "
            f"not {item!r}"
        )
    return [traced(array, like)]


def gathered(x: Tracer, items: list[Any]) -> Tracer:
    """The elements of `x` at an index of which some items are arrays."""
    places: list[Place] = []
    arrays: list[Any] = []
    axis = 0
    used = sum(
        item.ndim if getattr(item, "dtype", None) == np.bool_ else item is not None
        for item in items
        if item is not Ellipsis
    )
    if used > x.ndim:
        raise IndexError(
            f"too many indices for array: array is {x.ndim}-dimensional, but {used} were indexed"
        )
    if Ellipsis not in [i if i is Ellipsis else None for i in items]:
        items = [*items, Ellipsis]
    for item in items:
        if item is None:
            places.append(NEW)
        elif item is Ellipsis:
            places.extend([WHOLE] * (x.ndim - used))
            axis += x.ndim - used
        elif isinstance(item, slice):
            start, stop, step = (
                None if end is None else operator.index(end)
                for end in (item.start, item.stop, item.step)
            )
            places.append((start, stop, step))
            axis += 1
        elif isinstance(item, int):
            places.append(item)
            axis += 1
        else:
            found = index_array(item, x)
            mask = getattr(item, "dtype", None) == np.bool_
            if mask and item.shape != x.shape[axis : axis + len(found)]:
                raise IndexError(
                    f"a mask of shape {item.shape} does not fit axes {axis} and on "
                    f"of an array of shape {x.shape}"
                )
            places.extend([ARRAY] * len(found))
            arrays.extend(found)
            axis += len(found)
    return gather(x, *arrays, places=tuple(places))  # type: ignore[no-any-return]  # a rule
