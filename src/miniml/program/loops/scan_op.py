"""A loop as one operation, whose step is a graph."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.autodiff.custom import Custom
from miniml.program.codegen.compile import Compiled, compile_source
from miniml.program.codegen.loop import emit_loop
from miniml.program.ir.graph import AnyArray, Axes, DType, Graph, Node, Op, Shape
from miniml.program.ir.kinds import Kind
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.passes.lower import lower
from miniml.program.passes.simplify import rebuild
from miniml.program.trace.active import current
from miniml.program.trace.tracer import Tracer

ALIGNMENT = 64
"""Bytes between which the stacked outputs begin: a cache line."""


@attrs.frozen(eq=False)
class Loop:
    """A step as a graph, and how often it is repeated.

    The results of the operation are some of the carried values after the last step, and then the
    outputs of all steps, stacked.

    Attributes:
        name: Its name in the source of a program.
        graph: The step's graph.
        inputs: The step's inputs: the carried values, a row of each array, the shared values.
        outputs: What the step carries on, and its outputs.
        carried: The number of carried values.
        rows: The number of arrays that are read row by row.
        length: The number of steps.
        reverse: Whether the last row comes first.
        finals: The carried values that are results, by number.
        rule: `(loop, cotangents, results, *inputs)` to the gradients; None if outputs that it
            needs are gone.
        axes: How the operation treats its inputs' axes.
    """

    name: str
    graph: Graph
    inputs: Sequence[Node]
    outputs: Sequence[Node]
    carried: int
    rows: int
    length: int
    reverse: bool
    finals: Sequence[int]
    rule: Callable[..., Sequence[Any]] | None
    axes: Axes

    @functools.cached_property
    def op(self) -> Op:
        """The operation."""
        calls = any(node.op.kind.is_called for node in ancestors(self.outputs))
        return Op(
            self.name,
            self,
            self._infer,
            nanoseconds=0.0,  # its steps have costs
            kind=Kind.CALLED if calls else Kind.PLAIN,
            vjp=None if self.rule is None else functools.partial(self.rule, self),
            axes=self.axes,
            several=True,
            repeated=self,
        )

    def sections(self, values: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """Return the inputs of the loop as carried values, arrays of rows, and shared values."""
        ends = self.carried, self.carried + self.rows
        return list(values[: ends[0]]), list(values[ends[0] : ends[1]]), list(values[ends[1] :])

    def replayed(
        self, inputs: Sequence[Tracer], calls: Mapping[Node, Sequence[Tracer]] | None = None
    ) -> list[Tracer]:
        """Record one step on these inputs in the current trace.

        Args:
            inputs: The step's inputs.
            calls: The results that are known, by node: those of calls of the user's functions, and
                of loops that call them.
        """
        graph = current()
        copies = {node: x.node for node, x in zip(self.inputs, inputs, strict=True)}

        def visit(node: Node, into: Sequence[Node]) -> Node:
            if calls and node in calls:
                known = [x.node for x in calls[node]]
                return graph.apply(_known(node), [*known, *into], (), node.origin)
            return graph.copy(node, into)

        return [Tracer(graph, node) for node in interpret(self.outputs, copies, visit)]

    def _infer(self, *_: Node) -> list[tuple[Shape, DType]]:
        carry, made = self.outputs[: self.carried], self.outputs[self.carried :]
        return [
            *((carry[k].shape, carry[k].dtype) for k in self.finals),
            *(((self.length, *y.shape), y.dtype) for y in made),
        ]

    @functools.cached_property
    def program(self) -> Compiled:
        """The loop, compiled."""
        graph, nodes = rebuild(self.outputs, self.inputs)
        graph, nodes = lower(graph, nodes)
        steps = f"range({self.length})"
        source = emit_loop(
            graph.inputs,
            nodes,
            name=self.name,
            carried=self.carried,
            rows=self.rows,
            order=f"reversed({steps})" if self.reverse else steps,
        )
        return compile_source(source, self.name)

    @property
    def steps(self) -> Sequence[Node]:
        """The operations of one step."""
        return self.program.source.plan.steps

    def text_as(self, name: str) -> str:
        """Return the source of the loop under a name, to follow that of a program."""
        return f"\n{self.program.text}".replace(f"def {self.name}(", f"def {name}(", 1)

    @functools.cached_property
    def _layout(self) -> tuple[int, list[tuple[Shape, DType, int]]]:
        """The bytes of the stacked outputs, and the shape, dtype and offset of each."""
        stacked: list[tuple[Shape, DType, int]] = []
        end = 0
        for y in self.outputs[self.carried :]:
            stacked.append(((self.length, *y.shape), y.dtype, end))
            end += -(-self.length * y.size * y.dtype.itemsize // ALIGNMENT) * ALIGNMENT
        return end, stacked

    def __call__(self, *inputs: AnyArray) -> list[AnyArray]:
        """Run all steps."""
        size, stacked = self._layout
        # One piece: malloc returns several to the system after each run, and pages are slow to map.
        memory = np.empty(size, np.uint8)
        made = [np.ndarray(shape, dtype, memory, offset) for shape, dtype, offset in stacked]
        workspace = self.program.take()
        carry = self.program.function(*inputs, *made, workspace.buffers)
        self.program.give(workspace)
        ends = [(carry[k], self.outputs[k]) for k in self.finals]
        return [*(x if y.shape else y.dtype.type(x) for x, y in ends), *made]


def _known(node: Node) -> Op:
    """Return the mark that takes the place of a call, or of a loop with calls, with known results."""
    loop = node.op.repeated
    if isinstance(loop, Loop):
        assert loop.rule is not None, "only loops that have been pruned have none"
        return Custom(loop.name, functools.partial(loop.rule, loop), node.parts).op
    assert isinstance(node.op.axes, Custom), "the user's functions are customs"
    return node.op.axes.known()
