"""Concatenation of concatenations, merged into one.

An array that is filled row by row is joined again at each row, see `assigning`. After this, and with
slices of joined arrays (`Op.sliced`), a row is read from where it was computed.
"""

from collections import Counter
from collections.abc import Mapping

from miniml.program.ir.graph import Graph, Node
from miniml.program.rules.indexing import cut, get_slice_p
from miniml.program.rules.indices import all_ranges
from miniml.program.rules.joining import concatenate_p

CONCATENATE = concatenate_p.op


def join(graph: Graph, node: Node, copies: Mapping[Node, Node], uses: Counter[Node]) -> Node:
    """Record a joined array in a new graph, from the parts of arrays that were joined only for it."""
    axis: int = node.option("axis")
    parts = [piece for part in node.inputs for piece in _pieces(graph, part, axis, copies, uses)]
    parts = parts or [copies[part] for part in node.inputs]  # of nothing at all
    return parts[0] if len(parts) == 1 else graph.apply(CONCATENATE, parts, (("axis", axis),))


def _pieces(
    graph: Graph, part: Node, axis: int, copies: Mapping[Node, Node], uses: Counter[Node]
) -> list[Node]:
    sliced = part.op is get_slice_p.op
    source = part.inputs[0] if sliced else part
    joined = copies[source]
    shape = (*part.shape[:axis], source.shape[axis], *part.shape[axis + 1 :])
    alone = uses[part] == uses[source] == 1 and shape == source.shape
    if not alone or joined.op is not CONCATENATE or joined.option("axis") != axis:
        return [copies[part]]
    ranges = all_ranges(source.shape, part.option("places")) if sliced else [*map(range, shape)]
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
            found.append(cut(graph, piece, ranges_in_piece, extents))
        start = stop
    return found
