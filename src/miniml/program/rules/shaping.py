"""Reshaping, transposing, broadcasting, joining: the same numbers in another order."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray, DType, Graph, Node, Numpy, Op, Options, Shape
from miniml.program.ir.kinds import Storage
from miniml.program.rules.axes import ALONG
from miniml.program.rules.define import (
    Primitive,
    astype,
    joined,
    part,
    primitive,
    refuse_out,
    traced,
)
from miniml.program.rules.indexing import Places, all_ranges, cut, slices, source
from miniml.program.rules.moving import BROADCAST, RESHAPE, TRANSPOSE
from miniml.program.trace.registry import ZERO, implements, method
from miniml.program.trace.tracer import Tracer

record_reshape = Primitive(RESHAPE)
record_transpose = Primitive(TRANSPOSE)
record_broadcast = Primitive(BROADCAST)


def _infer_concatenate(*xs: Node, axis: int) -> tuple[Shape, DType]:
    first = xs[0].shape
    for x in xs:
        if x.shape[:axis] + x.shape[axis + 1 :] != first[:axis] + first[axis + 1 :]:
            raise ValueError(f"concatenate: shapes {first} and {x.shape} differ off axis {axis}")
    return (*first[:axis], sum(x.shape[axis] for x in xs), *first[axis + 1 :]), xs[0].dtype


def _side_by_side(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Parts written side by side, rows of a stack without their axis of one; 2 to 4 times."""
    axis: int = dict(options)["axis"]
    before = tuple((0, n, 1) for n in inputs[0].shape[:axis])
    parts: list[Node] = []
    places: list[Places] = []
    start = 0
    for node in inputs:
        stop = start + node.shape[axis]
        row = node.op is RESHAPE and node.shape == (1, *node.inputs[0].shape) and axis == 0
        parts.append(node.inputs[0] if row else node)
        places.append((start,) if row else (*before, (start, stop, 1)))
        start = stop
    shape = (*inputs[0].shape[:axis], start, *inputs[0].shape[axis + 1 :])
    return graph.apply(JOIN, parts, (("shape", shape), ("places", tuple(places))))


def _join(*xs: AnyArray, shape: Shape, places: tuple[Places, ...]) -> AnyArray:
    out = np.empty(shape, xs[0].dtype)
    for x, place in zip(xs, places, strict=True):
        out[slices(place)] = x
    return out


def _infer_join(*xs: Node, shape: Shape, places: tuple[Places, ...]) -> tuple[Shape, DType]:
    return shape, xs[0].dtype


def _emit_join(out: str, *xs: str, places: tuple[Places, ...], **_: object) -> str:
    lines = [f"{out}[{source(place)}] = {x}" for x, place in zip(xs, places, strict=True)]
    return "\n".join(lines)


JOIN = Op(
    "concatenate",
    _join,
    _infer_join,
    nanoseconds=0.25,
    numpy=Numpy(storage=Storage.PARTS, emit=_emit_join),
)


def _of_joined(graph: Graph, x: Node, within: Places, shape: Shape) -> Node | None:
    """Of one of the parts, where it lies in one; a row only where it is one of the parts."""
    axis: int = x.option("axis")
    ranges = all_ranges(x.shape, within)
    row = not isinstance(within[axis], tuple)
    places = ranges[axis]
    start = 0
    for piece in x.inputs:
        stop = start + piece.shape[axis]
        inside = places and start <= min(places) and max(places) < stop
        if inside and not (row and piece.shape[axis] > 1):
            moved = range(piece.shape[axis])[places[0] - start :: places.step][: len(places)]
            return cut(graph, piece, [*ranges[:axis], moved, *ranges[axis + 1 :]], shape)
        start = stop
    return None


record_concatenate: Primitive = primitive(
    "concatenate",
    lambda *xs, axis: np.concatenate(xs, axis),
    infer=_infer_concatenate,
    vjp=lambda i, g, y, *xs, axis: part(
        g, axis, sum(x.shape[axis] for x in xs[:i]), sum(x.shape[axis] for x in xs[: i + 1])
    ),
    axes=ALONG,
    sliced=_of_joined,
    nanoseconds=0.25,
    numpy=Numpy(lower=_side_by_side),
)


@implements(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", **_: Any) -> Any:
    x = traced(a)
    if order not in {"C", "F"}:
        raise TraceError(
            f"order={order!r} depends on how an array lies in memory, which a trace does not know: "
            "use 'C' or 'F'"
        )
    if order == "F":
        return np.transpose(np.reshape(np.transpose(x), _filled(x, shape)[::-1]))
    shape = _filled(x, shape)
    return x if shape == x.shape else record_reshape(x, shape=shape)


def _filled(x: Tracer, shape: Any) -> Shape:
    """The shape with -1 worked out."""
    wanted = (int(shape),) if isinstance(shape, int | np.integer) else tuple(int(n) for n in shape)
    known = math.prod(n for n in wanted if n != -1)
    filled = tuple(x.size // known if n == -1 and known else n for n in wanted)
    if math.prod(filled) != x.size or -1 in filled:
        raise ValueError(f"cannot reshape array of size {x.size} into shape {wanted}")
    return filled


@method("reshape")
def _reshape_method(a: Tracer, *shape: Any, order: str = "C") -> Any:
    return reshape(a, shape[0] if len(shape) == 1 else shape, order)


@implements(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    x = traced(a)
    order = range(x.ndim)[::-1] if axes is None else normalize_axis_tuple(axes, x.ndim)
    axes = tuple(order)
    if sorted(axes) != list(range(x.ndim)):
        raise ValueError("axes don't match array")
    return x if axes == tuple(range(x.ndim)) else record_transpose(x, axes=axes)


@method("transpose")
def _transpose_method(a: Tracer, *axes: Any) -> Any:
    return transpose(a, axes[0] if len(axes) == 1 else axes or None)


@implements(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    x = traced(a)
    order = list(range(x.ndim))
    i, j = normalize_axis_index(axis1, x.ndim), normalize_axis_index(axis2, x.ndim)
    order[i], order[j] = order[j], order[i]
    return transpose(x, order)


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    x = traced(a)
    axes = axis if isinstance(axis, tuple) else (axis,)
    added = normalize_axis_tuple(axes, x.ndim + len(axes))
    extents = iter(x.shape)
    return reshape(x, tuple(1 if i in added else next(extents) for i in range(x.ndim + len(axes))))


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    x = traced(a)
    gone: Sequence[int] = (
        [i for i, n in enumerate(x.shape) if n == 1]
        if axis is None
        else normalize_axis_tuple(axis, x.ndim)
    )
    if any(x.shape[i] != 1 for i in gone):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in gone))


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, (-1,), order)


method("flatten")(ravel)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:  # NumPy's signature
    x = traced(array)
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if np.broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(f"cannot broadcast shape {x.shape} to shape {shape}")
    return x if x.shape == shape else record_broadcast(x, shape=shape)


@implements(np.concatenate)
def concatenate(
    arrays: Any, axis: int | None = 0, out: None = None, *, dtype: Any = None, casting: str = ""
) -> Any:
    refuse_out(out)
    xs = joined(*arrays)
    if dtype is not None:
        xs = [astype(x, dtype) for x in xs]
    if axis is None:
        xs, axis = [np.ravel(x) for x in xs], 0
    return record_concatenate(*xs, axis=normalize_axis_index(axis, xs[0].ndim))


@implements(np.stack)
def stack(
    arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None, casting: str = ""
) -> Any:
    refuse_out(out)
    xs = joined(*arrays)
    if any(x.shape != xs[0].shape for x in xs):
        raise ValueError("all input arrays must have the same shape")
    return np.concatenate([np.expand_dims(x, axis) for x in xs], axis, dtype=dtype)


@method("astype")
def _astype(a: Tracer, dtype: Any, *_: Any, **__: Any) -> Any:
    return astype(a, dtype)


@implements(np.copy)
def copy(a: Any, *_: Any, **__: Any) -> Any:
    return traced(a)


implements(np.shape, derivative=ZERO)(lambda a: traced(a).shape)
implements(np.ndim, derivative=ZERO)(lambda a: traced(a).ndim)


@implements(np.size, derivative=ZERO)
def size(a: Any, axis: int | None = None) -> Any:
    x = traced(a)
    return x.size if axis is None else x.shape[axis]


def _filled_like(fill: float) -> Any:
    def like(a: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any) -> Any:
        x = traced(a)
        return traced(np.full(x.shape if shape is None else shape, fill, dtype or x.dtype), x)

    return like


implements(np.zeros_like, np.empty_like, derivative=ZERO)(_filled_like(0.0))
implements(np.ones_like, derivative=ZERO)(_filled_like(1.0))


@implements(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any
) -> Any:
    x = traced(a, fill_value)
    value = astype(traced(fill_value, x), dtype or x.dtype)
    return np.broadcast_to(value, x.shape if shape is None else shape)
