"""Loops that compute only what is read of their results."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import attrs

from miniml.program.ir.graph import Graph, Node, ancestors, interpret
from miniml.program.loops.scan_op import Loop, Part, Results, loop_of
from miniml.program.rules.indexing import get_slice


@attrs.frozen
class Read:
    """What is read of a loop's results: a part of them laid out in one vector, or a slice of that."""

    part: Part
    place: tuple[int, int, int]

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the part."""
        return self.place == (0, self.part.size, 1)


Rewrite: TypeAlias = Callable[
    [Graph, Node, Results, Sequence[Node], Mapping[Node, Read]], dict[Node, Node]
]
"""From a loop, its inputs, and what its users read, to what stands for it and for them."""


def prune_loops(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """The outputs, from loops that compute only what is read of their results."""
    return graph, with_loops(graph, outputs, _pruned)


def with_loops(graph: Graph, outputs: Sequence[Node], rewrite: Rewrite) -> list[Node]:
    """The outputs, from other loops."""
    order = ancestors(outputs)
    users: dict[Node, list[Node]] = {}
    for node in order:
        for i in node.inputs:
            users.setdefault(i, []).append(node)
    moved: dict[Node, Node] = {}

    def visit(node: Node, into: Sequence[Node]) -> Node:
        results = loop_of(node)
        if results is None:
            return graph.moved(node, into)
        read = {} if node in outputs else _read(results, users[node])
        moved.update(rewrite(graph, node, results, into, read))
        return moved.get(node, node)  # what reads its parts may be all that is left

    return interpret(outputs, moved, visit)


def _read(results: Results, users: Sequence[Node]) -> dict[Node, Read]:
    """What each user reads of one part; nothing where one reads something else."""
    read: dict[Node, Read] = {}
    for user in users:
        if user.op is not get_slice.op:
            return {}
        ((start, stop, step),) = user.option("places")
        for part, first, end in results.ends():
            if step > 0 and first <= start and stop <= end:
                read[user] = Read(part, (start - first, stop - first, step))
                break
        else:
            return {}
    return read


def _pruned(
    graph: Graph,
    node: Node,
    results: Results,
    inputs: Sequence[Node],
    read: Mapping[Node, Read],
) -> dict[Node, Node]:
    """A loop, and what reads parts of it, with the parts alone that are read."""
    wanted = {one.part for one in read.values()}
    used = [part for part in results.parts if not read or part in wanted]
    loop, taken, renumbered = _needed(results.loop, used)
    _, within = prune_loops(loop.graph, loop.outputs)
    if len(used) == len(results.parts) and within == loop.outputs:
        return {node: graph.apply(node.op, inputs, node.options, node.origin)}
    fewer = Results(attrs.evolve(loop, outputs=within), [renumbered[part] for part in used])
    vector = graph.apply(fewer.op, [inputs[k] for k in taken], (), node.origin)
    first = {part: start for part, start, _ in fewer.ends()}
    found = {node: vector}
    for user, one in read.items():
        if len(used) == 1 and one.is_whole:
            found[user] = vector
            continue
        start, stop, step = one.place
        begin = first[renumbered[one.part]]
        places = ((begin + start, begin + stop, step),)
        found[user] = graph.apply(get_slice.op, [vector], (("places", places),))
    return found


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
        loop.name,
        loop.graph,
        [loop.inputs[k] for k in (*carries, *taken)],
        [loop.outputs[k] for k in (*carries, *(loop.carried + k for k in made))],
        len(carries),
        sum(k < loop.carried + loop.rows for k in taken),
        0,
        loop.length,
        loop.reverse,
        loop.vjp,
    )
    numbers = {"result": made, "final": carries, "kept": carries}
    return (
        fewer,
        [*carries, *taken],
        {p: attrs.evolve(p, number=numbers[p.kind].index(p.number)) for p in parts},
    )
