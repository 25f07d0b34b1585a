"""Recording loops, forwards and backwards: a step is traced once, however many there are."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.autodiff.reverse import backward_pass, zeros
from miniml.program.autodiff.trees import current
from miniml.program.ir.dtypes import KINDS
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import CONSTANT, Graph, Node, ancestors
from miniml.program.ir.kinds import Kind
from miniml.program.loops.scan_op import Loop, Results
from miniml.program.rules.values import astype
from miniml.program.trace.mutation import scope
from miniml.program.trace.tracer import Tracer, alias, apply, lift, refuse_escaped

Step = Callable[[list[Any], list[Any]], tuple[list[Any], list[Any]]]
"""From what is carried and one row of each array to what is carried on, and the step's results."""


def results_of(loop: Loop, inputs: Sequence[Any]) -> dict[tuple[str, int], Any]:
    """Record the loop; its results by kind and number."""
    found: dict[tuple[str, int], Any] = {}
    for results in loop.results:
        laid_out = results.laid_out(apply(results.op, *inputs))
        for part in results.parts:
            found[part.place] = laid_out[part.place].astype(part.dtype)
    return found


def record(
    step: Step,
    carry: Sequence[Any],
    rows: Sequence[Any],
    length: int,
    *,
    reverse: bool,
    names: Sequence[str] = (),
) -> tuple[list[Any], list[Any]]:
    """Record a loop: what is carried in the end, and the steps' results, one below the other.

    Args:
        step: Records a step.
        carry: What the first step is given.
        rows: The arrays to go through.
        length: The number of steps.
        reverse: Whether to go from the last row to the first.
        names: What is carried by name, for errors.

    Returns:
        What is carried in the end, and the results of all steps, array by array.

    Raises:
        TraceError: If a step carries on something of another shape or of a narrower dtype than it was given.
    """
    graph = current()
    before = len(graph.nodes)
    slots = [alias(x) for x in (*carry, *(row[0] for row in rows))]
    with scope(graph):
        after, made = step(slots[: len(carry)], slots[len(carry) :])
    all_of = {slot.node: row.node for slot, row in zip(slots[len(carry) :], rows, strict=True)}
    graph.checks += [(all_of[n], check) for n, check in graph.checks if n in all_of]
    outputs = [lift(graph, value) for value in (*after, *made)]
    places = names or [""] * len(carry)
    wider = [_as_carried(*each) for each in zip(places, carry, outputs, strict=False)]
    refuse_escaped(graph, [y.node for y in outputs])
    # What is carried on as it was given is shared by all steps instead: none of them keeps it.
    moving = [k for k in range(len(carry)) if outputs[k].node is not slots[k].node]
    own = [slot.node for slot in (*(slots[k] for k in moving), *slots[len(carry) :])]
    graph.finished.update(own)
    if [(x.dtype, x.weak) for x in wider] != [(x.dtype, x.weak) for x in carry]:
        return record(step, wider, rows, length, reverse=reverse, names=names)
    given = [carry[k] for k in moving]
    after = [astype(outputs[k], carry[k].dtype) for k in moving]
    wanted = [y.node for y in (*after, *outputs[len(carry) :])]
    body, nodes, shared = _body(own, wanted, before)
    called = [node for node in ancestors(nodes) if node.op.kind is Kind.CALLED]
    name = f"scan_{len(graph.nodes)}"
    counts = len(moving), len(rows), len(called)
    loop = Loop(name, body, body.inputs, [*nodes, *called], *counts, length, reverse, _vjp)
    found = results_of(loop, [*given, *rows, *(Tracer(graph, node) for node in shared)])
    finals = list(carry)
    for number, k in enumerate(moving):
        finals[k] = Tracer(graph, found["final", number].node, carry[k].weak)
    return finals, [found["result", k] for k in range(len(made))]


def _as_carried(name: str, x: Any, y: Any) -> Tracer:
    """What a loop begins with, in the dtype that it has after a step; Python's numbers fit to others."""
    dtype = np.result_type(*(v.dtype if v.weak is None else v.weak() for v in (x, y)))
    if x.shape != y.shape or (x.dtype == dtype != y.dtype and y.weak is None):
        raise TraceError(
            f"what is carried{f' at {name}' if name else ''} goes into a step as {x!r} and comes "
            f"out as {y!r}: start with an array like what comes out"
        )
    weak = KINDS[dtype.kind] if x.weak and y.weak else None
    return Tracer(x.graph, astype(x, dtype).node, weak)


def _body(
    slots: Sequence[Node], outputs: Sequence[Node], before: int
) -> tuple[Graph, list[Node], list[Node]]:
    """A step's graph and outputs, and the nodes from outside that it shares with all steps.

    What a step calls is called by each, whatever for; `before` it there were so many nodes.
    """
    graph = Graph()
    copies = {slot: graph.input(slot.shape, slot.dtype) for slot in slots}
    shared: list[Node] = []

    def copied(node: Node) -> Node:
        if node not in copies and node.op is CONSTANT and node.size <= _FEW:
            copies[node] = graph.copy(node, ())
        elif node not in copies:
            shared.append(node)
            copies[node] = graph.input(node.shape, node.dtype)
        return copies[node]

    changing = set(slots)
    for node in ancestors(outputs, lambda node: () if node in changing else node.inputs):
        anew = node.op.kind is Kind.CALLED and node.index >= before
        if (anew or any(i in changing for i in node.inputs)) and node not in changing:
            changing.add(node)
            copies[node] = graph.copy(node, [copied(i) for i in node.inputs])
    return graph, [copied(node) for node in outputs], shared


_FEW = 16
"""Constants of more elements are shared, not copied."""


def _vjp(results: Results, position: int, g: Any, _: Any, *inputs: Any) -> Any:
    key = (results, g.node, *(x.node for x in inputs))
    if key not in g.graph.derived:
        g.graph.derived[key] = _slopes(results, g, inputs)
    return g.graph.derived[key][position]


def _slopes(results: Results, g: Any, inputs: Sequence[Any]) -> list[Any]:
    """The gradients by all inputs: a loop from the last step to the first, each made again.

    What a step has called is not called again: it might be something else.
    """
    loop = results.loop
    values, heads = results_of(loop, inputs), results.laid_out(g)
    _, rows, shared = loop.sections(inputs)
    before = [values["kept", k] for k in range(loop.carried)]
    carried = [k for k in range(loop.carried) if ("kept", k) in heads]
    ends = len(loop.outputs) - loop.carried - loop.called, len(loop.outputs) - loop.carried
    made = [k for k in range(ends[0]) if ("result", k) in heads]
    called = [values["result", k] for k in range(*ends)]
    weights = [x for x in shared if _is_float(x)]

    def back(state: list[Any], row: list[Any]) -> tuple[list[Any], list[Any]]:
        slopes, sums = _pieces(state, len(carried))
        began, known, kept_heads, made_heads = _pieces(
            row, len(before) + len(rows), len(called), len(carried)
        )
        given = [alias(x) if _is_float(x) else x for x in (*began, *shared)]
        wanted = [x for x in given if _is_float(x)]
        outputs = loop.replayed(given, known)
        found = backward_pass(
            [*(outputs[k] for k in carried), *(outputs[loop.carried + k] for k in made)],
            [*slopes, *made_heads],
            wanted,
        )
        through = len(wanted) - len(carried) - len(weights)
        by_carried, by_rows, by_shared = _pieces(found, len(carried), through)
        return [*_added(by_carried, kept_heads), *_added(by_shared, sums)], by_rows

    finals, by_rows = record(
        back,
        [*(heads["final", k] for k in carried), *map(zeros, weights)],
        [
            *(*before, *rows, *called),
            *(heads["kept", k] for k in carried),
            *(heads["result", k] for k in made),
        ],
        loop.length,
        reverse=not loop.reverse,
    )
    by_carried, by_shared = _pieces(finals, len(carried))
    found = iter([*by_carried, *by_rows, *by_shared])
    return [next(found) if _is_float(x) else None for x in inputs]


def _pieces(values: Sequence[Any], *counts: int) -> list[list[Any]]:
    """The values in pieces of so many, and the rest."""
    rest = iter(values)
    return [*(list(itertools.islice(rest, count)) for count in counts), list(rest)]


def _added(these: Sequence[Any], those: Sequence[Any]) -> list[Any]:
    return [np.add(a, b) for a, b in zip(these, those, strict=True)]


def _is_float(x: Any) -> bool:
    return bool(x.dtype.kind == "f")
