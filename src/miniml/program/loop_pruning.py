"""Loops that compute only what is read of their results."""

from collections.abc import Mapping, Sequence

import attrs

from miniml.program.graph import Graph, Node, ancestors
from miniml.program.loops import Loop, Part, Results
from miniml.program.rules.indexing import get_slice


def pruned(graph: Graph, outputs: Sequence[Node]) -> list[Node]:
    """The outputs, from loops that compute only what is read of their results."""
    order = ancestors(outputs)
    users: dict[Node, list[Node]] = {}
    for node in order:
        for i in node.inputs:
            if isinstance(i.op.compute, Results):
                users.setdefault(i, []).append(node)
    moved: dict[Node, Node] = {}
    for node in order:
        if node in moved:
            continue
        if isinstance(node.op.compute, Results) and node not in outputs:
            moved |= _pruned(graph, node, users[node], moved)
            continue
        into = [moved[i] for i in node.inputs]
        same = all(a is b for a, b in zip(into, node.inputs, strict=True))
        moved[node] = node if same else graph.apply(node.op, into, node.options, node.origin)
    return [moved[node] for node in outputs]


def _pruned(
    graph: Graph, node: Node, users: Sequence[Node], moved: Mapping[Node, Node]
) -> dict[Node, Node]:
    """A loop and the parts that are read of it, where they are not all of them."""
    results: Results = node.op.compute  # type: ignore[assignment]  # as it was asked
    inputs = [moved[i] for i in node.inputs]
    places = {((start, stop, 1),): part for part, start, stop in results.ends()}
    read = {user: places.get(user.option("places")) for user in users if user.op is get_slice.op}
    known = len(read) == len(users) and None not in read.values()
    used = [part for part in results.parts if not known or part in read.values()]
    loop, taken, renumbered = _needed(results.loop, used)
    within = pruned(loop.graph, loop.outputs)
    if len(used) == len(results.parts) and within == loop.outputs:
        return {node: graph.apply(node.op, inputs, node.options, node.origin)}
    fewer = Results(attrs.evolve(loop, outputs=within), [renumbered[part] for part in used])
    vector = graph.apply(fewer.op, [inputs[k] for k in taken], (), node.origin)
    if not known:
        return {node: vector}
    if len(used) == 1:
        return {node: vector, **dict.fromkeys(read, vector)}
    at = {part: ((start, stop, 1),) for part, start, stop in fewer.ends()}
    return {node: vector} | {
        user: graph.apply(get_slice.op, [vector], (("places", at[renumbered[part]]),))
        for user, part in read.items()
        if part is not None
    }


def _needed(loop: Loop, parts: Sequence[Part]) -> tuple[Loop, list[int], dict[Part, Part]]:
    """A loop for some of the results alone: the loop, which inputs it takes, its parts."""
    made = sorted({part.number for part in parts if part.kind == "result"})
    carried = {part.number for part in parts if part.kind != "result"}
    before: set[int] | None = None
    nodes: set[Node] = set()
    while carried != before:  # what is carried may need more of it
        before = set(carried)
        wanted = [*carried, *(loop.carried + k for k in made)]
        nodes = set(ancestors(loop.outputs[k] for k in wanted))
        carried |= {k for k in range(loop.carried) if loop.inputs[k] in nodes}
    carries = sorted(carried)
    taken = [k for k in range(loop.carried, len(loop.inputs)) if loop.inputs[k] in nodes]
    fewer = Loop(
        loop.graph,
        [loop.inputs[k] for k in (*carries, *taken)],
        [loop.outputs[k] for k in (*carries, *(loop.carried + k for k in made))],
        len(carries),
        sum(k < loop.carried + loop.rows for k in taken),
        loop.length,
        loop.reverse,
    )
    numbers = {"result": made, "final": carries, "kept": carries}
    return (
        fewer,
        [*carries, *taken],
        {p: attrs.evolve(p, number=numbers[p.kind].index(p.number)) for p in parts},
    )
