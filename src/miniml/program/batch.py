"""Which parts of a program go point by point: the analysis behind chunks.

Along the points' axis each node is *uniform* (the same for every point), *batched* (each of its
slices along one axis needs only the same points), a *partial sum* (a sum over the points), or comes
*after* (it needs whole sums). A program all of whose nodes are one of these can run chunk by chunk
and add up; where one node is none of these, nothing is claimed and the program runs whole.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import attrs

from miniml.program.graph import ALIAS, CONSTANT, INPUT, Graph, Node, Op, Options, Shape, ancestors
from miniml.program.rules.elementwise import record_where
from miniml.program.rules.indexing import get_slice, put_slice
from miniml.program.rules.linalg import MATMUL
from miniml.program.rules.reductions import reduce_max, reduce_min, reduce_sum
from miniml.program.rules.shaping import (
    record_broadcast,
    record_concatenate,
    record_reshape,
    record_transpose,
)
from miniml.program.tracer import CAST

UNIFORM, PARTIAL, AFTER = "uniform", "partial", "after"

Tag: TypeAlias = int | str
"""The batched axis, or one of the words."""

Axes: TypeAlias = Sequence[int | None]
"""For each input of a node its batched axis, or None where it is uniform."""

Rule: TypeAlias = Callable[[Node, Axes, int], Tag | None]
"""The tag of a node some of whose inputs are batched, or None where nothing can be said."""


@attrs.frozen
class Split:
    """A program's nodes, tagged along `points` points."""

    points: int
    tags: dict[Node, Tag]


def split(outputs: Sequence[Node], inputs: Sequence[Node], groups: Sequence[int]) -> Split | None:
    """Tag the nodes of a graph, if they can all be tagged.

    Args:
        outputs: The program's outputs.
        inputs: Its inputs.
        groups: For each input, which argument it came in: where sizes alone leave a doubt, the
            last arguments are the data.
    """
    leaves = [node for node in ancestors(outputs) if node.op in (INPUT, CONSTANT) and node.shape]
    group = dict(zip(inputs, groups, strict=True))
    sizes = sorted({node.shape[0] for node in leaves}, reverse=True)
    for points in sizes:
        if points < 2:
            break
        fitting = [node for node in leaves if node.shape[0] == points]
        for first in sorted({group.get(node, -1) for node in fitting}):
            batched = {node for node in fitting if group.get(node, first) >= first}
            tags = _tag(outputs, batched, points)
            if tags is not None and PARTIAL in tags.values():
                return Split(points, tags)
    return None


def _tag(outputs: Iterable[Node], batched: set[Node], points: int) -> dict[Node, Tag] | None:
    tags: dict[Node, Tag] = {}
    for node in ancestors(outputs):
        if node in batched:
            tags[node] = 0
            continue
        kinds = {tags[i] for i in node.inputs}
        axes = [tag if isinstance(tag, int) else None for tag in (tags[i] for i in node.inputs)]
        late = bool(kinds & {PARTIAL, AFTER})
        if any(axis is not None for axis in axes):
            rule = BATCHING.get(node.op) or (
                _elementwise if node.op.kind == "elementwise" else None
            )
            tag = None if late or rule is None else rule(node, axes, points)
            if tag is None:
                return None
            tags[node] = tag
        elif late:
            tags[node] = AFTER
        else:
            repeats = node.op is record_broadcast.op and node.shape[:1] == (points,)
            tags[node] = 0 if repeats and _stretched(node) else UNIFORM
    return tags


def _stretched(node: Node) -> bool:
    """Whether a broadcast repeats its input along the first axis."""
    (x,) = node.inputs
    return len(x.shape) < len(node.shape) or x.shape[0] == 1


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
    axis = axes[0]
    reduced = node.option("axis")
    return PARTIAL if axis in reduced else _reduced(node, axes, points)


def _reduced(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = axes[0]
    reduced = node.option("axis")
    assert axis is not None
    return None if axis in reduced else axis - sum(r < axis for r in reduced)


def _reshape(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = axes[0]
    before = math.prod(node.inputs[0].shape[:axis])
    for k, extent in enumerate(node.shape):
        if extent == points and math.prod(node.shape[:k]) == before:
            return k
    return None


def _transpose(node: Node, axes: Axes, points: int) -> Tag | None:
    order: tuple[int, ...] = node.option("axes")
    axis = axes[0]
    assert axis is not None
    return order.index(axis)


def _broadcast(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = axes[0]
    assert axis is not None
    return len(node.shape) - len(node.inputs[0].shape) + axis


def _get_slice(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = axes[0]
    assert axis is not None
    places = node.option("places")
    if places[axis] != (0, points, 1):
        return None
    return axis - sum(isinstance(place, int) for place in places[:axis])


def _put_slice(node: Node, axes: Axes, points: int) -> Tag | None:
    places = node.option("places")
    kept = [k for k, place in enumerate(places) if not isinstance(place, int)]
    axis = axes[0]
    assert axis is not None
    return kept[axis] if places[kept[axis]] == (0, points, 1) else None


def _concatenate(node: Node, axes: Axes, points: int) -> Tag | None:
    axis = axes[0]
    return axis if set(axes) == {axis} and axis != node.option("axis") else None


BATCHING: dict[Op, Rule] = {
    ALIAS: lambda node, axes, points: axes[0],
    CAST: _elementwise,
    record_where.op: _elementwise,
    MATMUL: _matmul,
    reduce_sum.op: _sum,
    reduce_max.op: _reduced,
    reduce_min.op: _reduced,
    record_reshape.op: _reshape,
    record_transpose.op: _transpose,
    record_broadcast.op: _broadcast,
    get_slice.op: _get_slice,
    put_slice.op: _put_slice,
    record_concatenate.op: _concatenate,
}


def narrowed(node: Node, axis: Tag, rows: int) -> Options:
    """The options of a batched node for a chunk of so many rows."""
    options: list[tuple[str, Any]] = []
    for name, value in node.options:
        changed: Any = value
        if isinstance(axis, int) and name == "shape":
            changed = _with_rows(value, axis, rows)  # type: ignore[arg-type]  # a shape
        if name == "places":
            changed = _places(node, axis, rows)
        options.append((name, changed))
    return tuple(options)


def _with_rows(shape: Shape, axis: int, rows: int) -> Shape:
    return (*shape[:axis], rows, *shape[axis + 1 :])


def _places(node: Node, axis: Tag, rows: int) -> tuple[Any, ...]:
    places: list[Any] = list(node.option("places"))
    if isinstance(axis, int):
        kept = [k for k, place in enumerate(places) if not isinstance(place, int)]
        at = kept[axis] if node.op is get_slice.op else axis
        places[at] = (0, rows, 1)
    return tuple(places)


def chunk_graph(
    wanted: Sequence[Node], tags: dict[Node, Tag], rows: int
) -> tuple[Graph, list[Node], list[Node]]:
    """The part of a program that computes `wanted` for a chunk of rows.

    Returns:
        The graph, its outputs, and the nodes of the whole program that are its inputs: batched
        leaves, to be sliced, and uniform values.
    """
    graph = Graph()
    moved: dict[Node, Node] = {}
    taken: list[Node] = []
    for node in _needed(wanted, tags):
        tag = tags[node]
        if node.op is CONSTANT and tag == UNIFORM:
            assert node.value is not None
            moved[node] = graph.constant(node.value)
        elif _is_given(node, tags):
            shape = _with_rows(node.shape, tag, rows) if isinstance(tag, int) else node.shape
            moved[node] = graph.input(shape, node.dtype)
            taken.append(node)
        else:
            into = [moved[i] for i in node.inputs]
            moved[node] = graph.apply(node.op, into, narrowed(node, tag, rows), node.origin)
    return graph, [moved[node] for node in wanted], taken


def _is_given(node: Node, tags: dict[Node, Tag]) -> bool:
    """Whether a chunk takes the node as an input: leaves and uniform values, views aside."""
    if node.op in (INPUT, CONSTANT):
        return True
    return tags[node] == UNIFORM and node.op.kind not in {"view", "repeat"}


def _needed(wanted: Iterable[Node], tags: dict[Node, Tag]) -> list[Node]:
    found: set[Node] = set()
    waiting = list(wanted)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            if not _is_given(node, tags):
                waiting.extend(node.inputs)
    return sorted(found, key=lambda node: node.index)
