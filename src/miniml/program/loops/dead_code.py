"""Dead code in loops: results of a loop that are not used, and what only they need."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import attrs

from miniml.program.ir.graph import ITEM, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.loops.scan_op import Loop

LoopRewrite: TypeAlias = Callable[
    [Graph, Node, Loop, Sequence[Node], Sequence[int]], Mapping[int, Node]
]
"""From a graph, a node, its loop, its new inputs and the numbers of the results in use to these results."""


def prune_loops(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Remove from loops what computes results that are not used; return the graph and its outputs."""
    return graph, rewrite_loops(graph, outputs, _pruned)


def rewrite_loops(graph: Graph, outputs: Sequence[Node], rewrite: LoopRewrite) -> list[Node]:
    """Rewrite each loop that the outputs need; return the outputs."""
    used: dict[Node, list[Node]] = {}
    for node in ancestors(outputs):
        if node.op is ITEM:
            used.setdefault(node.inputs[0], []).append(node)
    if not any(isinstance(node.op.repeated, Loop) for node in used):
        return list(outputs)
    moved: dict[Node, Node] = {}

    def visit(node: Node, into: Sequence[Node]) -> Node:
        loop = node.op.repeated
        if not isinstance(loop, Loop):
            return graph.moved(node, into)
        results = {item.option("number"): item for item in used[node]}
        found = rewrite(graph, node, loop, into, sorted(results))
        moved.update({item: found[number] for number, item in results.items()})
        return node  # unused: its items have been moved

    return interpret(outputs, moved, visit)


def _pruned(
    graph: Graph, node: Node, loop: Loop, inputs: Sequence[Node], used: Sequence[int]
) -> Mapping[int, Node]:
    """Record a loop that computes only the results with these numbers."""
    finals = [loop.finals[k] for k in used if k < len(loop.finals)]
    made = [loop.carried + k - len(loop.finals) for k in used if k >= len(loop.finals)]
    carried = set(finals)
    before: set[int] | None = None
    nodes: set[Node] = set()
    while carried != before:  # a carried value may need others
        before = set(carried)
        nodes = set(ancestors(loop.outputs[k] for k in (*carried, *made)))
        carried |= {k for k in range(loop.carried) if loop.inputs[k] in nodes}
    carries = sorted(carried)
    taken = [k for k in range(loop.carried, len(loop.inputs)) if loop.inputs[k] in nodes]
    _, outputs = prune_loops(loop.graph, [loop.outputs[k] for k in (*carries, *made)])
    fewer = attrs.evolve(
        loop,
        inputs=[loop.inputs[k] for k in (*carries, *taken)],
        outputs=outputs,
        carried=len(carries),
        rows=sum(k < loop.carried + loop.rows for k in taken),
        finals=[carries.index(k) for k in finals],
        rule=None,
    )
    results = graph.apply(fewer.op, [inputs[k] for k in (*carries, *taken)], (), node.origin)
    return {number: graph.item(results, k) for k, number in enumerate(used)}
