"""What a trace recorded, as a key: traces with equal keys have the same program."""

from collections.abc import Hashable, Sequence

import attrs

from miniml.program.autodiff.custom import Custom
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import CONSTANT, INPUT, AnyArray, Graph, Node, same_bits
from miniml.program.ir.walk import ancestors
from miniml.program.loops.scan_op import Loop
from miniml.program.passes.simplify import simplify
from miniml.program.run.tracing import Trace
from miniml.program.trace.tracer import Tracer

_SMALL = 1 << 12
"""Constants of more bytes are compared, and are not in the hash."""


class Recorded:
    """The operations that some outputs need; equal if each operation is.

    Args:
        inputs: The inputs, in order.
        outputs: The outputs, in order.
        weak: The Python types that the outputs are returned as.
        loose: Whether the user's functions that are made anew in each trace are equal.

    Attributes:
        nodes: The operations.
        rows: What distinguishes each, and then inputs and outputs.
        is_exact: Whether no such function is among them.
    """

    __slots__ = ("_hash", "_large", "_loose", "is_exact", "nodes", "rows")

    def __init__(
        self,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        weak: Sequence[Weak] = (),
        *,
        loose: bool = False,
    ) -> None:
        self._loose = loose
        self.is_exact: bool = True
        self._large: list[AnyArray] = []
        self.nodes: list[Node] = [node for node in ancestors(outputs) if node.op is not INPUT]
        number = {node: n for n, node in enumerate([*inputs, *self.nodes])}
        self.rows: list[Hashable] = [self._row(node, number) for node in self.nodes]
        ends = tuple(number[node] for node in outputs)
        kinds = tuple((node.shape, node.dtype) for node in inputs)
        self.rows.append((kinds, ends, tuple(weak)))
        self._hash = hash(tuple(self.rows))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Recorded)
            and self._hash == other._hash
            and self.rows == other.rows
            and all(map(same_bits, self._large, other._large))
        )

    @property
    def nbytes(self) -> int:
        """The bytes of the large constants."""
        return sum(array.nbytes for array in self._large)

    def first_difference(self, other: "Recorded") -> tuple[Node, Node] | None:
        """Return the first two nodes that differ, or None if the traces differ elsewhere."""
        pairs = zip(self.rows[:-1], other.rows[:-1], self.nodes, other.nodes, strict=False)
        for mine, others, node, counterpart in pairs:
            large = node.op is CONSTANT and counterpart.op is CONSTANT and mine == others
            if mine != others or (large and not _same_constants(node, counterpart)):
                return node, counterpart
        return None

    def _row(self, node: Node, number: dict[Node, int]) -> Hashable:
        """Return what distinguishes one operation."""
        if node.op is CONSTANT:
            value = node.value
            assert value is not None
            if value.nbytes <= _SMALL:
                return value.dtype, value.shape, value.tobytes()
            self._large.append(value)
            return value.dtype, value.shape
        return (self._operation(node), node.options, *map(number.__getitem__, node.inputs))

    def _operation(self, node: Node) -> Hashable:
        """Return the operation, or what is equal for loops and user's functions of two traces."""
        loop, custom = node.op.repeated, node.op.axes
        if isinstance(loop, Loop):
            inner = Recorded(loop.inputs, loop.outputs, loose=self._loose)
            self.is_exact = self.is_exact and inner.is_exact
            return (loop.carried, loop.rows, loop.length, loop.reverse, tuple(loop.finals), inner)
        if isinstance(custom, Custom):
            self.is_exact = self.is_exact and custom.key is not None
            anew = custom.name if self._loose else node.op
            key = anew if custom.key is None else custom.key
            return key, node.parts
        return node.op


@attrs.frozen(eq=False)
class Recording:
    """A trace and what it recorded.

    Attributes:
        trace: The trace.
        graph: Its graph after the first pass.
        nodes: The outputs there.
        weak: The Python types that the outputs are returned as.
        recorded: The operations as a key.
    """

    trace: Trace
    graph: Graph
    nodes: Sequence[Node]
    weak: Sequence[Weak]
    recorded: Recorded

    def loosely(self) -> Recorded:
        """Return the operations as a key in which the user's functions made anew are equal."""
        return Recorded(self.graph.inputs, self.nodes, self.weak, loose=True)


def record(trace: Trace) -> Recording:
    """Return what a trace recorded."""
    outputs = [leaf for leaf in trace.results if isinstance(leaf, Tracer)]
    graph, nodes = simplify(trace.graph, [tracer.node for tracer in outputs])
    weak = [tracer.weak for tracer in outputs]
    return Recording(trace, graph, nodes, weak, Recorded(graph.inputs, nodes, weak))


def _same_constants(a: Node, b: Node) -> bool:
    return a.value is not None and b.value is not None and same_bits(a.value, b.value)
