"""Dead code in loops: results of a loop that are not used, and what only they need."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
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
    needed, used = set(outputs), defaultdict[Node, list[int]](list)
    inputs: dict[Node, Sequence[Node]] = {}
    for node in reversed(ancestors(outputs)):  # users first: a pruned loop needs less of others
        if node not in needed:
            continue
        if node.op is ITEM:
            used[node.inputs[0]].append(node.option("number"))
        loop = node.op.repeated
        if isinstance(loop, Loop):
            inputs[node] = [node.inputs[k] for k in chain(*_needed(loop, used[node]))]
        needed.update(inputs.get(node, node.inputs))
    pruned = rewrite_loops(graph, outputs, _pruned, lambda node: inputs.get(node, node.inputs))
    return graph, pruned


def rewrite_loops(
    graph: Graph,
    outputs: Sequence[Node],
    rewrite: LoopRewrite,
    inputs_of: Callable[[Node], Sequence[Node]] = attrgetter("inputs"),
) -> list[Node]:
    """Rewrite each loop that the outputs need; return the outputs.

    Args:
        graph: The graph.
        outputs: Nodes of the graph.
        rewrite: Rewrites one loop.
        inputs_of: The inputs of a node that it needs: `rewrite` is given these.
    """
    used: dict[Node, list[Node]] = {}
    for node in ancestors(outputs, inputs_of):
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

    return interpret(outputs, moved, visit, inputs_of)


def _results(loop: Loop, used: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the carried values and the outputs of a step that are results with these numbers."""
    last = len(loop.finals)
    return (
        [loop.finals[k] for k in used if k < last],
        [loop.carried + k - last for k in used if k >= last],
    )


def _needed(loop: Loop, used: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the carried values, and the other inputs, that the results with these numbers need."""
    finals, made = _results(loop, used)
    carried = set(finals)
    before: set[int] | None = None
    nodes: set[Node] = set()
    while carried != before:  # a carried value may need others
        before = set(carried)
        nodes = set(ancestors(loop.outputs[k] for k in (*carried, *made)))
        carried |= {k for k in range(loop.carried) if loop.inputs[k] in nodes}
    others = range(loop.carried, len(loop.inputs))
    return sorted(carried), [k for k in others if loop.inputs[k] in nodes]


def _pruned(
    graph: Graph, node: Node, loop: Loop, inputs: Sequence[Node], used: Sequence[int]
) -> Mapping[int, Node]:
    """Record a loop that computes only the results with these numbers, from the inputs they need."""
    finals, made = _results(loop, used)
    carries, taken = _needed(loop, used)
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
    results = graph.apply(fewer.op, inputs, (), node.origin)
    return {number: graph.item(results, k) for k, number in enumerate(used)}
