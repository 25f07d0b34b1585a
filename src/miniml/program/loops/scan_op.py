"""A loop as one operation, whose step is a graph of its own."""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import attrs
import numpy as np

from miniml.program.autodiff.custom import custom_of
from miniml.program.autodiff.trees import current
from miniml.program.codegen.compile import Compiled, compile_source
from miniml.program.codegen.loop import emit_loop
from miniml.program.ir.graph import AnyArray, DType, Graph, Node, Op, Shape, interpret
from miniml.program.passes.lower import lower
from miniml.program.passes.simplify import rebuild
from miniml.program.trace.tracer import Tracer

_WHOLE = np.dtype(np.int64)
"""The dtype of integers and truth values side by side."""


@attrs.frozen(eq=False)
class Loop:
    """A step as a graph of its own, and how often it is made.

    Attributes:
        name: What the source of a program calls it.
        graph: The step's graph.
        inputs: What is carried, one row of each array, and what all steps share.
        outputs: What is carried on, and the step's results.
        carried: How many are carried.
        rows: How many arrays are gone through row by row.
        called: How many of the last results are what the step calls the user's functions for.
        length: The number of steps.
        reverse: Whether the last row comes first.
        vjp: The reverse-mode rule of its results: see `Op.vjp`, after the results.
    """

    name: str
    graph: Graph
    inputs: Sequence[Node]
    outputs: Sequence[Node]
    carried: int
    rows: int
    called: int
    length: int
    reverse: bool
    vjp: Callable[..., Any]

    def sections(self, values: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """The inputs of the loop: what is carried, the arrays, and what all steps share."""
        ends = self.carried, self.carried + self.rows
        return list(values[: ends[0]]), list(values[ends[0] : ends[1]]), list(values[ends[1] :])

    def replayed(self, inputs: Sequence[Tracer], called: Sequence[Tracer] = ()) -> list[Tracer]:
        """Record one step on these inputs in the current trace, where they are known with its calls."""
        graph = current()
        copies = {node: x.node for node, x in zip(self.inputs, inputs, strict=True)}
        results = dict(zip(self.outputs[len(self.outputs) - len(called) :], called, strict=True))

        def visit(node: Node, into: Sequence[Node]) -> Node:
            custom = custom_of(node)
            if node in results and custom is not None:
                return graph.apply(custom.known().op, [results[node].node, *into], (), node.origin)
            return graph.copy(node, into)

        return [Tracer(graph, node) for node in interpret(self.outputs, copies, visit)]

    @functools.cached_property
    def results(self) -> "list[Results]":
        """Its operations; see `Results.of`."""
        return Results.of(self)


@attrs.frozen
class Part:
    """A result of a loop.

    Attributes:
        kind: What is carried in the end, what is kept of what each step began with, or what each
            step gave as a result.
        number: Which of them.
        shape: Its shape.
        dtype: Its dtype.
    """

    kind: Literal["final", "kept", "result"]
    number: int
    shape: Shape
    dtype: DType

    @property
    def place(self) -> tuple[str, int]:
        """The kind and the number."""
        return self.kind, self.number

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


class Results:
    """The operation of a loop: it lays results out in one vector."""

    def __init__(self, loop: Loop, parts: Sequence[Part]) -> None:
        self.loop = loop
        self.parts = parts
        self.size: int = sum(part.size for part in parts)
        floats = all(part.dtype.kind == "f" for part in parts)
        self.dtype: DType = np.result_type(*(part.dtype for part in parts)) if floats else _WHOLE
        vjp = functools.partial(loop.vjp, self) if floats else None
        name = loop.name if floats else f"{loop.name}_integers"
        self.op: Op = Op(name, self, self._infer, vjp=vjp, nanoseconds=0.0, repeated=self.repeated)

    @classmethod
    def of(cls, loop: Loop) -> "list[Results]":
        """The operations for all results of a loop: one for floats, one for the others."""
        carried, made = loop.outputs[: loop.carried], loop.outputs[loop.carried :]
        parts = [
            *(Part("final", k, n.shape, n.dtype) for k, n in enumerate(carried)),
            *(Part("kept", k, (loop.length, *n.shape), n.dtype) for k, n in enumerate(carried)),
            *(Part("result", k, (loop.length, *n.shape), n.dtype) for k, n in enumerate(made)),
        ]
        floats = [part for part in parts if part.dtype.kind == "f"]
        others = [part for part in parts if part.dtype.kind != "f"]
        return [cls(loop, group) for group in (floats, others) if group]

    def text_as(self, name: str) -> str:
        """The source of the loop by a name, to go below that of a program."""
        return f"\n{self.program.text}".replace(f"def {self.op.name}(", f"def {name}(", 1)

    def _infer(self, *_: Node) -> tuple[Shape, DType]:
        return (self.size,), self.dtype

    def laid_out(self, vector: Any) -> dict[tuple[str, int], Any]:
        """The results by kind and number, as parts of the vector."""
        return {
            part.place: np.reshape(vector[start:stop], part.shape)
            for part, start, stop in self.ends()
        }

    def ends(self) -> Iterator[tuple[Part, int, int]]:
        """Where each part begins and ends in the vector."""
        stop = 0
        for part in self.parts:
            start, stop = stop, stop + part.size
            yield part, start, stop

    @functools.cached_property
    def program(self) -> Compiled:
        """The loop, compiled."""
        loop = self.loop
        graph, nodes = rebuild(loop.outputs, loop.inputs)
        graph, nodes = lower(graph, nodes)
        steps = f"range({loop.length})"
        source = emit_loop(
            graph.inputs,
            nodes,
            name=self.op.name,
            carried=loop.carried,
            rows=loop.rows,
            kept=[part.number for part in self.parts if part.kind == "kept"],
            made=[loop.carried + part.number for part in self.parts if part.kind == "result"],
            order=f"reversed({steps})" if loop.reverse else steps,
        )
        return compile_source(source, self.op.name)

    def repeated(self) -> tuple[Sequence[Node], int]:
        """What a step computes, and how often."""
        return self.program.source.plan.steps, self.loop.length

    def __call__(self, *inputs: AnyArray) -> AnyArray:
        """Make all steps."""
        vector = np.empty(self.size, self.dtype)
        into = self.laid_out(vector)
        for part in self.parts:
            if part.dtype == np.uint64:  # whose bits int64 holds
                into[part.place] = into[part.place].view(part.dtype)
        written = [
            into[part.place]
            for kind in ("kept", "result")
            for part in self.parts
            if part.kind == kind
        ]
        workspace = self.program.take()
        finals = self.program.function(*inputs, *written, workspace.buffers)
        self.program.give(workspace)
        for part in self.parts:
            if part.kind == "final":
                into[part.place][...] = finals[part.number]
        return vector


def loop_of(node: Node) -> Results | None:
    """The results of a loop that the node stands for, if it does."""
    return node.op.compute if isinstance(node.op.compute, Results) else None
