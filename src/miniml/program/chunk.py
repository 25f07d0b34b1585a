"""Programs that go through their points in chunks that fit the cache, on several threads.

Which chunks there are, and in which order their results are added, depends on shapes and on the
number of threads alone: the same input gives the same bits, whoever finishes first.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program import cost, threads
from miniml.program.batch import Split, chunk_graph
from miniml.program.batch_axes import PARTIAL
from miniml.program.emit import emit
from miniml.program.execute import Compiled, compile_source
from miniml.program.graph import CONSTANT, INPUT, AnyArray, Graph, Node, ancestors
from miniml.program.lower import lower
from miniml.program.tracer import Weak

CACHE = 3 << 18
"""Bytes of workspace that a chunk may use: about the second-level cache of a core."""

FEWEST_ROWS = 64
"""Points in a chunk, at least: a chunk takes some microseconds to start."""

STARTING = 1e-4
"""Seconds to start other threads and to wait for them."""

TURN = 2e-6
"""Seconds that a step loses to other threads' hold of the interpreter's lock."""


@attrs.frozen
class Layout:
    """How the points are cut.

    Attributes:
        rows: The points in a chunk; the last may have fewer.
        chunks: The number of chunks.
        groups: The ranges of chunks whose results are added up on their own.
        threads: How many threads take groups.
    """

    rows: int
    chunks: int
    groups: tuple[range, ...]
    threads: int


def layout(split: Split, outputs: Sequence[Node]) -> Layout | None:
    """How to cut a program's points, or None where it runs faster whole."""
    inside = [
        n for n in ancestors(outputs) if isinstance(split.tags[n], int) or split.tags[n] == PARTIAL
    ]
    steps = [node for node in inside if node.op not in (INPUT, CONSTANT)]
    leaves = [node for node in inside if node.op in (INPUT, CONSTANT)]
    sums = [node for node in steps if split.tags[node] == PARTIAL]
    work = cost.seconds(steps)
    workers = threads.get_threads()
    size = cost.nbytes(inside)
    if workers == 1 and size < 2 * CACHE:
        return None
    per_point = max(size / split.points, 1)
    # About a third of the values live at a time. What every chunk reads and adds up whole
    # (weights and their gradients) should be less than what it works on, and what its steps lose by
    # threads a tenth of what they take.
    shared = cost.nbytes(sums)
    turns = TURN * len(steps) if workers > 1 else 0.0
    rows = max(3 * CACHE / per_point, 4 * shared / per_point, 10 * turns * split.points / work)
    cut = _cut(split.points, max(int(rows), FEWEST_ROWS), workers)
    if workers == 1:
        return cut
    products = cost.products(steps)
    fetched = sum(cost.fetching(node.inputs) for node in steps)
    whole = products / workers + work - products + fetched
    adding = cut.chunks * cost.adding(sums)
    chunked = (work + adding + cut.chunks * turns) / cut.threads + cost.fetching(leaves) + STARTING
    return cut if chunked < whole else None


def _cut(points: int, rows: int, workers: int) -> Layout:
    """Chunks of about so many rows, equally many for each thread."""
    chunks = math.ceil(points / rows)
    if chunks < 8 * workers:
        chunks = math.ceil(chunks / workers) * workers
    rows = math.ceil(points / chunks)
    rows = min(math.ceil(rows / 8) * 8, points)
    chunks = math.ceil(points / rows)
    count = min(chunks, 8 * workers)
    bounds = [chunks * g // count for g in range(count + 1)]
    groups = tuple(range(lo, hi) for lo, hi in itertools.pairwise(bounds))
    return Layout(rows, chunks, groups, min(workers, count))


class ChunkedProgram:
    """A compiled program that runs chunk by chunk: call it with the input leaves, in order."""

    def __init__(  # noqa: PLR0917  # what `emit` takes, and the cut
        self,
        split: Split,
        cut: Layout,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        weak: Sequence[Weak],
        input_names: Sequence[str],
        output_names: Sequence[str],
    ) -> None:
        tags = split.tags
        names = dict(zip(inputs, input_names, strict=True))
        self.layout = cut
        self._points = split.points
        needed = ancestors(outputs)
        self._sums = [n for n in needed if tags[n] == PARTIAL]
        self._rows = [n for n in dict.fromkeys(outputs) if isinstance(tags[n], int)]
        wanted = [*self._sums, *self._rows]
        last = split.points - cut.rows * (cut.chunks - 1)
        chunk, taken = _compile_chunk(wanted, split, cut.rows, names, "chunk")
        self.chunk: Compiled = chunk
        self.rest: Compiled = (
            self.chunk
            if last == cut.rows
            else _compile_chunk(wanted, split, last, names, "last_chunk")[0]
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
        """The compiled parts in order, and how often a run calls each."""
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
            sums: list[list[Any] | None] = [None] * len(self.layout.groups)
            turn = itertools.count()

            def work() -> None:
                while (group := next(turn)) < len(sums):
                    sums[group] = self._run_group(self.layout.groups[group], arguments, rows)

            helpers = [threads.submit(work) for _ in range(self.layout.threads - 1)]
            try:
                work()
            finally:
                for helper in helpers:
                    if not helper.cancel():  # it has begun
                        helper.result()
            total = sums[0]
            assert total is not None
            for part in sums[1:]:
                assert part is not None
                for position, value in enumerate(part):
                    total[position] += value
            return self.after([*total, *rows, *early, *leaves])

    def _run_group(
        self, group: range, arguments: Sequence[tuple[Any, int | None]], rows: Sequence[AnyArray]
    ) -> list[Any]:
        """The sums over the chunks of a group, in order."""
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
    wanted: Sequence[Node], split: Split, rows: int, names: dict[Node, str], name: str
) -> tuple[Compiled, list[Node]]:
    graph, outputs, taken = chunk_graph(wanted, split, rows)
    lowered, nodes = lower(outputs, graph.inputs)
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
    """The program from the given nodes' values to the outputs; the first `owned` may be returned."""
    graph = Graph()
    copies = {node: graph.input(node.shape, node.dtype) for node in given}
    known = frozenset(given)
    for node in ancestors(outputs, lambda node: () if node in known else node.inputs):
        if node not in known:
            copies[node] = graph.copy(node, copies)
    lowered, nodes = lower([copies[node] for node in outputs], graph.inputs)
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
