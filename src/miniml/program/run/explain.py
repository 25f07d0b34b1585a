"""Counts of what a program does."""

from collections import Counter

import attrs

from miniml.program.chunking.program import ChunkedProgram
from miniml.program.codegen.compile import Compiled
from miniml.program.ir import cost
from miniml.program.run.build import Runnable


@attrs.frozen
class Explanation:
    """What one run of a program does, counted from shapes.

    Attributes:
        operations: How many times each operation is called, over all chunks.
        flops: Floating-point operations.
        bytes: Bytes that the operations read and write, in cache or memory.
        buffers: Arrays in a workspace.
        workspace: Bytes of a workspace; each thread has one.
        chunks: How many chunks the points are cut into; 1 if the program runs whole.
        rows: The points in a chunk, or None if the program runs whole.
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
            raise TypeError("explain counts NumPy programs, and this one runs under JAX")
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
