"""Compiled source, and the workspaces that it runs in."""

from collections.abc import Callable, Sequence
from contextvars import copy_context
from types import FunctionType
from typing import Any

import numpy as np

from miniml.program.codegen.writer import Source, emit
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import AnyArray, Graph, Node
from miniml.program.passes.lower import lower
from miniml.tree.codegen import define


class Workspace:
    """Buffers, and a context without NumPy's warnings: to enter it takes a tenth of `errstate`."""

    __slots__ = ("buffers", "run")

    def __init__(self, buffers: list[AnyArray]) -> None:
        self.buffers: list[AnyArray] = buffers
        with np.errstate(all="ignore"):
            self.run: Callable[..., Any] = copy_context().run


class Compiled:
    """A compiled function of inputs and a workspace, and the workspaces that are free.

    Attributes:
        source: What was compiled.
        function: The function itself: inputs, then a workspace, to the list of outputs.
    """

    def __init__(self, source: Source, function: FunctionType) -> None:
        self.source = source
        self.function = function
        self._ready: list[Workspace] = []  # pop and append are atomic: no two threads share one

    @property
    def outputs(self) -> Sequence[Node]:
        """The graph's outputs after the passes."""
        return self.source.outputs

    @property
    def nbytes(self) -> int:
        """The bytes of its constants and of one workspace."""
        return sum(self.source.slots) + sum(x.nbytes for x in self.source.constants.values())

    @property
    def text(self) -> str:
        """The source, with its constants and the loops that it calls."""
        used = self.function.__code__.co_names
        constants = [
            f"# {name} = {_shown(value)}\n"
            for name, value in self.source.constants.items()
            if name in used
        ]
        inner = [
            function.text_as(name)
            for name, function in self.source.functions.items()
            if hasattr(function, "text_as")
        ]
        return "".join([*constants, self.source.text, *inner])

    def take(self) -> Workspace:
        """Return a workspace that no other thread uses."""
        try:
            return self._ready.pop()
        except IndexError:
            slots = [_aligned(size) for size in self.source.slots]
            return Workspace(
                [np.ndarray(b.shape, b.dtype, slots[b.slot]) for b in self.source.buffers]
            )

    def give(self, workspace: Workspace) -> None:
        """Return a workspace to the free ones."""
        self._ready.append(workspace)

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the function on its inputs, in order."""
        workspace = self.take()
        try:
            results: list[Any] = workspace.run(self.function, *leaves, workspace.buffers)
            return results
        finally:
            self._ready.append(workspace)


def _aligned(size: int, alignment: int = 64) -> AnyArray:
    """Zeroed memory aligned to a cache line."""
    memory = np.zeros(size + alignment, np.uint8)
    start = -memory.ctypes.data % alignment
    return memory[start : start + size]


def compile_source(source: Source, name: str) -> Compiled:
    """Compile the source of a program."""
    names = {"bool": bool} | source.functions | source.constants  # NumPy has a `bool` of its own
    return Compiled(source, define(name, source.text, names, np))


def compile_graph(  # what a program is made of
    graph: Graph,
    outputs: Sequence[Node],
    weak: Sequence[Weak],
    input_names: Sequence[str],
    output_names: Sequence[str],
    *,
    name: str = "program",
    fresh: bool = True,
    owned_inputs: int = 0,
) -> Compiled:
    """Lower a graph, write its source and compile it.

    Args:
        graph: The graph, whose inputs are those of the program.
        outputs: What the program returns, in order.
        weak: The Python type to return each output as, or None to return it as it is.
        input_names: A readable name for each input.
        output_names: A readable name for each output.
        name: The function's name.
        fresh: Whether the outputs get memory of their own, or stay in the workspace.
        owned_inputs: How many of the first inputs have memory that may be returned.
    """
    lowered, nodes = lower(graph, outputs)
    inputs = lowered.inputs
    owned = frozenset(inputs[:owned_inputs])
    source = emit(
        inputs, nodes, weak, input_names, output_names, name=name, fresh=fresh, given=owned
    )
    return compile_source(source, name)


def _shown(value: AnyArray) -> str:
    """Return a constant as text on one line."""
    if value.size <= _FEW:
        return repr(value).replace("\n", "").replace("  ", "")
    numbers = "" if (value != value.flat[0]).any() else f", all {value.flat[0]!r}"
    return f"an array of shape {value.shape} and dtype {value.dtype}{numbers}"


_FEW = 8
"""Constants with more elements are described by shape and dtype."""
