"""Programs: generated source, compiled, with workspaces of its own."""

import itertools
import linecache
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.emit import Source, emit
from miniml.program.graph import AnyArray, Node
from miniml.program.lower import lower
from miniml.program.simplify import rebuild
from miniml.program.tracer import Tracer

_serial = itertools.count(1)


class Program:
    """A compiled program: call it with the input leaves, in order."""

    def __init__(self, source: Source, function: Callable[..., list[Any]]) -> None:
        self.source = source
        self._function = function
        self._workspaces: list[
            list[AnyArray]
        ] = []  # popped and pushed atomically: no thread shares

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the program on its inputs, in order."""
        try:
            workspace = self._workspaces.pop()
        except IndexError:
            workspace = self._new_workspace()
        try:
            with np.errstate(all="ignore"):
                return self._function(*leaves, workspace)
        finally:
            self._workspaces.append(workspace)

    def _new_workspace(self) -> list[AnyArray]:
        slots = [_aligned(size) for size in self.source.slots]
        return [
            np.ndarray(buffer.shape, buffer.dtype, slots[buffer.slot])
            for buffer in self.source.buffers
        ]


def _aligned(size: int, alignment: int = 64) -> AnyArray:
    """Memory that starts where a cache line does."""
    memory = np.zeros(size + alignment, np.uint8)
    start = -memory.ctypes.data % alignment
    return memory[start : start + size]


def build(
    inputs: Sequence[Node],
    outputs: Sequence[Tracer],
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> Program:
    """Simplify, plan, write and compile the program from inputs to outputs."""
    graph, nodes = rebuild([tracer.node for tracer in outputs], inputs)
    graph, nodes = lower(nodes, graph.inputs)
    weak = [tracer.weak for tracer in outputs]
    source = emit(graph.inputs, nodes, weak, input_names, output_names)
    filename = f"<miniml program {next(_serial)}>"
    names = dict(source.names)
    exec(compile(source.text, filename, "exec"), names)  # noqa: S102  # the source is our own
    # Registered as attrs registers its methods, so that a traceback shows the generated line.
    linecache.cache[filename] = (
        len(source.text),
        None,
        source.text.splitlines(keepends=True),
        filename,
    )
    return Program(source, names["program"])
