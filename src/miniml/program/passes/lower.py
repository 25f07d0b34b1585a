"""Lowering: the same values by the operations that NumPy runs fastest; see `Numpy.lower`.

Derivatives are taken before, so the operations recorded here need no rules.
"""

from collections.abc import Sequence

from miniml.program.ir.graph import Graph, Node
from miniml.program.ir.walk import interpret


def lower(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Replace operations by faster ones, in a new graph."""
    lowered = Graph()
    copies = {node: lowered.input(node.shape, node.dtype) for node in graph.inputs}

    def visit(node: Node, into: Sequence[Node]) -> Node:
        faster = node.op.numpy.lower and node.op.numpy.lower(lowered, into, node.options)
        return faster or lowered.copy(node, into)

    return lowered, interpret(outputs, copies, visit)
