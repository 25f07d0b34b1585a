"""Move work out of the loops of `scan`: what a step needs of no other step is done for all at once.

What depends on rows and shared values alone is computed ahead of the loop. What is only added up is
summed after it: a product in each step becomes one product of all rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from miniml.program.ir.cost import nbytes
from miniml.program.ir.graph import CONSTANT, ITEM, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.loops.dead_code import rewrite_loops
from miniml.program.loops.hoist_sums import needs_stack, summed
from miniml.program.loops.scan_op import Loop
from miniml.program.passes.simplify import rebuild
from miniml.program.rules.axes import Operand, axes_of, reapply
from miniml.program.trace.registry import UFUNCS
from miniml.program.trace.tracer import Tracer

LARGEST_HOISTED = 1 << 24
"""The most bytes of hoisted values of all steps: larger ones stay in the loop, and in the cache."""


def hoist_loops(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Move out of the loops what need not be done step by step; return the graph and its outputs."""
    return graph, rewrite_loops(graph, outputs, _hoisted)


@attrs.frozen
class _Schedule:
    """A step's nodes by where they are computed.

    Attributes:
        ahead: The nodes that need only rows and shared values.
        within: The nodes that the next step or an output needs.
        after: The nodes that only sums need.
        sums: The terms that are added to carried values, by the value's number.
    """

    ahead: Sequence[Node]
    within: Sequence[Node]
    after: Sequence[Node]
    sums: Mapping[int, Node]

    @classmethod
    def of(cls, loop: Loop, sums: Mapping[int, Node]) -> "_Schedule":
        """Schedule the nodes of a step, with these sums."""
        carries, rows, _ = loop.sections(loop.inputs)
        order = [n for n in ancestors(loop.outputs) if n.inputs or n.op.kind.is_called]
        varying, moving, ahead = set(rows), set(carries), set[Node]()
        for node in order:
            by_row = not varying.isdisjoint(node.inputs)
            alone = node.op.kind.is_called or (by_row and not axes_of(node.op).one_pass)
            if alone or not moving.isdisjoint(node.inputs):
                moving.add(node)
                continue
            ahead.add(node)
            if by_row:
                varying.add(node)
        needed = set(ancestors(y for k, y in enumerate(loop.outputs) if k not in sums))
        added = {loop.outputs[k] for k in sums}
        rest = [node for node in order if node not in ahead and node not in added]
        within = {n for n in rest if n in needed or (n.op is ITEM and n.inputs[0] in needed)}
        return cls(
            [node for node in order if node in ahead],
            [node for node in rest if node in within],
            [node for node in rest if node not in within],
            sums,
        )

    @classmethod
    def best(cls, loop: Loop) -> "_Schedule":
        """Schedule the nodes of a step, with all sums that can be taken after the loop."""
        sums = _sums(loop)
        while True:
            schedule = cls.of(loop, sums)
            after = set(schedule.after)
            possible: dict[int, Node] = {}
            for k, term in sums.items():
                needed = ancestors([term], lambda node: node.inputs if node in after else ())  # noqa: B023
                if all(axes_of(node.op).one_pass for node in needed if node in after):
                    possible[k] = term
            if len(possible) == len(sums):
                return schedule
            sums = possible


def _sums(loop: Loop) -> dict[int, Node]:
    """Return the terms that steps add to carried floats, of which nothing but the last value is used."""
    users: dict[Node, list[Node]] = {}
    for node in ancestors(loop.outputs):
        for i in dict.fromkeys(node.inputs):
            users.setdefault(i, []).append(node)
    uses = Counter(loop.outputs)
    found: dict[int, Node] = {}
    for k, (slot, y) in enumerate(zip(loop.inputs[: loop.carried], loop.outputs, strict=False)):
        if y.op is not UFUNCS["add"] or slot not in y.inputs or slot.dtype.kind != "f":
            continue
        term = y.inputs[1] if y.inputs[0] is slot else y.inputs[0]
        alone = users[slot] == [y] and y not in users
        once = uses[slot] + uses[y] == 1
        if alone and once and term is not slot and term.inputs and term.shape == slot.shape:
            found[k] = term
    return found


def _hoisted(
    graph: Graph, node: Node, loop: Loop, inputs: Sequence[Node], used: Sequence[int]
) -> Mapping[int, Node]:
    """Record what is computed ahead of a loop, the loop that remains, and what is computed after it."""
    body, outputs = rebuild(loop.outputs, loop.inputs)
    _, outputs = hoist_loops(body, outputs)
    loop = attrs.evolve(loop, graph=body, inputs=body.inputs, outputs=outputs, rule=None)
    schedule = _Schedule.best(loop)
    terms = {term for term in schedule.sums.values() if not needs_stack(term)}
    size = nbytes([*schedule.ahead, *(x for x in schedule.after if x not in terms)])
    if not (schedule.ahead or schedule.sums) or loop.length * size > LARGEST_HOISTED:
        whole = graph.apply(loop.op, inputs, (), node.origin)
        return {number: graph.item(whole, number) for number in used}
    _, rows, _ = loop.sections(loop.inputs)
    known = {
        slot: Operand(Tracer(graph, x), loop.length if slot in rows else None)
        for slot, x in [*zip(loop.inputs, inputs, strict=True)][loop.carried :]
    }
    _record(graph, schedule.ahead, known, loop.length)
    finals = _remaining(graph, node, loop, inputs, schedule, known)
    _record(graph, schedule.after, known, loop.length)
    for k, term in schedule.sums.items():
        finals[k] = summed(term, known, loop.length) + Tracer(graph, inputs[k])
    results = [
        *(finals[k] for k in loop.finals),
        *(known[y].whole(loop.length) for y in loop.outputs[loop.carried :]),
    ]
    return {number: results[number].node for number in used}


def _remaining(  # noqa: PLR0917  # what `_hoisted` knows
    graph: Graph,
    node: Node,
    loop: Loop,
    inputs: Sequence[Node],
    schedule: _Schedule,
    known: dict[Node, Operand],
) -> dict[int, Any]:
    """Record the loop that remains.

    It also has as outputs the values that are needed after it; all its outputs become known.

    Returns:
        The carried values after the last step, by number.
    """
    within = {*schedule.within, *loop.inputs[: loop.carried]}
    needed = [*(i for x in schedule.after for i in x.inputs), *schedule.sums.values()]
    stay = [y for y in loop.outputs[loop.carried :] if y not in known]
    made = list(dict.fromkeys([*stay, *(x for x in needed if x in within)]))
    carries = [k for k in range(loop.carried) if k not in schedule.sums]
    finals = [k for k in carries if k in loop.finals]
    if not (finals or made):
        return {}
    outputs = [*(loop.outputs[k] for k in carries), *made]
    read = dict.fromkeys([*(i for x in schedule.within for i in x.inputs), *outputs])
    taken = [x for x in read if x in known and x.op is not CONSTANT]
    rows = [x for x in taken if known[x].count]
    shared = [x for x in taken if not known[x].count]
    body = Graph()
    slots = [*(loop.inputs[k] for k in carries), *rows, *shared]
    copies = {slot: body.input(slot.shape, slot.dtype) for slot in slots}
    rest = attrs.evolve(
        loop,
        graph=body,
        inputs=body.inputs,
        outputs=interpret(outputs, copies, body.copy),
        carried=len(carries),
        rows=len(rows),
        finals=[carries.index(k) for k in finals],
    )
    given = [*(inputs[k] for k in carries), *(known[x].value.node for x in (*rows, *shared))]
    whole = graph.apply(rest.op, given, (), node.origin)
    results = [Tracer(graph, graph.item(whole, k)) for k in range(len(whole.parts))]
    known |= {x: Operand(y, loop.length) for x, y in zip(made, results[len(finals) :], strict=True)}
    return dict(zip(finals, results, strict=False))


def _record(graph: Graph, nodes: Iterable[Node], known: dict[Node, Operand], count: int) -> None:
    """Record nodes of a step for all steps at once."""
    for node in nodes:
        for i in node.inputs:
            if i not in known:
                assert i.op is CONSTANT, "what all steps share is an input, or a constant"
                known[i] = Operand(Tracer(graph, graph.copy(i, ())), None)
        operands = [known[i] for i in node.inputs]
        alike = all(x.count is None for x in operands)
        with graph.at(node.origin):
            value: Any = (
                reapply(node, *(x.value for x in operands))
                if alike
                else axes_of(node.op).batched(node, operands, count)
            )
        known[node] = Operand(value, None if alike else count)
