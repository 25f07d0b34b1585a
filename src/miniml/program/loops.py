"""A loop as one operation: a step is traced once, however many there are."""

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.derive import pullback, zeros
from miniml.program.emit import emit
from miniml.program.errors import TraceError
from miniml.program.execute import Compiled, compile_source
from miniml.program.gradient import current
from miniml.program.graph import CONSTANT, AnyArray, DType, Graph, Node, Op, Shape, ancestors
from miniml.program.lower import lower
from miniml.program.rules.define import astype
from miniml.program.simplify import rebuild
from miniml.program.tracer import Tracer, alias, apply, lift

Step = Callable[[list[Any], list[Any]], tuple[list[Any], list[Any]]]
"""From what is carried and one row of each array to what is carried on, and the step's results."""

_serial = itertools.count(1)


@attrs.frozen(eq=False)
class Loop:
    """A step as a graph of its own, and how often it is made.

    Attributes:
        graph: Its inputs are what is carried, one row of each array, and what all steps share.
        outputs: What is carried on, and the step's results.
        carried: How many are carried.
        rows: How many arrays are gone through row by row.
        length: The number of steps.
        reverse: Whether the last row comes first.
    """

    graph: Graph
    outputs: list[Node]
    carried: int
    rows: int
    length: int
    reverse: bool

    def order(self) -> Iterator[int]:
        """The rows' numbers, in the order of the steps."""
        return iter(range(self.length)[:: -1 if self.reverse else 1])

    def split(self, values: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """The inputs of the loop: what is carried, the arrays, and what all steps share."""
        ends = self.carried, self.carried + self.rows
        return list(values[: ends[0]]), list(values[ends[0] : ends[1]]), list(values[ends[1] :])

    def replayed(self, inputs: Sequence[Tracer]) -> list[Tracer]:
        """Record one step on these inputs in the current trace."""
        graph = current()
        copies = {node: x.node for node, x in zip(self.graph.inputs, inputs, strict=True)}
        for node in ancestors(self.outputs):
            if node not in copies:
                copies[node] = graph.copy(node, copies)
        return [Tracer(graph, copies[node]) for node in self.outputs]

    @functools.cached_property
    def program(self) -> Compiled:
        """The program of one step."""
        graph, nodes = rebuild(self.outputs, self.graph.inputs)
        graph, nodes = lower(nodes, graph.inputs)
        inputs = [
            *(f"carry_{k}" for k in range(self.carried)),
            *(f"row_{k}" for k in range(self.rows)),
            *(f"shared_{k}" for k in range(len(graph.inputs) - self.carried - self.rows)),
        ]
        results = range(len(nodes) - self.carried)
        outputs = [*(f"next_{k}" for k in range(self.carried)), *(f"result_{k}" for k in results)]
        source = emit(graph.inputs, nodes, [None] * len(nodes), inputs, outputs, name="step")
        return compile_source(source, "step")

    @functools.cached_property
    def floats(self) -> "Results":
        """The loop's results that are floats."""
        return Results(self, floats=True)

    @functools.cached_property
    def others(self) -> "Results":
        """The loop's results that are integers or truth values."""
        return Results(self, floats=False)


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
    """The operation of a loop: it lays all results of one kind of dtype out in one vector."""

    def __init__(self, loop: Loop, *, floats: bool) -> None:
        self.loop = loop
        carried = [(n, k) for k, n in enumerate(loop.outputs[: loop.carried])]
        made = [(n, k) for k, n in enumerate(loop.outputs[loop.carried :])]
        many = loop.length
        self.parts = [
            part
            for part in (
                *(Part("final", k, n.shape, n.dtype) for n, k in carried),
                *(Part("kept", k, (many, *n.shape), n.dtype) for n, k in carried),
                *(Part("result", k, (many, *n.shape), n.dtype) for n, k in made),
            )
            if (part.dtype.kind == "f") == floats
        ]
        self.size = sum(part.size for part in self.parts)
        kinds = [part.dtype for part in self.parts] if floats else [np.int64]
        self.dtype = np.result_type(*kinds) if kinds else np.dtype(float)
        pull = self._pull if floats else None
        self.op = Op(f"scan_{next(_serial)}", self, self._infer, pull=pull)
        self._known: dict[tuple[Node, ...], list[Any]] = {}  # asked for once for each input

    @property
    def text(self) -> str:
        """The source of a step, to go below that of the program."""
        return f"\n# {self.op.name} makes {self.loop.length} steps:\n{self.loop.program.text}"

    def _infer(self, *_: Node) -> tuple[Shape, DType]:
        return (self.size,), self.dtype

    def laid_out(self, vector: Any) -> dict[tuple[str, int], Any]:
        """The results by kind and number, as parts of the vector."""
        ends = list(itertools.accumulate((part.size for part in self.parts), initial=0))
        return {
            (part.kind, part.number): np.reshape(vector[start:stop], part.shape)
            for part, (start, stop) in zip(self.parts, itertools.pairwise(ends), strict=True)
        }

    def __call__(self, *inputs: AnyArray) -> AnyArray:
        """Make all steps."""
        loop = self.loop
        vector = np.empty(self.size, self.dtype)
        into = self.laid_out(vector)
        kept = [(k, into["kept", k]) for k in range(loop.carried) if ("kept", k) in into]
        made = [
            (k, into["result", k - loop.carried])
            for k in range(loop.carried, len(loop.outputs))
            if ("result", k - loop.carried) in into
        ]
        carry, rows, shared = loop.split(inputs)
        step = loop.program.function
        workspace = loop.program.take()
        for t in loop.order():
            for k, place in kept:
                place[t] = carry[k]
            results = step(*carry, *[row[t] for row in rows], *shared, workspace.buffers)
            for k, place in made:
                place[t] = results[k]
            carry = results[: loop.carried]
        loop.program.give(workspace)
        for (kind, k), place in into.items():
            if kind == "final":
                place[...] = carry[k]
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
    for results in (loop.floats, loop.others):
        if results.parts:
            vector = apply(results.op, *inputs)
            laid_out = results.laid_out(vector)
            for part in results.parts:
                place = part.kind, part.number
                found[place] = laid_out[place].astype(part.dtype)
    return found


def record(
    step: Step, carry: Sequence[Any], rows: Sequence[Any], length: int, *, reverse: bool
) -> tuple[list[Any], list[Any]]:
    """Record a loop: what is carried in the end, and the steps' results, one below the other.

    Raises:
        TraceError: If a step carries on something of another shape or of a narrower dtype than it was given.
    """
    graph = current()
    slots = [alias(x) for x in (*carry, *(row[0] for row in rows))]
    after, made = step(slots[: len(carry)], slots[len(carry) :])
    outputs = [lift(graph, value) for value in (*after, *made)]
    wider = [_as_carried(k, x, y) for k, (x, y) in enumerate(zip(carry, outputs, strict=False))]
    if [x.dtype for x in wider] != [x.dtype for x in carry]:
        return record(step, wider, rows, length, reverse=reverse)
    body, nodes, shared = _body([slot.node for slot in slots], [y.node for y in outputs])
    loop = Loop(body, nodes, len(carry), len(rows), length, reverse)
    found = results_of(loop, [*carry, *rows, *(Tracer(graph, node) for node in shared)])
    finals = [found["final", k] for k in range(len(carry))]
    return finals, [found["result", k] for k in range(len(made))]


def _as_carried(number: int, x: Any, y: Any) -> Any:
    """What a loop begins with, in the dtype that it has after a step."""
    dtype = np.result_type(x.dtype, y.dtype)
    if x.shape != y.shape or (x.dtype == dtype != y.dtype):
        raise TraceError(
            f"number {number} of what is carried goes into a step as {x!r} and comes out as {y!r}: "
            "start with an array like what comes out"
        )
    return astype(x, dtype)


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
