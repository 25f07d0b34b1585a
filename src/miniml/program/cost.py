"""What a program costs, from its shapes alone: never from the clock, as results must repeat."""

import math
from collections.abc import Iterable

from miniml.program.graph import Node

SLOW = {"log", "log2", "log10", "sin", "cos", "tan", "arctan", "power", "logaddexp", "sinh", "cosh"}
"""Functions of some 4 ns an element; the rest take less than 1."""

MEDIUM = {"exp", "expm1", "log1p", "tanh", "sqrt", "divide", "maximum", "minimum"}


def flops(node: Node) -> float:
    """Multiplications and additions."""
    if node.op.name == "matmul":
        return 2.0 * node.size * node.inputs[0].shape[-1]
    if node.op.kind == "elementwise":
        return float(node.size)
    return float(max((i.size for i in node.inputs), default=0))


def moved(node: Node) -> int:
    """Bytes read and written."""
    if node.op.kind in {"view", "repeat"}:
        return 0
    nodes = [node, *(i for i in node.inputs if i.op.kind != "repeat")]
    return sum(n.size * n.dtype.itemsize for n in nodes)


def seconds(nodes: Iterable[Node]) -> float:
    """About how long the nodes take on one core of a processor of today."""
    return math.fsum(_seconds(node) for node in nodes)


def _seconds(node: Node) -> float:
    if node.op.kind in {"view", "repeat"}:
        return 1e-7
    size = node.dtype.itemsize / 8
    if node.op.name == "matmul":
        return 5e-7 + flops(node) * 2.5e-11 * size
    elements = max(node.size, *(i.size for i in node.inputs), 1)
    each = 4e-9 if node.op.name in SLOW else 6e-10 if node.op.name in MEDIUM else 2.5e-10
    return 3e-7 + elements * each * size
