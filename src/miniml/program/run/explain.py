"""Counts of what a program does."""

from collections import Counter

import attrs

from miniml.program.chunking.program import ChunkedProgram
from miniml.program.codegen.compile import Compiled
from miniml.program.ir import cost
from miniml.program.run.build import Runnable


@attrs.frozen
class Explanation:
    """One run of a program, counted from its shapes.

    Attributes:
        operations: How often each operation is called, over all chunks.
        flops: Floating-point operations.
        bytes: Bytes that the operations read and write, wherever they lie.
        buffers: Arrays in a workspace.
        workspace: Bytes of a workspace; each thread has one.
        chunks: Into how many pieces the points are cut; 1 where the program runs whole.
        rows: The points in a chunk, or None where the program runs whole.
        threads: How many threads share the chunks.
    """

    operations: dict[str, int]
    flops: float
    bytes: int
    buffers: int
    workspace: int
    chunks: int
    rows: int | None
    threads: int

    def __str__(self) -> str:
        calls = ", ".join(f"{count} {name}" for name, count in self.operations.items())
        cut = (
            "runs whole"
            if self.rows is None
            else f"{self.chunks} chunks of {self.rows} rows on {self.threads} threads"
        )
        return (
            f"{cut}\n"
            f"{sum(self.operations.values())} operations: {calls}\n"
            f"{self.flops:,.0f} flops, {self.bytes:,} bytes moved\n"
            f"{self.buffers} buffers in {self.workspace:,} bytes of workspace"
        )


def explain(program: Runnable) -> Explanation:
    """Count what one run of a program does."""
    if isinstance(program, ChunkedProgram):
        cut = program.layout
        parts = program.parts
        rows, chunks, threads = cut.rows, cut.chunks, cut.threads
    else:
        if not isinstance(program, Compiled):
            raise TypeError("the program runs under JAX, which keeps its own count")
        parts = [(program, 1)]
        rows, chunks, threads = None, 1, 1
    operations: Counter[str] = Counter()
    flops, moved = 0.0, 0
    for part, times in parts:
        for node in part.source.plan.steps:
            operations[node.op.name] += times
            flops += times * cost.flops(node)
            moved += times * cost.moved(node)
    sources = [part.source for part, _ in parts]
    return Explanation(
        dict(operations.most_common()),
        flops,
        moved,
        max(len(source.buffers) for source in sources),
        max(sum(source.slots) for source in sources),
        chunks,
        rows,
        threads,
    )
