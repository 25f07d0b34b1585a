"""The graph of one chunk: the batched part of a program, for fewer points."""

from collections.abc import Sequence

import numpy as np

from miniml.program.chunking.point_analysis import PointAnalysis
from miniml.program.ir.graph import CONSTANT, INPUT, AnyArray, Graph, Node, Options
from miniml.program.ir.walk import interpret
from miniml.program.rules.axes import UNIFORM, Tag, axes_of, replaced


def chunk_graph(
    outputs: Sequence[Node], analysis: PointAnalysis, rows: int
) -> tuple[Graph, list[Node], list[Node]]:
    """Return the part of a program that computes some of its nodes for one chunk.

    Args:
        outputs: The nodes to compute.
        analysis: The tags of all nodes.
        rows: The points in the chunk.

    Returns:
        The graph, its outputs, and the nodes of the whole program that are its inputs: batched
        leaves, of which a chunk takes a slice, and uniform values.
    """
    graph = Graph()
    tags = analysis.tags
    taken: list[Node] = []

    def visit(node: Node, into: list[Node]) -> Node:
        tag = tags[node]
        extent = 0
        if isinstance(tag, int):
            shape = node.parts[0][0] if node.parts else node.shape
            extent = shape[tag] // analysis.points * rows
        if node.op is CONSTANT and tag == UNIFORM:
            return graph.copy(node, ())
        if _is_given(node, tags):
            taken.append(node)
            shape = replaced(node.shape, tag, extent) if isinstance(tag, int) else node.shape
            return graph.input(shape, node.dtype)
        counter = _counter(node, tags)
        if counter is not None:
            counting = _counting(node.inputs[counter], analysis.points, rows)
            into.insert(counter, graph.constant(counting))
        return graph.apply(node.op, into, _narrowed(node, tag, extent), node.origin)

    copies = interpret(outputs, {}, visit, lambda node: _followed(node, tags))
    return graph, copies, taken


def _narrowed(node: Node, axis: Tag, extent: int) -> Options:
    """Return the options of a node for fewer elements along the points."""
    if not isinstance(axis, int):
        return node.options
    return axes_of(node.op).narrowed(node, axis, extent)


def _counter(node: Node, tags: dict[Node, Tag]) -> int | None:
    """Return which input counts the points, since a chunk counts its own; None if no input does."""
    axes = [_axis(tags[i]) for i in node.inputs]
    return axes_of(node.op).counter(node, axes, _axis(tags[node]))


def _axis(tag: Tag) -> int | None:
    return tag if isinstance(tag, int) else None


def _counting(node: Node, points: int, rows: int) -> AnyArray:
    """Return a chunk's count of its points, from 0 up, in the axes of the array that counts all."""
    count = node.size // points * rows
    return np.arange(count, dtype=node.dtype).reshape([count if n > 1 else 1 for n in node.shape])


def _is_given(node: Node, tags: dict[Node, Tag]) -> bool:
    """Return whether the node is an input of a chunk: a leaf, or a uniform value that is not a view."""
    if node.op in (INPUT, CONSTANT):
        return True
    return tags[node] == UNIFORM and not node.op.kind.is_view


def _followed(node: Node, tags: dict[Node, Tag]) -> list[Node]:
    """Return the inputs that a chunk computes: all but the counter, and none for the chunk's inputs."""
    counter = _counter(node, tags)
    return [] if _is_given(node, tags) else [i for k, i in enumerate(node.inputs) if k != counter]
