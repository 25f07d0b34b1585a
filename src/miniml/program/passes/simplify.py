"""Simplification: a copy without marks and dead code, whose operations are simplified as they are recorded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from miniml.program.ir.graph import ITEM, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.passes.slices import CONCATENATE, join


def simplify(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Copy what the outputs need to a new graph, without marks, and simplify it again."""
    return rebuild(outputs, graph.inputs)


def rebuild(outputs: Iterable[Node], inputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Copy what the outputs need to a new graph with these inputs, without marks.

    Nodes that differed only by marks become equal, and are recorded once.
    """
    graph = Graph()
    outputs = list(outputs)
    copies = {node: graph.input(node.shape, node.dtype) for node in inputs}
    needed = ancestors(outputs)
    uses = Counter([*outputs, *chain.from_iterable(node.inputs for node in needed)])

    def visit(node: Node, into: Sequence[Node]) -> Node:
        if node.op.kind.is_mark:
            return into[0]
        if node.op is ITEM and node.inputs[0].op.kind.is_mark:
            return copies[node.inputs[0].inputs[node.option("number")]]
        return join(graph, node, copies, uses) if node.op is CONCATENATE else graph.copy(node, into)

    return graph, interpret(outputs, copies, visit)
