"""A loop as one operation: a step is traced once, however many there are."""

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.derive import pullback, zeros
from miniml.program.dtypes import KINDS
from miniml.program.emit_loop import emit_loop
from miniml.program.errors import TraceError
from miniml.program.execute import Compiled, compile_source
from miniml.program.gradient import current
from miniml.program.graph import CONSTANT, AnyArray, DType, Graph, Node, Op, Shape, ancestors
from miniml.program.lower import lower
from miniml.program.rules.define import astype
from miniml.program.simplify import rebuild
from miniml.program.tracer import Tracer, alias, apply, lift, refuse_escaped

Step = Callable[[list[Any], list[Any]], tuple[list[Any], list[Any]]]
"""From what is carried and one row of each array to what is carried on, and the step's results."""

_serial = itertools.count(1)

_WHOLE = np.dtype(np.int64)
"""The dtype of integers and truth values side by side."""


@attrs.frozen(eq=False)
class Loop:
    """A step as a graph of its own, and how often it is made.

    Attributes:
        graph: The step's graph.
        inputs: What is carried, one row of each array, and what all steps share.
        outputs: What is carried on, and the step's results.
        carried: How many are carried.
        rows: How many arrays are gone through row by row.
        length: The number of steps.
        reverse: Whether the last row comes first.
    """

    graph: Graph
    inputs: Sequence[Node]
    outputs: Sequence[Node]
    carried: int
    rows: int
    length: int
    reverse: bool

    def split(self, values: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """The inputs of the loop: what is carried, the arrays, and what all steps share."""
        ends = self.carried, self.carried + self.rows
        return list(values[: ends[0]]), list(values[ends[0] : ends[1]]), list(values[ends[1] :])

    def replayed(self, inputs: Sequence[Tracer]) -> list[Tracer]:
        """Record one step on these inputs in the current trace."""
        graph = current()
        copies = {node: x.node for node, x in zip(self.inputs, inputs, strict=True)}
        for node in ancestors(self.outputs):
            if node not in copies:
                copies[node] = graph.copy(node, copies)
        return [Tracer(graph, copies[node]) for node in self.outputs]

    @functools.cached_property
    def results(self) -> "list[Results]":
        """Its operations; see `Results.of`."""
        return Results.of(self)


@attrs.frozen
class Part:
    """A result of a loop: what is carried in the end, what each step began with, or what it gave."""

    kind: str
    number: int
    shape: Shape
    dtype: DType

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


class Results:
    """The operation of a loop: it lays results out in one vector."""

    def __init__(self, loop: Loop, parts: Sequence[Part]) -> None:
        self.loop = loop
        self.parts = parts
        self.size = sum(part.size for part in parts)
        floats = all(part.dtype.kind == "f" for part in parts)
        self.dtype = np.result_type(*(part.dtype for part in parts)) if floats else _WHOLE
        self.op = Op(
            f"scan_{next(_serial)}", self, self._infer, pull=self._pull if floats else None
        )
        self._known: dict[tuple[Node, ...], list[Any]] = {}  # asked for once for each input

    @classmethod
    def of(cls, loop: Loop) -> "list[Results]":
        """The operations for all results of a loop: one for floats, one for the others."""
        carried, made = loop.outputs[: loop.carried], loop.outputs[loop.carried :]
        parts = [
            *(Part("final", k, n.shape, n.dtype) for k, n in enumerate(carried)),
            *(Part("kept", k, (loop.length, *n.shape), n.dtype) for k, n in enumerate(carried)),
            *(Part("result", k, (loop.length, *n.shape), n.dtype) for k, n in enumerate(made)),
        ]
        floats = [part for part in parts if part.dtype.kind == "f"]
        others = [part for part in parts if part.dtype.kind != "f"]
        return [cls(loop, group) for group in (floats, others) if group]

    @property
    def text(self) -> str:
        """The source of a step, to go below that of the program."""
        return f"\n{self.program.text}"

    def _infer(self, *_: Node) -> tuple[Shape, DType]:
        return (self.size,), self.dtype

    def laid_out(self, vector: Any) -> dict[tuple[str, int], Any]:
        """The results by kind and number, as parts of the vector."""
        return {
            (part.kind, part.number): np.reshape(vector[start:stop], part.shape)
            for part, start, stop in self.ends()
        }

    def ends(self) -> Iterator[tuple[Part, int, int]]:
        """Where each part begins and ends in the vector."""
        stop = 0
        for part in self.parts:
            start, stop = stop, stop + part.size
            yield part, start, stop

    @functools.cached_property
    def program(self) -> Compiled:
        """The loop, compiled."""
        loop = self.loop
        graph, nodes = rebuild(loop.outputs, loop.inputs)
        graph, nodes = lower(nodes, graph.inputs)
        steps = f"range({loop.length})"
        source = emit_loop(
            graph.inputs,
            nodes,
            name=self.op.name,
            carried=loop.carried,
            rows=loop.rows,
            kept=[part.number for part in self.parts if part.kind == "kept"],
            made=[loop.carried + part.number for part in self.parts if part.kind == "result"],
            order=f"reversed({steps})" if loop.reverse else steps,
        )
        return compile_source(source, self.op.name)

    @property
    def repeated(self) -> tuple[Sequence[Node], int]:
        """What a step computes, and how often."""
        return self.program.source.plan.steps, self.loop.length

    def __call__(self, *inputs: AnyArray) -> AnyArray:
        """Make all steps."""
        vector = np.empty(self.size, self.dtype)
        into = self.laid_out(vector)
        for part in self.parts:
            if part.dtype == np.uint64:  # whose bits int64 holds
                place = part.kind, part.number
                into[place] = into[place].view(part.dtype)
        written = [
            into[kind, part.number]
            for kind in ("kept", "result")
            for part in self.parts
            if part.kind == kind
        ]
        workspace = self.program.take()
        finals = self.program.function(*inputs, *written, workspace.buffers)
        self.program.give(workspace)
        for (kind, k), place in into.items():
            if kind == "final":
                place[...] = finals[k]
        return vector

    def _pull(self, position: int, g: Any, _: Any, *inputs: Any) -> Any:
        key = (g.node, *(x.node for x in inputs))
        if key not in self._known:
            self._known[key] = self._slopes(g, inputs)
        return self._known[key][position]

    def _slopes(self, g: Any, inputs: Sequence[Any]) -> list[Any]:
        """The gradients by all inputs: a loop from the last step to the first, each made again."""
        loop = self.loop
        values, slopes = results_of(loop, inputs), self.laid_out(g)
        _, rows, shared = loop.split(inputs)
        kept = [values["kept", k] for k in range(loop.carried)]
        carried = [k for k in range(loop.carried) if ("kept", k) in slopes]
        made = [k for k in range(len(loop.outputs) - loop.carried) if ("result", k) in slopes]
        weights = [x for x in shared if _is_float(x)]

        def back(state: list[Any], row: list[Any]) -> tuple[list[Any], list[Any]]:
            ends = len(kept) + len(rows), len(kept) + len(rows) + len(carried)
            given = [alias(x) if _is_float(x) else x for x in (*row[: ends[0]], *shared)]
            outputs = loop.replayed(given)
            found = pullback(
                [*(outputs[k] for k in carried), *(outputs[loop.carried + k] for k in made)],
                [*state[: len(carried)], *row[ends[1] :]],
                [x for x in given if _is_float(x)],
            )
            by_rows = found[len(carried) : len(found) - len(weights)]
            sums = [*row[ends[0] : ends[1]], *state[len(carried) :]]
            by_state = [*found[: len(carried)], *found[len(found) - len(weights) :]]
            return [np.add(a, b) for a, b in zip(by_state, sums, strict=True)], by_rows

        last = [slopes["final", k] for k in carried]
        heads = [*(slopes["kept", k] for k in carried), *(slopes["result", k] for k in made)]
        by_state, by_rows = record(
            back,
            [*last, *map(zeros, weights)],
            [*kept, *rows, *heads],
            loop.length,
            reverse=not loop.reverse,
        )
        found = iter([*by_state[: len(carried)], *by_rows, *by_state[len(carried) :]])
        return [next(found) if _is_float(x) else None for x in inputs]


def _is_float(x: Any) -> bool:
    return bool(x.dtype.kind == "f")


def results_of(loop: Loop, inputs: Sequence[Any]) -> dict[tuple[str, int], Any]:
    """Record the loop; its results by kind and number."""
    found: dict[tuple[str, int], Any] = {}
    for results in loop.results:
        laid_out = results.laid_out(apply(results.op, *inputs))
        for part in results.parts:
            place = part.kind, part.number
            found[place] = laid_out[place].astype(part.dtype)
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
    slots = [alias(x) for x in (*carry, *(row[0] for row in rows))]
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
    body, nodes, shared = _body(own, [y.node for y in (*after, *outputs[len(carry) :])])
    loop = Loop(body, body.inputs, nodes, len(moving), len(rows), length, reverse)
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


def _body(slots: Sequence[Node], outputs: Sequence[Node]) -> tuple[Graph, list[Node], list[Node]]:
    """A step's graph and outputs, and the nodes from outside that it shares with all steps."""
    graph = Graph()
    copies = {slot: graph.input(slot.shape, slot.dtype) for slot in slots}
    shared: list[Node] = []

    def copied(node: Node) -> Node:
        if node not in copies and node.op is CONSTANT and node.size <= _FEW:
            copies[node] = graph.copy(node, copies)
        elif node not in copies:
            shared.append(node)
            copies[node] = graph.input(node.shape, node.dtype)
        return copies[node]

    changing = set(slots)
    for node in ancestors(outputs, lambda node: () if node in changing else node.inputs):
        if any(i in changing for i in node.inputs) and node not in changing:
            changing.add(node)
            for i in node.inputs:
                copied(i)
            copies[node] = graph.copy(node, copies)
    return graph, [copied(node) for node in outputs], shared


_FEW = 16
"""Constants of more elements are shared, not copied."""
