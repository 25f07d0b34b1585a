"""Slices rewritten: of slices, of joined arrays, of one number repeated, and of a slice's gradient.

An array that is filled row by row is joined anew at each row, see `assigning`. With these a row is
read where it was made, and what is joined is joined once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from miniml.program.graph import REWRITES, Graph, Node, Options, Shape
from miniml.program.rules.indexing import Places, Span, get_slice, put_slice
from miniml.program.rules.shaping import record_broadcast, record_concatenate, record_reshape
from miniml.program.rules.windows import fewer, windows

BROADCAST, CONCATENATE, RESHAPE = (
    record_broadcast.op,
    record_concatenate.op,
    record_reshape.op,
)


def _ranges(shape: Shape, places: Places) -> list[range]:
    """The places along each axis."""
    return [
        range(n)[slice(*place)] if isinstance(place, tuple) else range(place, place + 1)
        for n, place in zip(shape, places, strict=True)
    ]


def _span(places: range) -> Span:
    if not places:
        return (0, 0, 1)
    return (places.start, places.stop if places.stop >= 0 else None, places.step)


def _cut(graph: Graph, x: Node, ranges: Sequence[range], shape: Shape) -> Node:
    """The elements of `x` at these places along its axes, in this shape."""
    if any(places != range(n) for places, n in zip(ranges, x.shape, strict=True)):
        x = graph.apply(get_slice.op, [x], (("places", tuple(map(_span, ranges))),))
    return graph.apply(RESHAPE, [x], (("shape", shape),))


def _slice(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    (x,) = inputs
    places: Places = dict(options)["places"]
    shape = get_slice.op.infer(x, places=places)[0]
    ranges = _ranges(x.shape, places)
    if x.op is windows.op:
        return fewer(graph, inputs, options)
    if x.op is BROADCAST and x.inputs[0].size == 1:
        return graph.apply(BROADCAST, x.inputs, (("shape", shape),))
    if x.op is get_slice.op:
        return _of_slice(graph, x, ranges, shape)
    if x.op is CONCATENATE:
        row = not isinstance(places[x.option("axis")], tuple)
        return _of_joined(graph, x, ranges, shape, row=row)
    if x.op is put_slice.op:
        return _of_put(graph, x, ranges, shape)
    return None


def _of_slice(graph: Graph, x: Node, ranges: Sequence[range], shape: Shape) -> Node | None:
    """Of what the inner slice is of, but for rows, which `reroll` knows by their numbers."""
    inner: Places = x.option("places")
    if not all(isinstance(place, tuple) for place in inner):
        return None
    source = x.inputs[0]
    within = _ranges(source.shape, inner)
    whole = [all_of[slice(*_span(places))] for all_of, places in zip(within, ranges, strict=True)]
    return _cut(graph, source, whole, shape)


def _of_joined(
    graph: Graph, x: Node, ranges: Sequence[range], shape: Shape, *, row: bool
) -> Node | None:
    """Of one of the parts, where it lies in one; a row only where it is one of the parts."""
    axis: int = x.option("axis")
    places = ranges[axis]
    start = 0
    for part in x.inputs:
        stop = start + part.shape[axis]
        inside = places and start <= min(places) and max(places) < stop
        if inside and not (row and part.shape[axis] > 1):
            moved = range(part.shape[axis])[places[0] - start :: places.step][: len(places)]
            return _cut(graph, part, [*ranges[:axis], moved, *ranges[axis + 1 :]], shape)
        start = stop
    return None


def _of_put(graph: Graph, x: Node, ranges: Sequence[range], shape: Shape) -> Node | None:
    """Of what was put there, or zeros, where it lies within it or beside it."""
    inner: Places = x.option("places")
    filled = _ranges(x.shape, inner)
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
    return _cut(graph, x.inputs[0], moved, shape)


def _beside(places: range, others: range) -> bool:
    return not places or not others or max(places) < min(others) or max(others) < min(places)


REWRITES[get_slice.op] = _slice


def join(graph: Graph, node: Node, copies: Mapping[Node, Node], uses: Counter[Node]) -> Node:
    """A joined array in a new graph: of the parts of those that were joined for it alone."""
    axis: int = node.option("axis")
    parts = [piece for part in node.inputs for piece in _pieces(graph, part, axis, copies, uses)]
    parts = parts or [copies[part] for part in node.inputs]  # of nothing at all
    return parts[0] if len(parts) == 1 else graph.apply(CONCATENATE, parts, (("axis", axis),))


def _pieces(
    graph: Graph, part: Node, axis: int, copies: Mapping[Node, Node], uses: Counter[Node]
) -> list[Node]:
    sliced = part.op is get_slice.op
    source = part.inputs[0] if sliced else part
    joined = copies[source]
    shape = (*part.shape[:axis], source.shape[axis], *part.shape[axis + 1 :])
    alone = uses[part] == uses[source] == 1 and shape == source.shape
    if not alone or joined.op is not CONCATENATE or joined.option("axis") != axis:
        return [copies[part]]
    ranges = _ranges(source.shape, part.option("places")) if sliced else [*map(range, shape)]
    if ranges[axis].step != 1:
        return [copies[part]]
    found: list[Node] = []
    start = 0
    for piece in joined.inputs:
        stop = start + piece.shape[axis]
        first, last = max(start, ranges[axis].start), min(stop, ranges[axis].stop)
        if first < last:
            ranges_in_piece = [*ranges]
            ranges_in_piece[axis] = range(first - start, last - start)
            extents = tuple(map(len, ranges_in_piece))
            found.append(_cut(graph, piece, ranges_in_piece, extents))
        start = stop
    return found
