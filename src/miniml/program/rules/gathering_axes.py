"""The axes of `gather` and `scatter_add`: for a batch, and along the points."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import CONSTANT, Node, Shape
from miniml.program.rules.axes import PARTIAL, InputAxes, Operands, Tag
from miniml.program.rules.indices import ARRAY, GAP, NEW, WHOLE, IndexItem, index_of, item_at
from miniml.program.trace.tracer import Tracer, apply


def gather_batched(node: Node, operands: Operands, count: int) -> Any:
    """Record `gather` for a batch."""
    x, *arrays = operands
    places: tuple[IndexItem, ...] = node.option("places")
    before = _axes_before(places)
    if all(a.count is None for a in arrays) and before is not None:
        return apply(node.op, x.value, *(a.value for a in arrays), places=(WHOLE, *places))
    depth, indices = _aligned(arrays)
    if x.count is None:
        taken: Any = apply(node.op, x.value, *indices, places=places)
        return np.moveaxis(taken, before or 0, 0)
    numbers = _numbers(x.value, count, depth)
    taken = apply(node.op, x.value, numbers, *indices, places=(ARRAY, *places))
    return np.moveaxis(taken, _array_axes(depth), _result_axes(depth, before))


def scatter_add_batched(node: Node, operands: Operands, count: int) -> Any:
    """Record `scatter_add` for a batch."""
    g, *arrays = operands
    options = dict(node.options)
    places, shape = options["places"], (count, *options["shape"])
    before = _axes_before(places)
    if all(a.count is None for a in arrays) and before is not None:
        indices = [a.value for a in arrays]
        options |= {"shape": shape, "places": (WHOLE, *places)}
        return apply(node.op, g.value, *indices, **options)
    depth, indices = _aligned(arrays)
    value = np.moveaxis(g.whole(count), _result_axes(depth, before), _array_axes(depth))
    options |= {"shape": shape, "places": (ARRAY, *places), "unique_indices": False}
    return apply(node.op, value, _numbers(value, count, depth), *indices, **options)


def _axes_before(places: Sequence[IndexItem]) -> int | None:
    """Return how many axes of the result precede those of the arrays; None if NumPy puts these first.

    It puts the arrays' axes first if a slice, a new axis or an ellipsis lies between arrays or integers.
    """
    taking = [
        k
        for k, place in enumerate(places)
        if not isinstance(place, tuple) and place not in (NEW, GAP)
    ]
    apart = taking[-1] - taking[0] >= len(taking)
    return None if apart else taking[0] - places[: taking[0]].count(GAP)


def _aligned(arrays: Operands) -> tuple[int, list[Any]]:
    """Return the number of axes that one element's arrays broadcast to, and the arrays of the batch."""
    depth = max(a.ndim for a in arrays)
    return depth, [a.aligned(depth) for a in arrays]


def _numbers(like: Any, count: int, depth: int) -> Any:
    """Return the number of each element of the batch, to broadcast with index arrays of `depth` axes."""
    graph = like.graph
    return Tracer(graph, graph.constant(np.arange(count).reshape(count, *(1,) * depth)))


def _array_axes(depth: int) -> list[int]:
    """Return the axes of the index arrays if the batch's numbers are among them: after the batch's axis."""
    return list(range(1, depth + 1))


def _result_axes(depth: int, before: int | None) -> list[int]:
    """Return the places of these axes in the result for a batch."""
    return [k + (before or 0) for k in _array_axes(depth)]


def gather_points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    """Return the points' axis of `gather`."""
    x, *arrays = node.inputs
    return _axis_of(node.option("places"), x.shape, axes[0], arrays, axes[1:])


def scatter_add_points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    """Return the points' axis of `scatter_add`."""
    arrays, shape, places = node.inputs[1:], node.option("shape"), node.option("places")
    if axes[0] is None:
        return None
    for axis, extent in enumerate(shape):
        found = _axis_of(places, shape, axis, arrays, axes[1:]) if extent % points == 0 else None
        if found == axes[0]:
            return axis
    return PARTIAL if _axis_of(places, shape, None, arrays, axes[1:]) == axes[0] else None


def counter(node: Node, axis: int | None) -> int | None:
    """Return which input is the index array that counts the points along an axis of the indexed array."""
    if axis is None:
        return None
    place, number = item_at(node.option("places"), axis)
    return 1 + number if place == ARRAY else None


def _axis_of(
    places: Sequence[IndexItem],
    shape: Shape,
    axis: int | None,
    arrays: Sequence[Node],
    axes: InputAxes,
) -> int | None:
    """Return the points' axis of `x[index]`, for an x of that shape and points' axis.

    An index array that counts the points takes each point's own element.
    """
    axes = list(axes)
    if axis is not None:
        place, number = item_at(places, axis)
        if place == ARRAY:
            axes[number] = _counted_axis(arrays[number], shape[axis])
            if axes[number] is None:
                return None
        elif place != WHOLE:
            return None
    # NumPy shows where the axis goes, on small arrays: 3 elements along the points, 2 elsewhere.
    numbers = [np.zeros(_small(a.shape, k), np.intp) for a, k in zip(arrays, axes, strict=True)]
    index = index_of((0 if isinstance(p, int) else p for p in places), numbers)
    try:
        found = np.zeros(_small(shape, axis))[index].shape
    except IndexError:
        return None
    return found.index(3) if found.count(3) == 1 else None


def _counted_axis(node: Node, extent: int) -> int | None:
    """Return the axis along which a constant counts from 0 up to the extent, or None if it does not."""
    if node.op is not CONSTANT or node.value is None or node.size != extent:
        return None
    if extent not in node.shape:  # it counts along several axes together
        return None
    counting = np.array_equal(node.value.ravel(), np.arange(extent))
    return node.shape.index(extent) if counting else None


def _small(shape: Shape, axis: int | None) -> Shape:
    """Return a shape of few elements, with 3 along the points' axis alone."""
    return tuple(3 if k == axis else min(n, 2) for k, n in enumerate(shape))
