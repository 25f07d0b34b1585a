"""Recording loops and their batches: a step is traced once for any number of them."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.batching.vmap import map_batch
from miniml.program.ir.dtypes import KINDS
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import CONSTANT, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.loops.backward import gradients
from miniml.program.loops.scan_op import Loop
from miniml.program.rules.axes import Alone, Operand
from miniml.program.rules.values import astype
from miniml.program.trace.active import current
from miniml.program.trace.mutation import scope
from miniml.program.trace.tracer import Tracer, apply, fitted, items, lift, refuse_escaped, variable

Step = Callable[[list[Any], list[Any]], tuple[list[Any], list[Any]]]
"""From the carried values and one row of each array to what is carried on, and the step's outputs."""

_FEW = 16
"""Constants of more elements are shared, not copied."""


def record(
    step: Step,
    carry: Sequence[Any],
    rows: Sequence[Any],
    length: int,
    *,
    reverse: bool,
    names: Sequence[str] = (),
) -> tuple[list[Any], list[Any]]:
    """Record a loop, and return the carried values after the last step and the stacked outputs.

    The operation also has as results what each step began with, and what the user's functions
    returned in each step: the derivative needs them.

    Args:
        step: Records a step.
        carry: The values that the first step is given.
        rows: The arrays to go through.
        length: The number of steps.
        reverse: Whether to go from the last row to the first.
        names: The names of the carried values, for errors.

    Returns:
        The carried values after the last step (the given tracer if no step changes it), and the
        outputs of all steps, array by array.

    Raises:
        TraceError: If a step carries on another shape, or a narrower dtype, than it was given.
    """
    graph = current()
    start = len(graph.nodes)
    slots = [variable(x) for x in (*carry, *(row[0] for row in rows))]
    with scope(graph):
        after, made = step(slots[: len(carry)], slots[len(carry) :])
    all_of = {slot.node: row.node for slot, row in zip(slots[len(carry) :], rows, strict=True)}
    graph.checks += [(all_of[n], check) for n, check in graph.checks if n in all_of]
    outputs = [lift(graph, value) for value in (*after, *made)]
    places = names or [""] * len(carry)
    wider = [_as_carried(*each) for each in zip(places, carry, outputs, strict=False)]
    refuse_escaped(graph, [y.node for y in outputs])
    # A value that is carried on as it was given is shared by all steps: none of them keeps it.
    moving = [k for k in range(len(carry)) if outputs[k].node is not slots[k].node]
    own = [slot.node for slot in (*(slots[k] for k in moving), *slots[len(carry) :])]
    graph.finished.update(own)
    if [(x.dtype, x.weak) for x in wider] != [(x.dtype, x.weak) for x in carry]:
        return record(step, wider, rows, length, reverse=reverse, names=names)
    given = [carry[k] for k in moving]
    after = [astype(outputs[k], carry[k].dtype) for k in moving]
    wanted = [y.node for y in (*after, *outputs[len(carry) :])]
    body, nodes, shared = _body(own, wanted, start)
    order = ancestors(nodes)
    calls = [x for x in order if x.op.kind.is_called]
    n = len(moving)
    loop = Loop(
        name=f"scan_{len(graph.nodes)}",
        graph=body,
        inputs=body.inputs,
        outputs=[
            *nodes[:n],
            *body.inputs[:n],
            *nodes[n:],
            *(body.item(node, k) for node in calls for k in range(len(node.parts))),
        ],
        carried=n,
        rows=len(rows),
        length=length,
        reverse=reverse,
        finals=range(n),
        rule=functools.partial(gradients, record, calls),
        axes=_BATCHED,
    )
    found = items(apply(loop.op, *given, *rows, *(Tracer(graph, node) for node in shared)))
    finals = list(carry)
    for k, final in zip(moving, found[:n], strict=True):
        finals[k] = Tracer(graph, final.node, carry[k].weak)
    return finals, found[2 * n : 2 * n + len(made)]


def _as_carried(name: str, x: Any, y: Any) -> Tracer:
    """Return the value that a loop begins with, in the dtype after a step; Python's numbers adapt."""
    dtype = np.result_type(*(v.dtype if v.weak is None else v.weak() for v in (x, y)))
    if x.shape != y.shape or (x.dtype == dtype != y.dtype and y.weak is None):
        raise TraceError(
            f"the carried value{f' at {name}' if name else ''} goes into a step as {x!r} and comes "
            f"out as {y!r}: start with an array like the one that comes out"
        )
    weak = KINDS[dtype.kind] if x.weak and y.weak else None
    return Tracer(x.graph, fitted(x, dtype), weak)


def _body(
    slots: Sequence[Node], outputs: Sequence[Node], start: int
) -> tuple[Graph, list[Node], list[Node]]:
    """Return a step's graph and outputs, and the nodes from outside that all steps share.

    Each step makes its calls of the user's functions again, even of shared values. The nodes of the
    step are those from number `start` on.
    """
    changing = set(slots)
    for node in ancestors(outputs, lambda node: () if node in changing else node.inputs):
        anew = node.op.kind.is_called and node.index >= start
        if anew or any(i in changing for i in node.inputs):
            changing.add(node)
    graph = Graph()
    copies = {slot: graph.input(slot.shape, slot.dtype) for slot in slots}
    shared: list[Node] = []

    def visit(node: Node, into: Sequence[Node]) -> Node:
        if node in changing or (node.op is CONSTANT and node.size <= _FEW):
            return graph.copy(node, into)
        shared.append(node)
        return graph.input(node.shape, node.dtype)

    copied = interpret(outputs, copies, visit, lambda n: n.inputs if n in changing else ())
    return graph, copied, shared


class _Batched(Alone):
    """A loop whose steps are recorded for the batch."""

    def batched(self, node: Node, operands: Sequence[Operand], count: int) -> list[Any]:
        """Record the loop over batches."""
        loop = node.op.repeated
        assert isinstance(loop, Loop), "these are the axes of loops"
        carry, rows, shared = loop.sections(operands)
        axes = [*(0 for _ in carry), *(0 if x.count else None for x in (*rows, *shared))]

        def step(state: list[Any], row: list[Any]) -> tuple[list[Any], list[Any]]:
            values = [*state, *row, *(x.value for x in shared)]
            found = map_batch(lambda *given: loop.replayed(given), values, axes, 0)
            return found[: loop.carried], found[loop.carried :]

        first = [x.whole(count) for x in carry]
        through = [np.moveaxis(x.value, 0, 1) if x.count else x.value for x in rows]
        finals, made = record(step, first, through, loop.length, reverse=loop.reverse)
        return [*(finals[k] for k in loop.finals), *(np.moveaxis(x, 0, 1) for x in made)]


_BATCHED = _Batched()
