"""Programs that process their points in chunks that fit the cache, on several threads.

The chunks, and the order in which their results are added, depend on shapes and on the number of
threads alone: the same input gives the same bits, whichever thread finishes first.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.chunking import threads
from miniml.program.chunking.layout import Layout
from miniml.program.codegen.compile import Compiled
from miniml.program.ir.graph import AnyArray, Node


@attrs.frozen(eq=False)
class ChunkedProgram:
    """A compiled program that runs in chunks: call it with the inputs, in order.

    Attributes:
        layout: The chunks.
        points: The number of points.
        outputs: The graph's outputs.
        early: Computes uniform values that the chunks need, from the inputs.
        chunk: Computes the sums and rows of a chunk.
        last_chunk: The same for the last chunk, which may have fewer points.
        after: Computes the outputs, from the sums, the rows, the early values and the inputs.
        chunk_inputs: What a chunk takes: the position of an input or of an early value after the
            inputs, or a constant; and the axis of the points, or None.
        sums: How many sums a chunk computes.
        rows: The batched outputs, and their axis of the points.
    """

    layout: Layout
    points: int
    outputs: Sequence[Node]
    early: Compiled | None
    chunk: Compiled
    last_chunk: Compiled
    after: Compiled
    chunk_inputs: Sequence[tuple[int | AnyArray, int | None]]
    sums: int
    rows: Sequence[tuple[Node, int]]

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
        early = [] if self.early is None else [(self.early, 1)]
        last = [] if self.last_chunk is self.chunk else [(self.last_chunk, 1)]
        return [*early, (self.chunk, self.layout.chunks - len(last)), *last, (self.after, 1)]

    @property
    def nbytes(self) -> int:
        """The bytes of its constants and of one workspace."""
        return sum(part.nbytes for part, _ in self.parts)

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the program on its inputs, in order."""
        with threads.blas().hold(1):
            early = [] if self.early is None else self.early(leaves)
            values = [*leaves, *early]
            arguments = [
                (values[source] if isinstance(source, int) else source, axis)
                for source, axis in self.chunk_inputs
            ]
            rows = [np.empty(node.shape, node.dtype) for node, _ in self.rows]
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
        count = self.sums
        workspace, spare = self.chunk.take(), None
        try:
            for number in group:
                lo = number * self.layout.rows
                hi = min(lo + self.layout.rows, self.points)
                program = self.chunk
                if number == self.layout.chunks - 1 and self.last_chunk is not self.chunk:
                    program, spare = self.last_chunk, self.last_chunk.take()
                given = [_rows(x, axis, lo, hi) for x, axis in arguments]
                room = workspace if spare is None else spare
                results = room.run(program.function, *given, room.buffers)
                for out, (_, axis), value in zip(rows, self.rows, results[count:], strict=True):
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
                self.last_chunk.give(spare)
        return total


def _rows(x: Any, axis: int | None, lo: int, hi: int) -> Any:
    if axis is None:
        return x
    return x[lo:hi] if axis == 0 else x[(slice(None),) * axis + (slice(lo, hi),)]
