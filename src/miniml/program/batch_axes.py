"""The rules of the batch axis: from an operation and the points' axes of its inputs to that of its result.

A result has such an axis if each slice along it needs only the same points of the inputs. It is a
partial sum if the operation sums over the points. Otherwise nothing can be said.

The axis has an extent of one element for each point, or of several, those of one point side by
side, where another axis was merged into that of the points.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias

import numpy as np

from miniml.program.families import ALONG, ELEMENTWISE, OF_MATRICES, REDUCING
from miniml.program.graph import CONSTANT, Node, Op, Shape
from miniml.program.rules.gathering import ARRAY, NEW, Place, gather, index_of, spread
from miniml.program.rules.indexing import get_slice, put_slice
from miniml.program.rules.inverting import record_solve
from miniml.program.rules.matmul import MATMUL
from miniml.program.rules.reductions import reduce_sum
from miniml.program.rules.scans import (
    recurrence,
)
from miniml.program.rules.shaping import (
    record_broadcast,
    record_concatenate,
    record_reshape,
    record_transpose,
)
from miniml.program.rules.sorting import (
    record_searchsorted,
)
from miniml.program.rules.windows import overlap, windows

UNIFORM: Final = "uniform"
PARTIAL: Final = "partial"
AFTER: Final = "after"

Tag: TypeAlias = int | Literal["uniform", "partial", "after"]
"""The axis along the points, or one of these words."""

Axes: TypeAlias = Sequence[int | None]
"""For each input of a node the axis along the points, or None where it is uniform."""

Rule: TypeAlias = Callable[[Node, Axes, int], Tag | None]
"""The tag of a node with a batched input, or None where nothing can be said."""


def rule_of(op: Op) -> Rule | None:
    """The rule of an operation, if there is one."""
    return RULES.get(op) or (_elementwise if op.kind == "elementwise" else None)


def _first(axes: Axes) -> int:
    """The axis of the only input."""
    (axis,) = axes
    assert axis is not None
    return axis


def _elementwise(node: Node, axes: Axes, points: int) -> Tag | None:
    ends = {len(i.shape) - a for i, a in zip(node.inputs, axes, strict=True) if a is not None}
    if len(ends) != 1:
        return None
    (end,) = ends
    for i, axis in zip(node.inputs, axes, strict=True):
        if axis is None and len(i.shape) >= end and i.shape[-end] != 1:
            return None
    return len(node.shape) - end


def _matmul(node: Node, axes: Axes, points: int) -> Tag | None:
    a, b = node.inputs
    # Counted from the end, so that leading axes line up: 1 is the last axis.
    a_end = None if axes[0] is None else len(a.shape) - axes[0]
    b_end = None if axes[1] is None else len(b.shape) - axes[1]
    b_inner = 1 if len(b.shape) == 1 else 2
    if a_end == 1 and b_end == b_inner:
        return PARTIAL
    if a_end == 1 or b_end == b_inner:
        return None
    a_result = None if a_end is None else a_end if len(b.shape) > 1 else a_end - 1
    b_result = None if b_end is None else b_end if len(a.shape) > 1 or b_end == 1 else b_end - 1
    if a_result is not None and b_result is not None and a_result != b_result:
        return None
    end = a_result if a_result is not None else b_result
    assert end is not None
    for operand, axis in zip((a, b), axes, strict=True):
        leading = end > 2 and len(operand.shape) >= end
        if axis is None and leading and operand.shape[-end] != 1:
            return None
    both = a_result is not None and b_result is not None
    return None if both and end <= 2 else len(node.shape) - end


def _sum(node: Node, axes: Axes, points: int) -> Tag | None:
    return PARTIAL if _first(axes) in node.option("axis") else _reduced(node, axes, points)


def _reduced(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = _first(axes)
    option: int | tuple[int, ...] = node.option("axis")
    gone = option if isinstance(option, tuple) else (option,)
    return None if axis in gone else axis - sum(g < axis for g in gone)


def _beside(node: Node, axes: Axes, points: int) -> Tag | None:
    """Of operations along one axis: any other axis stays."""
    axis = _first(axes)
    return None if axis == node.option("axis") else axis


def _recurrence(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = _elementwise(node, axes, points)
    return None if axis == len(node.shape) - 1 else axis


def _reshape(node: Node, axes: Axes, points: int) -> Tag | None:
    before = math.prod(node.inputs[0].shape[: _first(axes)])
    for k, extent in enumerate(node.shape):
        if math.prod(node.shape[:k]) == before and extent and extent % points == 0:
            return k
    return None


def _transpose(node: Node, axes: Axes, points: int) -> Tag | None:
    order: tuple[int, ...] = node.option("axes")
    return order.index(_first(axes))


def _broadcast(node: Node, axes: Axes, points: int) -> Tag | None:
    return len(node.shape) - len(node.inputs[0].shape) + _first(axes)


def _get_slice(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = _first(axes)
    places = node.option("places")
    if places[axis] != (0, node.inputs[0].shape[axis], 1):
        return None
    return axis - sum(isinstance(place, int) for place in places[:axis])


def _put_slice(node: Node, axes: Axes, points: int) -> Tag | None:
    places = node.option("places")
    kept = [k for k, place in enumerate(places) if not isinstance(place, int)]
    axis = kept[_first(axes)]
    return axis if places[axis] == (0, node.shape[axis], 1) else None


def _windows(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = _first(axes)
    stays = axis not in node.option("axes") and axis < min(
        len(node.shape), len(node.inputs[0].shape)
    )
    return axis if stays else None


def _concatenate(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = axes[0]
    return axis if set(axes) == {axis} and axis != node.option("axis") else None


def _searchsorted(node: Node, axes: Axes, points: int) -> Tag | None:
    return axes[1] if axes[0] is None else None


def _stacked(node: Node, axes: Axes, points: int) -> Tag | None:
    """Functions of matrices, the points being a stack of them."""
    axis = _first(axes)
    return axis if axis < len(node.inputs[0].shape) - 2 else None


def _solve(node: Node, axes: Axes, points: int) -> Tag | None:
    last = len(node.shape) - 1
    if axes[0] is None and axes[1] == len(node.inputs[1].shape) - 1:
        return last  # each right side is a column
    axis = _elementwise(node, axes, points)
    return axis if isinstance(axis, int) and axis < last - 1 else None


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


def _taken(
    places: Sequence[Place], shape: Shape, axis: int | None, arrays: Sequence[Node], axes: Axes
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


def _small(shape: Shape, axis: int | None) -> Shape:
    return tuple(3 if k == axis else min(n, 2) for k, n in enumerate(shape))


def _gather(node: Node, axes: Axes, points: int) -> Tag | None:
    x, *arrays = node.inputs
    return _taken(node.option("places"), x.shape, axes[0], arrays, axes[1:])


def _spread(node: Node, axes: Axes, points: int) -> Tag | None:
    arrays, shape, places = node.inputs[1:], node.option("shape"), node.option("places")
    if axes[0] is None:
        return None
    for axis, extent in enumerate(shape):
        found = _taken(places, shape, axis, arrays, axes[1:]) if extent % points == 0 else None
        if found == axes[0]:
            return axis
    return PARTIAL if _taken(places, shape, None, arrays, axes[1:]) == axes[0] else None


RULES: dict[Op, Rule] = {
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys(REDUCING, _reduced),
    **dict.fromkeys(ALONG, _beside),
    **dict.fromkeys(OF_MATRICES, _stacked),
    MATMUL: _matmul,
    reduce_sum.op: _sum,
    recurrence.op: _recurrence,
    record_reshape.op: _reshape,
    record_transpose.op: _transpose,
    record_broadcast.op: _broadcast,
    get_slice.op: _get_slice,
    put_slice.op: _put_slice,
    windows.op: _windows,
    overlap.op: _windows,
    record_concatenate.op: _concatenate,
    gather.op: _gather,
    spread.op: _spread,
    record_searchsorted.op: _searchsorted,
    record_solve.op: _solve,
}
