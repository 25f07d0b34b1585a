"""The cost of a program, estimated from shapes.

Nothing is measured: timings vary, and choices and rounding would vary with them.
"""

import math
from collections.abc import Iterable, Sequence

from miniml.program.ir.graph import Node
from miniml.program.ir.kinds import Kind

LARGE, FETCH = 1 << 24, 5e-11
"""Arrays of more bytes stay in no cache, and the seconds to fetch a byte from memory."""


def repeated(node: Node) -> tuple[Sequence[Node], int]:
    """Return the operations of one step of a loop, and the number of steps; nothing for other nodes."""
    loop = node.op.repeated
    return ((), 0) if loop is None else (loop.steps, loop.length)


def flops(node: Node) -> float:
    """Return the number of multiplications and additions."""
    steps, times = repeated(node)
    if times:
        return times * math.fsum(map(flops, steps))
    if node.op.flops is not None:
        return node.op.flops(node)
    if node.op.kind.is_elementwise:
        return float(node.size)
    return float(max((i.size for i in node.inputs), default=0))


def moved(node: Node) -> int:
    """Return the bytes read and written."""
    steps, times = repeated(node)
    if times:
        return times * sum(map(moved, steps))
    if node.op.kind.is_view:
        return 0
    nodes = [node, *(i for i in node.inputs if i.op.kind is not Kind.OVERLAPPING_VIEW)]
    return nbytes(nodes)


def seconds(nodes: Iterable[Node]) -> float:
    """Estimate the time that the nodes take on one core."""
    return math.fsum(_seconds(node) for node in nodes)


def products(nodes: Iterable[Node]) -> float:
    """Return the part of `seconds` spent in BLAS, which has its own threads."""
    return seconds(node for node in nodes if node.op.blas)


def fetching(nodes: Iterable[Node]) -> float:
    """Return the seconds to read the arrays that fit in no cache, for any number of threads."""
    return FETCH * sum(size for size in map(_nbytes, nodes) if size > LARGE)


def adding(nodes: Iterable[Node]) -> float:
    """Return the seconds to add the nodes' values to others."""
    return 1e-10 * nbytes(nodes)


def nbytes(nodes: Iterable[Node]) -> int:
    """Return the bytes of the nodes' values."""
    return sum(map(_nbytes, nodes))


def _nbytes(node: Node) -> int:
    return node.size * node.dtype.itemsize


def _seconds(node: Node) -> float:
    if node.op.kind.is_view:
        return 1e-7
    dtype = node.parts[0][1] if node.parts else node.dtype
    size = dtype.itemsize / 8
    taken = node.op.nanoseconds * 1e-9 * size
    if node.op.blas:
        return 5e-7 + max(flops(node) * taken, moved(node) * FETCH)
    return 3e-7 + _elements(node) * taken


def _elements(node: Node) -> int:
    if node.op.elements is not None:
        return node.op.elements(node)
    return max(node.size, *(i.size for i in node.inputs), 1)
