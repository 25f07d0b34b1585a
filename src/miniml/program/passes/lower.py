"""Lowering: the same values by the operations that NumPy runs fastest; see `Op.lower`.

Derivatives have been taken by then, so what is recorded here needs no rule.
"""

from collections.abc import Sequence

from miniml.program.ir.graph import Graph, Node, interpret


def lower(outputs: Sequence[Node], inputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """The graph with its operations replaced by faster ones."""
    graph = Graph()
    copies = {node: graph.input(node.shape, node.dtype) for node in inputs}

    def visit(node: Node, into: Sequence[Node]) -> Node:
        faster = node.op.numpy.lower and node.op.numpy.lower(graph, into, node.options)
        return faster or graph.copy(node, into)

    return graph, interpret(outputs, copies, visit)
