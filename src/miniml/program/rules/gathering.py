"""Indexing by arrays of integers, and its adjoint, in which elements taken twice accumulate."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import (
    CONSTANT,
    AnyArray,
    DType,
    Graph,
    Node,
    Numpy,
    Op,
    Options,
    Shape,
)
from miniml.program.ir.kinds import Storage
from miniml.program.rules.axes import PARTIAL, Operands, Places, Ruled, Tag
from miniml.program.rules.define import Primitive, primitive, traced
from miniml.program.trace.tracer import Tracer

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


def _scatter_add(  # its options, and where to write
    g: AnyArray,
    *arrays: AnyArray,
    shape: Shape,
    places: tuple[Place, ...],
    unique_indices: bool,
    out: AnyArray | None = None,
) -> AnyArray:
    if out is None:
        out = np.zeros(shape, g.dtype)
    else:
        out.fill(0)
    if unique_indices:
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


def _emit_scatter_add(
    out: str | None, g: str, *arrays: str, inputs: tuple[Node, ...], **options: Any
) -> str:
    given = [f"{name}={value!r}" for name, value in options.items()]
    into = [] if out is None else [f"out={out}"]
    return f"scatter_add({', '.join([g, *arrays, *given, *into])})"


def _unique_indices(shape: Shape, places: tuple[Place, ...], arrays: Any) -> bool:
    """Whether it is known that no element is taken twice: one place, or the constants' differ already."""
    if not any(a.shape for a in arrays):
        return True
    known = [a.node.value if a.node.op is CONSTANT else np.zeros(a.shape, np.intp) for a in arrays]
    if all(a.node.op is not CONSTANT for a in arrays):
        return False
    positions, _ = _positions(shape, places, known)
    rising = bool((positions[1:] > positions[:-1]).all())  # what counts the points does
    return rising or np.unique(positions).size == positions.size


def _gather_all(node: Node, operands: Operands, count: int) -> Any:
    x, *arrays = operands
    places: tuple[Place, ...] = node.option("places")
    before = _taken_after(places)
    if all(a.count is None for a in arrays) and before is not None:
        return gather(x.value, *(a.value for a in arrays), places=(WHOLE, *places))
    depth, indices = _indices(arrays)
    if x.count is None:
        taken = gather(x.value, *indices, places=places)
        return np.moveaxis(taken, before or 0, 0)
    taken = gather(x.value, _numbers(x.value, count, depth), *indices, places=(ARRAY, *places))
    return np.moveaxis(taken, _from(depth), _to(depth, before))


def _scatter_add_all(node: Node, operands: Operands, count: int) -> Any:
    g, *arrays = operands
    options = dict(node.options)
    places, shape = options["places"], (count, *options["shape"])
    before = _taken_after(places)
    if all(a.count is None for a in arrays) and before is not None:
        indices = [a.value for a in arrays]
        options |= {"shape": shape, "places": (WHOLE, *places)}
        return scatter_add(g.value, *indices, **options)
    depth, indices = _indices(arrays)
    value = np.moveaxis(g.whole(count), _to(depth, before), _from(depth))
    options |= {"shape": shape, "places": (ARRAY, *places), "unique_indices": False}
    return scatter_add(value, _numbers(value, count, depth), *indices, **options)


def _taken_after(places: Sequence[Place]) -> int | None:
    """How many axes of the result come before those of the arrays; None where these come first.

    NumPy puts them first where a slice or a new axis lies between arrays or numbers.
    """
    taking = [k for k, place in enumerate(places) if not isinstance(place, tuple) and place != NEW]
    apart = taking[-1] - taking[0] >= len(taking)
    return None if apart else taking[0]


def _indices(arrays: Operands) -> tuple[int, list[Any]]:
    """The number of axes that the arrays broadcast to for one example, and the arrays for all."""
    depth = max(a.ndim for a in arrays)
    return depth, [a.aligned(depth) for a in arrays]


def _numbers(like: Any, count: int, depth: int) -> Any:
    """The examples' numbers, to go before index arrays of so many axes."""
    graph = like.graph
    return Tracer(graph, graph.constant(np.arange(count).reshape(count, *(1,) * depth)))


def _from(depth: int) -> list[int]:
    """Where the axes of index arrays are when those of the examples' numbers are among them."""
    return list(range(1, depth + 1))


def _to(depth: int, before: int | None) -> list[int]:
    """Where they belong."""
    return [k + (before or 0) for k in _from(depth)]


def place_at(places: Sequence[Place], axis: int) -> tuple[Place, int]:
    """What an index has for an axis, and how many arrays it has before."""
    taking = [place for place in places if place != NEW]
    return taking[axis], taking[:axis].count(ARRAY)


def _counts(node: Node, extent: int) -> int | None:
    """The axis of a constant that counts from 0 up to the extent, if it is one."""
    if node.op is not CONSTANT or node.value is None or node.size != extent:
        return None
    counting = np.array_equal(node.value.ravel(), np.arange(extent))
    return node.shape.index(extent) if counting else None


def _axis_of(
    places: Sequence[Place], shape: Shape, axis: int | None, arrays: Sequence[Node], axes: Places
) -> int | None:
    """The points' axis of `x[index]`, where x has that shape and that axis.

    An index array that counts the points takes from each point its own element.
    """
    axes = list(axes)
    if axis is not None:
        place, number = place_at(places, axis)
        if place == ARRAY:
            axes[number] = _counts(arrays[number], shape[axis])
            if axes[number] is None:
                return None
        elif place != (None, None, None):
            return None
    # NumPy is asked where the axes go, on a small array: 3 elements along the points, 2 elsewhere.
    numbers = [np.zeros(_small(a.shape, k), np.intp) for a, k in zip(arrays, axes, strict=True)]
    index = index_of(tuple(0 if isinstance(p, int) else p for p in places), numbers)
    try:
        found = np.zeros(_small(shape, axis))[index].shape
    except IndexError:
        return None
    return found.index(3) if found.count(3) == 1 else None


def _counter(node: Node, axis: int | None) -> int | None:
    """Which input is the index array that counts the points along an axis of the indexed array."""
    if axis is None:
        return None
    place, number = place_at(node.option("places"), axis)
    return 1 + number if place == ARRAY else None


def _small(shape: Shape, axis: int | None) -> Shape:
    return tuple(3 if k == axis else min(n, 2) for k, n in enumerate(shape))


def _gather_points(node: Node, axes: Places, points: int) -> Tag | None:
    x, *arrays = node.inputs
    return _axis_of(node.option("places"), x.shape, axes[0], arrays, axes[1:])


def _scatter_add_points(node: Node, axes: Places, points: int) -> Tag | None:
    arrays, shape, places = node.inputs[1:], node.option("shape"), node.option("places")
    if axes[0] is None:
        return None
    for axis, extent in enumerate(shape):
        found = _axis_of(places, shape, axis, arrays, axes[1:]) if extent % points == 0 else None
        if found == axes[0]:
            return axis
    return PARTIAL if _axis_of(places, shape, None, arrays, axes[1:]) == axes[0] else None


def _picked(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Rows at an array of places, written where they are wanted; 2 to 8 times."""
    places = list(dict(options)["places"])
    if places.count(WHOLE) != len(places) - 1 or ARRAY not in places or not inputs[1].shape:
        return None
    return graph.apply(PICK, inputs, (("axis", places.index(ARRAY)),))


def pick(x: AnyArray, places: AnyArray, axis: int, out: AnyArray | None = None) -> AnyArray:
    """`x.take(places, axis)`, which asks first whether the places are there to write into `out`."""
    if x.flags.c_contiguous:  # of another `take` would make a copy
        check_bounds(x.shape[axis:], [places])
        return x.take(places.astype(np.intp, copy=False), axis, out, mode="wrap")
    index: Any = (*[slice(None)] * axis, places)
    taken: AnyArray = x[index]
    if out is not None:
        out[...] = taken
    return taken


def _infer_pick(x: Node, places: Node, axis: int) -> tuple[Shape, DType]:
    return (*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]), x.dtype


def _emit_pick(out: str | None, x: str, places: str, *, axis: int, inputs: tuple[Node, ...]) -> str:
    return f"pick({x}, {places}, {axis}{'' if out is None else f', {out}'})"


PICK = Op("pick", pick, _infer_pick, nanoseconds=1.0, numpy=Numpy(emit=_emit_pick))


gather: Primitive = primitive(
    "gather",
    _taken,
    infer=_infer_gather,
    vjp=lambda i, g, y, x, *arrays, places: scatter_add(
        g,
        *arrays,
        shape=x.shape,
        places=places,
        unique_indices=_unique_indices(x.shape, places, arrays),
    ),
    axes=Ruled(
        _gather_all, _gather_points, counts=lambda node, axes, axis: _counter(node, axes[0])
    ),
    nanoseconds=4.0,
    elements=lambda node: node.size,
    numpy=Numpy(storage=Storage.EXPRESSION, emit=_emit, lower=_picked),
)

scatter_add: Primitive = primitive(
    "scatter_add",
    _scatter_add,
    infer=lambda g, *arrays, shape, places, unique_indices: (shape, g.dtype),
    vjp=lambda i, g, y, x, *arrays, shape, places, unique_indices: gather(
        g, *arrays, places=places
    ),
    axes=Ruled(
        _scatter_add_all, _scatter_add_points, counts=lambda node, axes, axis: _counter(node, axis)
    ),
    nanoseconds=8.0,
    jax=lambda jnp, g, *arrays, shape, places, unique_indices: (
        jnp.zeros(shape, g.dtype).at[index_of(places, arrays)].add(g, unique_indices=unique_indices)
    ),
    numpy=Numpy(emit=_emit_scatter_add),
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
