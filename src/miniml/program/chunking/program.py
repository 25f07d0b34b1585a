"""Programs that process their points in chunks that fit the cache, on several threads.

The chunks, and the order in which their results are added, depend on shapes and on the number of
threads alone: the same input gives the same bits, whichever thread finishes first.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.chunking import threads
from miniml.program.chunking.graph import chunk_graph
from miniml.program.chunking.layout import Layout
from miniml.program.chunking.point_analysis import PointAnalysis
from miniml.program.codegen.compile import Compiled, compile_source
from miniml.program.codegen.writer import emit
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import CONSTANT, INPUT, AnyArray, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.passes.lower import lower
from miniml.program.rules.axes import PARTIAL


class ChunkedProgram:
    """A compiled program that runs in chunks: call it with the inputs, in order."""

    def __init__(  # noqa: PLR0917  # what `emit` takes, and the cut
        self,
        analysis: PointAnalysis,
        cut: Layout,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        weak: Sequence[Weak],
        input_names: Sequence[str],
        output_names: Sequence[str],
    ) -> None:
        tags = analysis.tags
        names = dict(zip(inputs, input_names, strict=True))
        self.layout = cut
        self.outputs = outputs
        self._points = analysis.points
        needed = ancestors(outputs)
        self._sums = [n for n in needed if tags[n] == PARTIAL]
        self._rows = [n for n in dict.fromkeys(outputs) if isinstance(tags[n], int)]
        wanted = [*self._sums, *self._rows]
        last = analysis.points - cut.rows * (cut.chunks - 1)
        chunk, taken = _compile_chunk(wanted, analysis, cut.rows, names, "chunk")
        self.chunk: Compiled = chunk
        self.rest: Compiled = (
            self.chunk
            if last == cut.rows
            else _compile_chunk(wanted, analysis, last, names, "last_chunk")[0]
        )
        early = [n for n in taken if n.op not in (INPUT, CONSTANT)]
        self.before: Compiled | None = (
            _compile(early, inputs, [None] * len(early), names, "before") if early else None
        )
        given = [*self._sums, *self._rows, *early, *inputs]
        self.after: Compiled = _compile(
            outputs,
            given,
            weak,
            names,
            "after",
            output_names,
            len(self._sums) + len(self._rows),
        )
        places = {node: position for position, node in enumerate([*inputs, *early])}
        self._taken: list[tuple[int | AnyArray | None, int | None]] = []
        for node in taken:
            tag = tags[node]
            source: Any = node.value if node.op is CONSTANT else places[node]
            self._taken.append((source, tag if isinstance(tag, int) else None))
        self._axes: list[int] = [tags[n] for n in self._rows]  # type: ignore[misc]  # batched

    @property
    def text(self) -> str:
        """The source of all parts."""
        cut = self.layout
        head = (
            f"# {cut.chunks} chunks of {cut.rows} rows on {cut.threads} threads; "
            "what they return is added in order"
        )
        return "\n\n".join([head, *(part.text for part, _ in self.parts)])

    @property
    def parts(self) -> list[tuple[Compiled, int]]:
        """The compiled parts in order, and how many times a run calls each."""
        before = [] if self.before is None else [(self.before, 1)]
        rest = [] if self.rest is self.chunk else [(self.rest, 1)]
        return [*before, (self.chunk, self.layout.chunks - len(rest)), *rest, (self.after, 1)]

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the program on its inputs, in order."""
        with threads.blas().hold(1):
            early = [] if self.before is None else self.before(leaves)
            values = [*leaves, *early]
            arguments = [
                (values[source] if isinstance(source, int) else source, axis)
                for source, axis in self._taken
            ]
            rows = [np.empty(node.shape, node.dtype) for node in self._rows]
            total, *others = threads.in_parallel(
                lambda group: self._run_group(group, arguments, rows),
                self.layout.groups,
                self.layout.threads,
            )
            for part in others:
                for position, value in enumerate(part):
                    total[position] += value
            return self.after([*total, *rows, *early, *leaves])

    def _run_group(
        self, group: range, arguments: Sequence[tuple[Any, int | None]], rows: Sequence[AnyArray]
    ) -> list[Any]:
        """Run the chunks of a group in order; return the sums over them."""
        total: list[Any] = []
        count = len(self._sums)
        workspace, spare = self.chunk.take(), None
        try:
            for number in group:
                lo = number * self.layout.rows
                hi = min(lo + self.layout.rows, self._points)
                program = self.chunk
                if number == self.layout.chunks - 1 and self.rest is not self.chunk:
                    program, spare = self.rest, self.rest.take()
                given = [_rows(x, axis, lo, hi) for x, axis in arguments]
                room = workspace if spare is None else spare
                results = room.run(program.function, *given, room.buffers)
                for out, axis, value in zip(rows, self._axes, results[count:], strict=True):
                    _rows(out, axis, lo, hi)[...] = value
                if not total:
                    total = [
                        np.array(value) if np.shape(value) else value for value in results[:count]
                    ]
                    continue
                for position, value in enumerate(results[:count]):
                    total[position] += value
        finally:
            self.chunk.give(workspace)
            if spare is not None:
                self.rest.give(spare)
        return total


def _rows(x: Any, axis: int | None, lo: int, hi: int) -> Any:
    if axis is None:
        return x
    return x[lo:hi] if axis == 0 else x[(slice(None),) * axis + (slice(lo, hi),)]


def _compile_chunk(
    wanted: Sequence[Node], analysis: PointAnalysis, rows: int, names: dict[Node, str], name: str
) -> tuple[Compiled, list[Node]]:
    graph, outputs, taken = chunk_graph(wanted, analysis, rows)
    lowered, nodes = lower(graph, outputs)
    source = emit(
        lowered.inputs,
        nodes,
        [None] * len(nodes),
        [names.get(node, f"u{position}") for position, node in enumerate(taken)],
        [f"part_{position}" for position in range(len(nodes))],
        name=name,
        fresh=False,
    )
    return compile_source(source, name), taken


def _compile(  # noqa: PLR0917  # what `emit` takes
    outputs: Sequence[Node],
    given: Sequence[Node],
    weak: Sequence[Weak],
    names: dict[Node, str],
    name: str,
    output_names: Sequence[str] = (),
    owned: int = 0,
) -> Compiled:
    """Compile the program from some nodes to the outputs; it may return the first `owned` of them."""
    graph = Graph()
    copies = {node: graph.input(node.shape, node.dtype) for node in given}
    lowered, nodes = lower(graph, interpret(outputs, copies, graph.copy))
    source = emit(
        lowered.inputs,
        nodes,
        weak,
        [names.get(node, f"s{position}") for position, node in enumerate(given)],
        output_names or [f"u{position}" for position in range(len(nodes))],
        name=name,
        given=frozenset(lowered.inputs[:owned]),
    )
    return compile_source(source, name)
