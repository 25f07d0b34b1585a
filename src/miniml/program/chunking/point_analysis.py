"""Find the axis of the points in each node of a program, so that it can run in chunks.

Each node is *uniform* (the same for all points), *batched* (a slice along one axis depends on the
same points of its inputs only), a *partial sum* (a sum over the points), or *after* (it needs whole
sums). If every node is one of these, the program can run in chunks whose sums are added. If a node
is none of these, the program runs whole.
"""

from collections.abc import Iterable, Sequence

import attrs

from miniml.program.ir import cost
from miniml.program.ir.graph import CONSTANT, INPUT, Node
from miniml.program.ir.walk import ancestors
from miniml.program.rules.axes import AFTER, PARTIAL, UNIFORM, Tag, axes_of
from miniml.program.rules.shaping import broadcast_p

EARLY = 0.25
"""The largest fraction of a program's work that may be done before its chunks."""


@attrs.frozen
class PointAnalysis:
    """The tags of a program's nodes.

    Attributes:
        points: The number of points.
        tags: For each node the axis of the points, if it is batched, or its kind.
    """

    points: int
    tags: dict[Node, Tag]


def analyse_points(
    outputs: Sequence[Node], inputs: Sequence[Node], positions: Sequence[int]
) -> PointAnalysis | None:
    """Tag the nodes of a graph; return None if one has no tag.

    Args:
        outputs: The program's outputs.
        inputs: Its inputs.
        positions: For each input, the position of the argument that it came in: if the sizes are
            ambiguous, the last arguments are the data.
    """
    nodes = ancestors(outputs)
    leaves = [node for node in nodes if node.op in (INPUT, CONSTANT) and node.shape]
    repeating = {node.shape[0] for node in nodes if _repeats(node)}
    position = dict(zip(inputs, positions, strict=True))
    sizes = sorted({node.shape[0] for node in leaves}, reverse=True)
    for points in sizes:
        if points < 2:
            break
        fitting = [node for node in leaves if node.shape[0] == points]
        merged = {extent for extent in repeating if extent and extent % points == 0}
        for first in sorted({position.get(node, -1) for node in fitting}):
            batched = {node for node in fitting if position.get(node, first) >= first}
            # A value repeated for each point is batched. If that gives no tags, try values that are
            # repeated along an axis into which the points' axis was merged.
            for extents in ({points}, merged) if merged - {points} else ({points},):
                tags = _tag(nodes, batched, extents, points)
                if tags is not None and PARTIAL in tags.values() and _whole(outputs, tags, points):
                    return PointAnalysis(points, tags)
    return None


def _repeats(node: Node) -> bool:
    """Return whether a broadcast repeats its input along the first axis."""
    if node.op is not broadcast_p.op:
        return False
    (x,) = node.inputs
    return len(x.shape) < len(node.shape) or x.shape[0] < node.shape[0]


def _whole(outputs: Iterable[Node], tags: dict[Node, Tag], points: int) -> bool:
    """Return whether the batched outputs have one slice for each point."""
    return all(node.shape[tag] == points for node in outputs if isinstance(tag := tags[node], int))


def _tag(
    nodes: Sequence[Node], batched: set[Node], extents: set[int], points: int
) -> dict[Node, Tag] | None:
    """Return the tags of all nodes, or None if a node has none.

    A sum over the points that each point needs (a mean to subtract), or another reduction of them (a
    norm to divide by), is computed before the chunks if that is a small part of the work; it is
    uniform then.
    """
    enough = EARLY * _work(nodes)
    early: set[Node] = set()
    while True:
        tags: dict[Node, Tag] = {}
        for node in nodes:
            tag: Tag | None = UNIFORM
            if node in batched:
                tag = 0
            elif node not in early:
                tag = _tagged(node, tags, points)
            if tag is None:
                break
            if tag == UNIFORM and _repeats(node) and node.shape[0] in extents:
                tag = 0
            tags[node] = tag
        else:
            return tags if _work(ancestors(_given(tags))) <= enough else None
        sums = _sums_before(node, tags) or _reduction(node)
        early |= sums
        if not sums or _work(ancestors(early)) > enough:
            return None


def _tagged(node: Node, tags: dict[Node, Tag], points: int) -> Tag | None:
    kinds = [tags[i] for i in node.inputs]
    axes = [kind if isinstance(kind, int) else None for kind in kinds]
    late = PARTIAL in kinds or AFTER in kinds
    if any(axis is not None for axis in axes):
        return None if late else axes_of(node.op).points(node, axes, points)
    return AFTER if late else UNIFORM


def _given(tags: dict[Node, Tag]) -> set[Node]:
    """Return the uniform nodes that the chunks read."""
    return {
        i
        for node, tag in tags.items()
        if isinstance(tag, int) or tag == PARTIAL
        for i in node.inputs
        if tags[i] == UNIFORM
    }


def _sums_before(node: Node, tags: dict[Node, Tag]) -> set[Node]:
    """Return the sums over the points that a node depends on."""
    made_of = ancestors(node.inputs, lambda i: i.inputs if tags[i] == AFTER else ())
    return {i for i in made_of if tags[i] == PARTIAL}


def _reduction(node: Node) -> set[Node]:
    """Return the node if it has fewer elements than an input."""
    return {node} if any(node.size < i.size for i in node.inputs) else set()


def _work(nodes: Iterable[Node]) -> float:
    return cost.seconds(node for node in nodes if node.op not in (INPUT, CONSTANT))
