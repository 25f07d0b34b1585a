"""From traced outputs to a compiled program: passes, chunks or whole, source."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from miniml.program.chunking import threads
from miniml.program.chunking.compile import compile_chunks
from miniml.program.chunking.layout import layout
from miniml.program.chunking.point_analysis import analyse_points
from miniml.program.codegen.compile import Compiled, compile_graph
from miniml.program.ir import cost
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import Graph, Node
from miniml.program.loops.dead_code import prune_loops
from miniml.program.loops.hoist import hoist_loops
from miniml.program.passes import Pass
from miniml.program.passes.reroll import reroll
from miniml.program.passes.simplify import simplify


class Runnable(Protocol):
    """A compiled program."""

    @property
    def text(self) -> str:
        """The source."""
        ...

    @property
    def outputs(self) -> Sequence[Node]:
        """The graph's outputs after the passes."""
        ...

    @property
    def nbytes(self) -> int:
        """The bytes of its constants and of one workspace."""
        ...

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run it on the inputs, in order."""
        ...


PASSES: tuple[Pass, ...] = (simplify, reroll, prune_loops, hoist_loops)
"""The passes in their order. The first has run when the trace was recorded as a key; see `Recorded`.

1. `simplify` removes marks and dead code, and merges equal operations.
2. `reroll` makes operations on all rows of unrolled loops over rows.
3. `prune_loops` removes what loops compute and nobody reads.
4. `hoist_loops` moves out of a loop what need not be done step by step.

The result is cut into chunks, or is left whole; `lower` is the last pass of each part.
"""

BLAS_THREADED, BLAS_FASTER = 1e6, 4e6
"""Flops of matrix products from which BLAS may use threads, and from which they make it faster."""

LONG_VECTOR = 10_000
"""Elements of a dot product from which OpenBLAS splits it between threads, which changes the sum."""


class ThreadLimitedProgram(Compiled):
    """A program that runs whole, with BLAS limited to the number of threads that suits its shapes."""

    def __init__(self, program: Compiled, blas_threads: int) -> None:
        super().__init__(program.source, program.function)
        self.blas_threads = blas_threads

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the program on its inputs, in order."""
        with threads.blas().hold(self.blas_threads):
            return super().__call__(leaves)


def build(
    graph: Graph,
    nodes: Sequence[Node],
    weak: Sequence[Weak],
    *,
    input_names: Sequence[str],
    output_names: Sequence[str],
    positions: Sequence[int],
) -> Runnable:
    """Return the compiled program from inputs to outputs.

    Args:
        graph: The trace, simplified.
        nodes: What the program returns, in order.
        weak: The Python type to return each output as, or None to return it as it is.
        input_names: A readable name for each input.
        output_names: A readable name for each output.
        positions: The position of the argument that each input came in.
    """
    for run_pass in PASSES[1:]:
        graph, nodes = run_pass(graph, nodes)
    analysis = analyse_points(nodes, graph.inputs, positions)
    cut = None if analysis is None else layout(analysis, nodes)
    if analysis is not None and cut is not None:
        return compile_chunks(analysis, cut, graph.inputs, nodes, weak, input_names, output_names)
    program = compile_graph(graph, nodes, weak, input_names, output_names)
    blas_threads = _blas_threads(program.source.plan.steps)
    return program if blas_threads is None else ThreadLimitedProgram(program, blas_threads)


def _blas_threads(steps: Sequence[Node]) -> int | None:
    """Return how many threads BLAS may use, or None if it will use one anyway."""
    matmuls = [[node for node in some if node.op.blas] for some in _bodies(steps)]
    products = max(sum(map(cost.flops, nodes)) for nodes in matmuls)
    vectors = [n.inputs[0].size for nodes in matmuls for n in nodes if not n.shape]
    if products < BLAS_THREADED and max(vectors, default=0) <= LONG_VECTOR:
        return None
    return threads.get_threads() if products > BLAS_FASTER else 1


def _bodies(steps: Sequence[Node]) -> Iterator[Sequence[Node]]:
    """Yield these steps, and those of each loop among them."""
    yield steps
    for node in steps:
        inner, times = cost.repeated(node)
        if times:
            yield from _bodies(inner)
