"""The product of matrices, `np.matmul`."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.graph import DType, Node, Op, Shape
from miniml.program.registry import DERIVATIVES, EXACT, UFUNCS
from miniml.program.rules.shaping import record_transpose


def _infer(a: Node, b: Node) -> tuple[Shape, DType]:
    """The shape as NumPy finds it, with NumPy's own error."""
    if not a.shape or not b.shape:
        raise ValueError("matmul: an operand has no axes; multiply with * instead")
    inner = b.shape[-2:][0]
    if a.shape[-1] != inner:
        raise ValueError(
            f"matmul: shapes {a.shape} and {b.shape} do not fit: {a.shape[-1]} against {inner}"
        )
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    rows = a.shape[-2:-1]
    columns = b.shape[-1:] if len(b.shape) > 1 else ()
    return batch + rows + columns, a.dtype


def _pull(position: int, g: Any, y: Any, a: Any, b: Any) -> Any:
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
    # By an operand that is turned, the product is made so that turned back it lies as it should.
    if position == 0:
        return _turned(b @ _turned(g)) if _is_turned(a) else g @ _turned(b)
    return _turned(_turned(g) @ a) if _is_turned(b) else _turned(a) @ g


def _turned(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def _is_turned(x: Any) -> bool:
    axes = tuple(range(x.ndim))
    swapped = (*axes[:-2], axes[-1], axes[-2])
    return bool(x.node.op is record_transpose.op and x.node.option("axes") == swapped)


def _emit(out: str | None, a: str, b: str, *, inputs: tuple[Node, ...]) -> str:
    """The method `dot` has a third of the overhead of `matmul`, and is the same up to two axes."""
    into = "" if out is None else f", {out}"
    if all(len(node.shape) <= 2 for node in inputs):
        return f"{a}.dot({b}{into})"
    return f"matmul({a}, {b}{into})"


MATMUL = Op("matmul", np.matmul, _infer, "plain", _emit, _pull)
UFUNCS["matmul"] = MATMUL
DERIVATIVES["matmul"] = EXACT
