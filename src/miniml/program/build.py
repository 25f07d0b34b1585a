"""From traced outputs to a program: simplified, cut into chunks or whole, lowered, compiled."""

from collections.abc import Sequence
from typing import Any, Protocol

from miniml.program.batch import split
from miniml.program.chunk import ChunkedProgram, layout
from miniml.program.emit import emit
from miniml.program.execute import compile_source
from miniml.program.graph import Node
from miniml.program.lower import lower
from miniml.program.reroll import reroll
from miniml.program.simplify import rebuild
from miniml.program.tracer import Tracer


class Runnable(Protocol):
    """What a traced function became."""

    @property
    def text(self) -> str:
        """The source."""
        ...

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run it on the input leaves, in order."""
        ...


def build(
    inputs: Sequence[Node],
    outputs: Sequence[Tracer],
    input_names: Sequence[str],
    output_names: Sequence[str],
    groups: Sequence[int],
) -> Runnable:
    """Make the program from inputs to outputs.

    Args:
        inputs: The trace's inputs, in order.
        outputs: What the program returns, in order.
        input_names: A readable name for each input.
        output_names: A readable name for each output.
        groups: Which argument each input came in.
    """
    graph, nodes = rebuild([tracer.node for tracer in outputs], inputs)
    nodes = reroll(graph, nodes)
    weak = [tracer.weak for tracer in outputs]
    parts = split(nodes, graph.inputs, groups)
    cut = None if parts is None else layout(parts, nodes)
    if parts is not None and cut is not None:
        return ChunkedProgram(parts, cut, graph.inputs, nodes, weak, input_names, output_names)
    graph, nodes = lower(nodes, graph.inputs)
    source = emit(graph.inputs, nodes, weak, input_names, output_names)
    return compile_source(source, "program")
