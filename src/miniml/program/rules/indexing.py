"""Indexing by slices and integers, and its adjoint; for arrays, see `gathering`."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import AnyArray, DType, Graph, Node, Numpy, Options, Shape
from miniml.program.ir.kinds import Kind, Storage
from miniml.program.rules.advanced_indexing import for_each_axis, gathered
from miniml.program.rules.axes import InputAxes, Operands, Ruled, Tag, only_axis, replaced
from miniml.program.rules.define import Primitive, primitive
from miniml.program.rules.indices import SliceIndex, Span, all_ranges, slices, source, span_of
from miniml.program.rules.moving import BROADCAST, RESHAPE
from miniml.program.trace.index_items import index_items, is_basic
from miniml.program.trace.registry import method
from miniml.program.trace.tracer import Tracer, apply


def _infer(x: Node, places: SliceIndex) -> tuple[Shape, DType]:
    return np.broadcast_to(np.int8(0), x.shape)[slices(places)].shape, x.dtype


def _scatter(g: AnyArray, shape: Shape, places: SliceIndex) -> AnyArray:
    out = np.zeros(shape, g.dtype)
    out[slices(places)] = g
    return out


def _get_batched(node: Node, operands: Operands, count: int) -> Any:
    return apply(node.op, operands[0].value, places=((0, count, 1), *node.option("places")))


def _put_batched(node: Node, operands: Operands, count: int) -> Any:
    places = ((0, count, 1), *node.option("places"))
    return apply(node.op, operands[0].value, shape=(count, *node.shape), places=places)


def _get_points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    axis = only_axis(axes)
    spans = node.option("places")
    if spans[axis] != (0, node.inputs[0].shape[axis], 1):
        return None
    return axis - sum(isinstance(place, int) for place in spans[:axis])


def _put_points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    spans = node.option("places")
    kept = [k for k, place in enumerate(spans) if not isinstance(place, int)]
    axis = kept[only_axis(axes)]
    return axis if spans[axis] == (0, node.shape[axis], 1) else None


def _get_narrowed(node: Node, axis: int, extent: int) -> Options:
    kept = [k for k, place in enumerate(node.option("places")) if not isinstance(place, int)]
    return (("places", _with(node.option("places"), kept[axis], extent)),)


def _put_narrowed(node: Node, axis: int, extent: int) -> Options:
    shape = replaced(node.option("shape"), axis, extent)
    return (("shape", shape), ("places", _with(node.option("places"), axis, extent)))


def _with(places: SliceIndex, axis: int, extent: int) -> SliceIndex:
    return (*places[:axis], (0, extent, 1), *places[axis + 1 :])


def cut(graph: Graph, x: Node, ranges: Sequence[range], shape: Shape) -> Node:
    """Return the elements of `x` at these positions along its axes, in this shape."""
    if any(places != range(n) for places, n in zip(ranges, x.shape, strict=True)):
        x = graph.apply(get_slice_p.op, [x], (("places", tuple(map(span_of, ranges))),))
    return graph.apply(RESHAPE, [x], (("shape", shape),))


def _sliced(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Slice the input's inputs instead of the input."""
    (x,) = inputs
    if x.op.sliced is None:
        return None
    places: SliceIndex = dict(options)["places"]
    return x.op.sliced(graph, x, places, _infer(x, places)[0])


def _of_slice(graph: Graph, x: Node, within: SliceIndex, shape: Shape) -> Node | None:
    """Slice the source of a slice, except for rows, which `reroll` finds by their numbers."""
    inner: SliceIndex = x.option("places")
    if not all(isinstance(place, tuple) for place in inner):
        return None
    source = x.inputs[0]
    parts = all_ranges(source.shape, inner)
    whole = [
        all_of[slice(*span_of(places))]
        for all_of, places in zip(parts, all_ranges(x.shape, within), strict=True)
    ]
    return cut(graph, source, whole, shape)


def _of_put(graph: Graph, x: Node, within: SliceIndex, shape: Shape) -> Node | None:
    """Slice the value that was put there if the slice lies within it; return zeros if it lies beside."""
    ranges = all_ranges(x.shape, within)
    inner: SliceIndex = x.option("places")
    filled = all_ranges(x.shape, inner)
    if any(_beside(places, full) for places, full in zip(ranges, filled, strict=True)):
        zero = graph.constant(np.zeros((), x.dtype))
        return graph.apply(BROADCAST, [zero], (("shape", shape),))
    if any(
        full.step != 1 or not places or min(places) < full.start or max(places) >= full.stop
        for places, full in zip(ranges, filled, strict=True)
    ):
        return None
    moved = [
        range(len(full))[places[0] - full.start :: places.step][: len(places)]
        for place, places, full in zip(inner, ranges, filled, strict=True)
        if isinstance(place, tuple)
    ]
    return cut(graph, x.inputs[0], moved, shape)


def _beside(places: range, others: range) -> bool:
    return not places or not others or max(places) < min(others) or max(others) < min(places)


get_slice_p: Primitive = primitive(
    "getitem",
    lambda x, places: x[slices(places)],
    infer=_infer,
    vjp=lambda i, g, y, x, places: put_slice_p(g, shape=x.shape, places=places),
    axes=Ruled(_get_batched, _get_points, _get_narrowed),
    rewrite=_sliced,
    sliced=_of_slice,
    kind=Kind.VIEW,
    nanoseconds=0.0,
    numpy=Numpy(emit=lambda out, x, *, places, inputs: f"{x}[{source(places)}]"),
)

put_slice_p: Primitive = primitive(
    "put_slice",
    _scatter,
    infer=lambda g, shape, places: (shape, g.dtype),
    vjp=lambda i, g, y, x, shape, places: get_slice_p(g, places=places),
    axes=Ruled(_put_batched, _put_points, _put_narrowed),
    sliced=_of_put,
    jax=lambda jnp, g, shape, places: jnp.zeros(shape, g.dtype).at[slices(places)].set(g),
    nanoseconds=0.25,
    numpy=Numpy(
        storage=Storage.ZEROED,
        emit=lambda out, g, *, shape, places, inputs: (
            None if out is None else f"{out}[{source(places)}] = {g}"
        ),
    ),
)


@method("__getitem__")
def getitem(x: Tracer, index: Any) -> Any:
    items = index_items(index)
    if not is_basic(items):
        return gathered(x, items)
    places: list[int | Span] = []
    shape: list[int] = []
    for item in for_each_axis(x.shape, items):
        if item is None or item is Ellipsis:
            shape.extend([1] * (item is None))
            continue
        extent = x.shape[len(places)]
        if isinstance(item, int):
            if not -extent <= item < extent:
                raise IndexError(
                    f"index {item} is out of bounds for axis {len(places)} with size {extent}"
                )
            # Taking the only element of an axis is a reshape, which costs nothing.
            places.append((0, 1, 1) if extent == 1 else item % extent)
        else:
            start, stop, step = item.indices(extent)
            count = len(range(start, stop, step))
            span: Span = (start, None if stop < 0 else stop, step)
            places.append(span if count else (0, 0, 1))
            shape.append(count)
    whole = all(p == (0, n, 1) for p, n in zip(places, x.shape, strict=True))
    return np.reshape(x if whole else get_slice_p(x, places=tuple(places)), tuple(shape))
