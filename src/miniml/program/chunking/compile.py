"""Compile the parts of a program that runs in chunks: before them, one of them, after them."""

from collections.abc import Sequence

from miniml.program.chunking.graph import chunk_graph
from miniml.program.chunking.layout import Layout
from miniml.program.chunking.point_analysis import PointAnalysis
from miniml.program.chunking.program import ChunkedProgram
from miniml.program.codegen.compile import Compiled, compile_graph
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import CONSTANT, INPUT, AnyArray, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.rules.axes import PARTIAL


def compile_chunks(  # noqa: PLR0917  # what `compile_graph` takes, and the cut
    analysis: PointAnalysis,
    cut: Layout,
    inputs: Sequence[Node],
    outputs: Sequence[Node],
    weak: Sequence[Weak],
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> ChunkedProgram:
    """Return the program that computes the outputs in chunks.

    Args:
        analysis: The tags of the nodes.
        cut: The chunks.
        inputs: The program's inputs, in order.
        outputs: What it returns, in order.
        weak: The Python type to return each output as, or None to return it as it is.
        input_names: A readable name for each input.
        output_names: A readable name for each output.
    """
    tags = analysis.tags
    names = dict(zip(inputs, input_names, strict=True))
    sums = [n for n in ancestors(outputs) if tags[n] == PARTIAL]
    rows = [(n, tag) for n in dict.fromkeys(outputs) if isinstance(tag := tags[n], int)]
    wanted = [*sums, *(n for n, _ in rows)]
    chunk, taken = _compile_chunk(wanted, analysis, cut.rows, names, "chunk")
    last_rows, last_chunk = analysis.points - cut.rows * (cut.chunks - 1), chunk
    if last_rows != cut.rows:
        last_chunk, _ = _compile_chunk(wanted, analysis, last_rows, names, "last_chunk")
    early = [n for n in taken if n.op not in (INPUT, CONSTANT)]
    before: Compiled | None = None
    if early:
        graph, nodes = _part(inputs, early)
        labels = [f"u{position}" for position in range(len(early))]
        before = compile_graph(
            graph, nodes, [None] * len(early), input_names, labels, name="before"
        )
    given = [*wanted, *early, *inputs]
    graph, nodes = _part(given, outputs)
    labels = [names.get(node, f"s{position}") for position, node in enumerate(given)]
    after = compile_graph(
        graph, nodes, weak, labels, output_names, name="after", owned_inputs=len(wanted)
    )
    places = {node: position for position, node in enumerate([*inputs, *early])}
    chunk_inputs: list[tuple[int | AnyArray, int | None]] = []
    for node in taken:
        tag = tags[node]
        source = places[node] if node.value is None else node.value
        chunk_inputs.append((source, tag if isinstance(tag, int) else None))
    return ChunkedProgram(
        layout=cut,
        points=analysis.points,
        outputs=outputs,
        early=before,
        chunk=chunk,
        last_chunk=last_chunk,
        after=after,
        chunk_inputs=chunk_inputs,
        sums=len(sums),
        rows=rows,
    )


def _compile_chunk(
    wanted: Sequence[Node], analysis: PointAnalysis, rows: int, names: dict[Node, str], name: str
) -> tuple[Compiled, list[Node]]:
    """Compile a chunk of this many rows; return the program and the nodes that it takes."""
    graph, outputs, taken = chunk_graph(wanted, analysis, rows)
    program = compile_graph(
        graph,
        outputs,
        [None] * len(outputs),
        [names.get(node, f"u{position}") for position, node in enumerate(taken)],
        [f"part_{position}" for position in range(len(outputs))],
        name=name,
        fresh=False,
    )
    return program, taken


def _part(given: Sequence[Node], outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Return the graph that computes the outputs from the given nodes."""
    graph = Graph()
    copies = {node: graph.input(node.shape, node.dtype) for node in given}
    return graph, interpret(outputs, copies, graph.copy)
