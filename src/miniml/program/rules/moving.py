"""Reshape, transpose and broadcast as operations.

`define` and the simplifications are built on them, and the functions in `shaping` on `define`.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import CONSTANT, Graph, Node, Numpy, Op, Options, Shape, broadcast
from miniml.program.ir.kinds import Kind
from miniml.program.rules.axes import InputAxes, Operands, Ruled, Tag, only_axis
from miniml.program.trace.tracer import apply


def sum_to(g: Any, shape: Shape) -> Any:
    """Undo broadcasting: sum over the axes that were added or stretched."""
    if g.shape == shape:
        return g
    added = g.ndim - len(shape)
    stretched = tuple(i + added for i, n in enumerate(shape) if n == 1 and g.shape[i + added] != 1)
    summed = np.sum(g, (*range(added), *stretched))
    return np.reshape(summed, shape)


def scalar(graph: Graph, node: Node) -> Node:
    """Return a node of one element as a scalar."""
    return graph.apply(RESHAPE, [node], (("shape", ()),)) if node.shape else node


def is_scalar(node: Node, value: float) -> bool:
    """Return whether the node is that constant in every element."""
    if node.op is BROADCAST:
        node = node.inputs[0]
    return node.value is not None and node.op is CONSTANT and node.size == 1 and node.value == value


def without_broadcasts(graph: Graph, inputs: Sequence[Node]) -> list[Node]:
    """Return elementwise inputs without the broadcasts that the other inputs imply."""
    shape = broadcast(*(i.shape for i in inputs))
    inner = list(inputs)
    for position, node in enumerate(inputs):
        if node.op is BROADCAST:
            shorter = node.inputs[0]
            trial = [*inner[:position], shorter, *inner[position + 1 :]]
            if broadcast(*(i.shape for i in trial)) == shape:
                inner = trial
    return inner


def before_broadcasts(graph: Graph, op: Op, inputs: Sequence[Node]) -> Node | None:
    """Record an elementwise operation before its inputs are broadcast, not after."""
    if all(i.op is BROADCAST and i.inputs[0].size == 1 for i in inputs):
        shape = broadcast(*(i.shape for i in inputs))
        small = graph.apply(op, [scalar(graph, i.inputs[0]) for i in inputs])
        return graph.apply(BROADCAST, [small], (("shape", shape),))
    inner = without_broadcasts(graph, inputs)
    return None if inner == list(inputs) else graph.apply(op, inner)


def _reshaped(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    shape = dict(options)["shape"]
    (x,) = inputs
    if x.shape == shape:
        return x
    if x.op is RESHAPE:
        return graph.apply(RESHAPE, x.inputs, options)
    if x.op is BROADCAST and x.inputs[0].size == 1:
        return graph.apply(BROADCAST, [scalar(graph, x.inputs[0])], options)
    return None


def _reshape_batched(node: Node, operands: Operands, count: int) -> Any:
    return np.reshape(operands[0].value, (count, *node.shape))


def _reshape_points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    before = math.prod(node.inputs[0].shape[: only_axis(axes)])
    for k, extent in enumerate(node.shape):
        if math.prod(node.shape[:k]) == before and extent and extent % points == 0:
            return k
    return None


RESHAPE: Op = Op(
    "reshape",
    lambda x, shape: x.reshape(shape),
    infer=lambda x, shape: (shape, x.dtype),
    vjp=lambda i, g, y, x, shape: np.reshape(g, x.shape),
    axes=Ruled(_reshape_batched, _reshape_points),
    rewrite=_reshaped,
    kind=Kind.VIEW,
    nanoseconds=0.0,
    numpy=Numpy(
        emit=lambda out, x, *, shape, inputs: f"{x}.reshape({shape})" + ("" if shape else "[()]")
    ),
)


def _transposed(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    axes: tuple[int, ...] = dict(options)["axes"]
    (x,) = inputs
    if axes == tuple(range(len(axes))):
        return x
    if x.op is TRANSPOSE:
        inner = x.option("axes")
        return graph.apply(TRANSPOSE, x.inputs, (("axes", tuple(inner[a] for a in axes)),))
    return None


TRANSPOSE: Op = Op(
    "transpose",
    lambda x, axes: x.transpose(axes),
    infer=lambda x, axes: (tuple(x.shape[a] for a in axes), x.dtype),
    vjp=lambda i, g, y, x, axes: np.transpose(g, tuple(int(a) for a in np.argsort(axes))),
    axes=Ruled(
        lambda node, operands, count: apply(
            node.op, operands[0].value, axes=(0, *(a + 1 for a in node.option("axes")))
        ),
        lambda node, axes, points: node.option("axes").index(only_axis(axes)),
    ),
    rewrite=_transposed,
    kind=Kind.VIEW,
    nanoseconds=0.0,
    numpy=Numpy(
        emit=lambda out, x, *, axes, inputs: (
            f"{x}.T" if axes == tuple(range(len(axes)))[::-1] else f"{x}.transpose({axes})"
        )
    ),
)


def _repeated(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    (x,) = inputs
    if x.shape == dict(options)["shape"]:
        return x
    if x.op is BROADCAST:
        return graph.apply(BROADCAST, x.inputs, options)
    if x.size == 1 and x.shape:
        return graph.apply(BROADCAST, [scalar(graph, x)], options)
    return None


BROADCAST: Op = Op(
    "broadcast_to",
    np.broadcast_to,
    infer=lambda x, shape: (shape, x.dtype),
    vjp=lambda i, g, y, x, shape: sum_to(g, x.shape),
    axes=Ruled(
        lambda node, operands, count: apply(
            node.op, operands[0].aligned(len(node.shape)), shape=(count, *node.shape)
        ),
        lambda node, axes, points: len(node.shape) - len(node.inputs[0].shape) + only_axis(axes),
    ),
    rewrite=_repeated,
    sliced=lambda graph, x, within, shape: (
        graph.apply(BROADCAST, x.inputs, (("shape", shape),)) if x.inputs[0].size == 1 else None
    ),
    kind=Kind.OVERLAPPING_VIEW,
    nanoseconds=0.0,
)
