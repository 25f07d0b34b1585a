"""The matrix product, `np.matmul`."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from typing import Any

import numpy as np

from miniml.program.ir.graph import DType, Node, Numpy, Op, Shape
from miniml.program.rules import lowerings
from miniml.program.rules.axes import PARTIAL, InputAxes, Operand, Operands, Ruled, Tag
from miniml.program.rules.shaping import transpose_p
from miniml.program.trace.registry import DERIVATIVES, EXACT, UFUNCS
from miniml.program.trace.tracer import apply


def _infer(a: Node, b: Node) -> tuple[Shape, DType]:
    """Return the shape and dtype, or raise an error as NumPy does."""
    if not a.shape or not b.shape:
        raise ValueError("matmul: an operand is a scalar; multiply with * instead")
    inner = b.shape[-2:][0]
    if a.shape[-1] != inner:
        raise ValueError(
            f"matmul: shapes {a.shape} and {b.shape} do not fit: {a.shape[-1]} against {inner}"
        )
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    rows = a.shape[-2:-1]
    columns = b.shape[-1:] if len(b.shape) > 1 else ()
    return batch + rows + columns, a.dtype


def _vjp(position: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1 and b.ndim == 1:
        return g * (b, a)[position]
    if a.ndim == 1:
        # y[..., j] = sum_i a[i] b[..., i, j]
        if position == 0:
            return b @ g if b.ndim == 2 else (b @ g[..., None])[..., 0]
        return a[:, None] * g[..., None, :]
    if b.ndim == 1:
        if position == 0:
            return g[..., None] * b
        return g @ a if a.ndim == 2 else (np.swapaxes(a, -1, -2) @ g[..., None])[..., 0]
    # The gradient by a transposed operand is computed transposed, so that its memory is in order.
    if position == 0:
        return _turned(b @ _turned(g)) if _is_turned(a) else g @ _turned(b)
    return _turned(_turned(g) @ a) if _is_turned(b) else _turned(a) @ g


def _turned(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def _is_turned(x: Any) -> bool:
    axes = tuple(range(x.ndim))
    swapped = (*axes[:-2], axes[-1], axes[-2])
    return bool(x.node.op is transpose_p.op and x.node.option("axes") == swapped)


def _emit(out: str | None, a: str, b: str, *, inputs: tuple[Node, ...]) -> str:
    """Write `dot`, which has a third of the overhead of `matmul`, and is the same up to two axes."""
    into = "" if out is None else f", {out}"
    if all(len(node.shape) <= 2 for node in inputs):
        return f"{a}.dot({b}{into})"
    return f"matmul({a}, {b}{into})"


def _batched(node: Node, operands: Operands, count: int) -> Any:
    a, b = operands
    if b.count is None and b.ndim <= 2:
        return _times_matrix(a, b.value, node, count)
    if a.count is None and a.ndim <= 2 and b.ndim == 1:
        return b.value @ np.transpose(a.value)
    if a.ndim == b.ndim == 1 and node.dtype.kind == "f":  # sums widen small integers
        return np.sum(a.value * b.value, 1)
    # As matrices: a vector is a row on the left, and a column on the right.
    ndim = max(a.ndim, b.ndim, 2)
    left = Operand(a.value[..., None, :], a.count) if a.ndim == 1 else a
    right = Operand(b.value[..., :, None], b.count) if b.ndim == 1 else b
    product = apply(node.op, left.aligned(ndim), right.aligned(ndim))
    return np.reshape(product, (count, *node.shape))


def _times_matrix(a: Operand, b: Any, node: Node, count: int) -> Any:
    """Multiply the rows of the whole batch by one matrix or vector: a single product."""
    rows = np.reshape(a.value, (math.prod(a.value.shape[:-1]), a.value.shape[-1]))
    return np.reshape(rows @ b, (count, *node.shape))


def _points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    a, b = node.inputs
    # Counted from the end, so that leading axes line up: 1 is the last axis.
    a_end = None if axes[0] is None else len(a.shape) - axes[0]
    b_end = None if axes[1] is None else len(b.shape) - axes[1]
    b_inner = 1 if len(b.shape) == 1 else 2
    if a_end == 1 and b_end == b_inner:
        return PARTIAL
    if a_end == 1 or b_end == b_inner:
        return None
    a_result = None if a_end is None else a_end if len(b.shape) > 1 else a_end - 1
    b_result = None if b_end is None else b_end if len(a.shape) > 1 or b_end == 1 else b_end - 1
    if a_result is not None and b_result is not None and a_result != b_result:
        return None
    end = a_result if a_result is not None else b_result
    assert end is not None
    for operand, axis in zip((a, b), axes, strict=True):
        leading = end > 2 and len(operand.shape) >= end
        if axis is None and leading and operand.shape[-end] != 1:
            return None
    both = a_result is not None and b_result is not None
    return None if both and end <= 2 else len(node.shape) - end


MATMUL = Op(
    "matmul",
    np.matmul,
    _infer,
    vjp=_vjp,
    axes=Ruled(_batched, _points),
    flops=lambda node: 2.0 * node.size * node.inputs[0].shape[-1],
    nanoseconds=0.025,
    blas=True,
    numpy=Numpy(emit=_emit, lower=lowerings.product),
)
UFUNCS["matmul"] = MATMUL
DERIVATIVES["matmul"] = EXACT
