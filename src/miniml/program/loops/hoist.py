"""Loops that do at each step what needs the step before, and the rest for all steps at once.

What needs the rows alone is done ahead of the loop, and what is only added up after it: then a
product for each step becomes one for all, and an operation on a few numbers is called once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.ir.cost import nbytes
from miniml.program.ir.graph import CONSTANT, Graph, Node, ancestors, interpret
from miniml.program.ir.kinds import Kind
from miniml.program.loops.dead_code import Read, with_loops
from miniml.program.loops.hoist_sums import is_made, summed
from miniml.program.loops.scan_op import Loop, Part, Results
from miniml.program.passes.simplify import rebuild
from miniml.program.rules.axes import Operand, axes_of
from miniml.program.rules.values import astype
from miniml.program.trace.registry import UFUNCS
from miniml.program.trace.tracer import Tracer, apply

MOST = 1 << 24
"""Bytes that may be kept of all steps: what is larger stays in the cache step by step."""


def hoist_loops(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """The outputs, from loops that do step by step only what they must."""
    return graph, with_loops(graph, outputs, _hoisted)


@attrs.frozen
class _Schedule:
    """A step's nodes by where they are computed.

    Attributes:
        ahead: Those that need no more than rows and what all steps share.
        within: Those that the next step or a result needs.
        after: Those that only sums need.
        sums: What is carried to be added to, by its number, and what is added.
    """

    ahead: Sequence[Node]
    within: Sequence[Node]
    after: Sequence[Node]
    sums: Mapping[int, Node]

    @classmethod
    def of(cls, loop: Loop, sums: Mapping[int, Node]) -> "_Schedule":
        """Divide the nodes of a step, with these sums."""
        carries, rows, _ = loop.sections(loop.inputs)
        order = [n for n in ancestors(loop.outputs) if n.inputs or n.op.kind is Kind.CALLED]
        varying, moving, ahead = set(rows), set(carries), set[Node]()
        for node in order:
            by_row = not varying.isdisjoint(node.inputs)
            alone = node.op.kind is Kind.CALLED or (by_row and not axes_of(node.op).few)
            if alone or not moving.isdisjoint(node.inputs):
                moving.add(node)
                continue
            ahead.add(node)
            if by_row:
                varying.add(node)
        needed = set(ancestors(y for k, y in enumerate(loop.outputs) if k not in sums))
        added = {loop.outputs[k] for k in sums}
        rest = [node for node in order if node not in ahead and node not in added]
        return cls(
            [node for node in order if node in ahead],
            [node for node in rest if node in needed],
            [node for node in rest if node not in needed],
            sums,
        )


def _hoisted(
    graph: Graph,
    node: Node,
    results: Results,
    inputs: Sequence[Node],
    read: Mapping[Node, Read],
) -> dict[Node, Node]:
    """A loop, and what reads parts of it, with what comes ahead and after."""
    body, outputs = rebuild(results.loop.outputs, results.loop.inputs)
    _, outputs = hoist_loops(body, outputs)
    loop = attrs.evolve(results.loop, graph=body, inputs=body.inputs, outputs=outputs)
    if not read and len(results.parts) == 1:
        only = results.parts[0]
        read = {node: Read(only, (0, only.size, 1))}
    parts = _schedule(loop, results)
    terms = {term for term in parts.sums.values() if not is_made(term)}
    size = nbytes([*parts.ahead, *(x for x in parts.after if x not in terms)])
    if not read or not (parts.ahead or parts.sums) or loop.length * size > MOST:
        whole = Results(loop, results.parts)
        return {node: graph.apply(whole.op, inputs, (), node.origin)}
    _, rows, _ = loop.sections(loop.inputs)
    given = zip(loop.inputs, inputs, strict=True)
    known = {
        slot: Operand(Tracer(graph, x), loop.length if slot in rows else None)
        for slot, x in [*given][loop.carried :]
    }
    _record(graph, parts.ahead, known, loop.length)
    left = _RemainingLoop.of(loop, results, parts, known)
    values = left.recorded(graph, inputs, known, node)
    _record(graph, parts.after, known, loop.length)
    for k, term in parts.sums.items():
        values["final", k] = summed(term, known, loop.length) + Tracer(graph, inputs[k])
    for k, y in enumerate(loop.outputs[loop.carried :]):
        if y in known and ("result", k) not in values:
            values["result", k] = known[y].whole(loop.length)
    found: dict[Node, Node] = {}
    for user, one in read.items():
        flat: Any = np.reshape(values[one.part.place], (one.part.size,))
        start, stop, step = one.place
        found[user] = astype(flat[start:stop:step], results.dtype).node
    return found


def _schedule(loop: Loop, results: Results) -> _Schedule:
    """Divide a step, with all sums that can be taken afterwards."""
    sums = _sums(loop, results) if results.dtype.kind == "f" else {}
    while True:
        parts = _Schedule.of(loop, sums)
        kept = {*parts.within, *loop.inputs[: loop.carried]}
        after = set(parts.after)
        late: dict[int, Node] = {}
        for k, term in sums.items():
            needed = ancestors([term], lambda node: node.inputs if node in after else ())  # noqa: B023
            if all(
                axes_of(n.op).few if n in after else n not in kept or n.dtype == results.dtype
                for n in needed
            ):
                late[k] = term
        if len(late) == len(sums):
            return parts
        sums = late


def _sums(loop: Loop, results: Results) -> dict[int, Node]:
    """What is only added to, of which nobody wants but the end; and what is added."""
    places = {part.place for part in results.parts}
    order = ancestors(loop.outputs)
    found: dict[int, Node] = {}
    for k, (slot, y) in enumerate(zip(loop.inputs[: loop.carried], loop.outputs, strict=False)):
        if y.op is not UFUNCS["add"] or ("kept", k) in places or slot not in y.inputs:
            continue
        term = y.inputs[1] if y.inputs[0] is slot else y.inputs[0]
        alone = [n for n in order if slot in n.inputs or y in n.inputs] == [y]
        once = sum(z in {slot, y} for z in loop.outputs) == 1
        if alone and once and term is not slot and term.inputs and term.shape == slot.shape:
            found[k] = term
    return found


@attrs.frozen
class _RemainingLoop:
    """The loop that is left.

    Attributes:
        results: Its operation; None where nothing is left to do step by step.
        carries: Which of what was carried still is.
        taken: What it takes beside: rows, then what all steps share.
        places: Of each of its results, what it was before: a part's place, or a node.
    """

    results: Results | None
    carries: Sequence[int]
    taken: Sequence[Node]
    places: Sequence[tuple[str, int] | Node]

    @classmethod
    def of(
        cls, loop: Loop, results: Results, parts: _Schedule, known: Mapping[Node, Operand]
    ) -> "_RemainingLoop":
        """Leave what is within, which writes down what comes after needs."""
        within = {*parts.within, *loop.inputs[: loop.carried]}
        needed = [*(i for node in parts.after for i in node.inputs), *parts.sums.values()]
        wanted = [*dict.fromkeys(i for i in needed if i in within)]
        carries = [k for k in range(loop.carried) if k not in parts.sums]
        made = loop.outputs[loop.carried :]
        stay = [k for k, y in enumerate(made) if y not in known]
        outputs = [*(loop.outputs[k] for k in carries), *(made[k] for k in stay), *wanted]
        used = dict.fromkeys([*(i for node in parts.within for i in node.inputs), *outputs])
        taken = [x for x in used if x in known and x.op is not CONSTANT]
        rows = [x for x in taken if known[x].count]
        shared = [x for x in taken if not known[x].count]
        body = Graph()
        slots = [*(loop.inputs[k] for k in carries), *rows, *shared]
        copies = {slot: body.input(slot.shape, slot.dtype) for slot in slots}
        step = interpret(outputs, copies, body.copy)
        rest = attrs.evolve(
            loop,
            graph=body,
            inputs=body.inputs,
            outputs=step,
            carried=len(carries),
            rows=len(rows),
        )
        numbers = {"final": carries, "kept": carries, "result": stay}
        old = [part for part in results.parts if part.number in numbers[part.kind]]
        new = [
            *(attrs.evolve(part, number=numbers[part.kind].index(part.number)) for part in old),
            *(
                Part("result", len(stay) + k, (loop.length, *x.shape), x.dtype)
                for k, x in enumerate(wanted)
            ),
        ]
        places: list[tuple[str, int] | Node] = [*(part.place for part in old), *wanted]
        return cls(Results(rest, new) if new else None, carries, [*rows, *shared], places)

    def recorded(
        self, graph: Graph, inputs: Sequence[Node], known: dict[Node, Operand], node: Node
    ) -> dict[tuple[str, int], Any]:
        """Record the loop: its results by their old places; those of nodes become known."""
        values: dict[tuple[str, int], Any] = {}
        if self.results is None:
            return values
        given = [*(inputs[k] for k in self.carries), *(known[x].value.node for x in self.taken)]
        vector = Tracer(graph, graph.apply(self.results.op, given, (), node.origin))
        laid_out = self.results.laid_out(vector).values()
        for place, value in zip(self.places, laid_out, strict=True):
            if isinstance(place, Node):
                known[place] = Operand(value, self.results.loop.length)
            else:
                values[place] = value
        return values


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
                apply(node.op, *(x.value for x in operands), **dict(node.options))
                if alike
                else axes_of(node.op).batched(node, operands, count)
            )
        known[node] = Operand(value, None if alike else count)
