"""Inverses, determinants and solutions of matrices, with any axes in front.

The formulas are those of M. Giles, "An extended collection of matrix derivative results for
forward and reverse mode algorithmic differentiation" (2008).
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from typing import Any

import attrs
import numpy as np

from miniml.program.ir.graph import AnyArray, DType, Node, Shape
from miniml.program.rules.axes import InputAxes, Operands, Stacked, Tag, reapply
from miniml.program.rules.define import Primitive, of_matrices, primitive
from miniml.program.rules.values import floats, promote
from miniml.program.trace.registry import implements


def transposed(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def square(x: Node, **_: Any) -> tuple[Shape, DType]:
    """Return the shape and dtype of a square matrix, or raise NumPy's error."""
    if len(x.shape) < 2 or x.shape[-1] != x.shape[-2]:
        raise np.linalg.LinAlgError(
            f"an array of shape {x.shape} is not a stack of square matrices"
        )
    return x.shape, x.dtype


def _number(x: Node) -> tuple[Shape, DType]:
    """Return the shape and dtype of a number for each matrix."""
    return square(x)[0][:-2], x.dtype


inv_p: Primitive = of_matrices(
    "inv",
    np.linalg.inv,
    square,
    nanoseconds=15.0,
    vjp=lambda i, g, y, x: -(transposed(y) @ g @ transposed(y)),
)


def _cofactors(x: AnyArray) -> Any:
    """Compute the derivative of the determinant, which exists for singular matrices too."""
    determinant = np.linalg.det(x)[..., None, None]
    try:
        inverse = np.linalg.inv(x)
    except np.linalg.LinAlgError:  # raised if any matrix in the stack is singular
        return _cofactors_by_svd(x)
    condition = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    if np.max(condition, initial=0.0) > _ILL_CONDITIONED:
        return _cofactors_by_svd(x)
    return determinant * transposed(inverse)


_ILL_CONDITIONED = 1e4
"""The condition number from which the slower decomposition is used: the inverse is too inexact."""


def _cofactors_by_svd(x: AnyArray) -> Any:
    """Compute det(u) det(v) u p v' for x = u s v'; each of p is the product of the other values in s.

    G. W. Stewart, "On the adjugate matrix" (1998).
    """
    u, s, vt = np.linalg.svd(x)
    others = np.where(np.eye(s.shape[-1], dtype=bool), 1.0, s[..., None, :]).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return sign[..., None, None] * ((u * others[..., None, :]) @ vt)


cofactors_p: Primitive = of_matrices(
    "cofactors",
    _cofactors,
    square,
    nanoseconds=15.0,
    vjp=lambda i, g, y, x: (
        np.sum(g * y, axis=(-2, -1), keepdims=True) * transposed(inv_p(x))
        - transposed(inv_p(x)) @ transposed(g) @ y
    ),
)
det_p: Primitive = of_matrices(
    "det",
    np.linalg.det,
    _number,
    result=0,
    nanoseconds=15.0,
    vjp=lambda i, g, y, x: g[..., None, None] * cofactors_p(x),
)
sign_p: Primitive = of_matrices(
    "det_sign",
    lambda x: np.linalg.slogdet(x)[0],
    _number,
    result=0,
    nanoseconds=15.0,
    vjp=lambda i, g, y, x: None,
)
logdet_p: Primitive = of_matrices(
    "logabsdet",
    lambda x: np.linalg.slogdet(x)[1],
    _number,
    result=0,
    nanoseconds=15.0,
    vjp=lambda i, g, y, x: g[..., None, None] * transposed(inv_p(x)),
)


@attrs.frozen
class _Solving(Stacked):
    """The solution for two stacks of matrices; if the first is one matrix, it is factored once."""

    def batched(self, node: Node, operands: Operands, count: int) -> Any:
        """Put the right sides of the batch side by side."""
        a, b = operands
        if a.count is None and a.ndim == b.ndim == 2:
            rows, columns = node.shape
            side = np.reshape(np.moveaxis(b.value, 0, 1), (rows, count * columns))
            found = np.reshape(reapply(node, a.value, side), (rows, count, columns))
            return np.moveaxis(found, 1, 0)
        ndim = len(node.shape)
        return reapply(node, a.aligned(ndim), b.whole(count) if ndim == 2 else b.aligned(ndim))

    def points(self, node: Node, axes: InputAxes, points: int) -> Tag | None:
        """Return the points' axis: each right side is a column."""
        if axes[0] is None and axes[1] == len(node.inputs[1].shape) - 1:
            return len(node.shape) - 1
        return super().points(node, axes, points)


solve_p: Primitive = primitive(
    "solve",
    np.linalg.solve,
    infer=lambda a, b: (
        (*np.broadcast_shapes(square(a)[0][:-2], b.shape[:-2]), *b.shape[-2:]),
        b.dtype,
    ),
    vjp=lambda i, g, y, a, b: (
        solve_p(transposed(a), g) if i == 1 else -(solve_p(transposed(a), g) @ transposed(y))
    ),
    axes=_Solving(2, 2),
    nanoseconds=15.0,
)


@implements(np.linalg.inv)
def inv(a: Any) -> Any:
    return inv_p(floats(a))


@implements(np.linalg.det, derivative="exact; second derivatives if there is an inverse")
def det(a: Any) -> Any:
    return det_p(floats(a))


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    x = floats(a)
    return _SLOGDET(sign_p(x), logdet_p(x))


_SLOGDET = type(np.linalg.slogdet(np.eye(1)))


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    x, y = promote(floats(a, b), b)
    axes = [] if axes is None else list(axes)
    kept = [k for k in range(x.ndim) if k not in axes]
    x = np.transpose(x, kept + axes)
    shape = x.shape[y.ndim :]
    return np.reshape(solve(np.reshape(x, (y.size, -1)), np.ravel(y)), shape)


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    x = floats(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    first, last = x.shape[:ind], x.shape[ind:]
    return np.reshape(inv(np.reshape(x, (math.prod(last), -1))), (*last, *first))


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    x, y = promote(floats(a, b), b)
    if y.ndim == 1:
        return solve_p(x, y[:, None])[..., 0]
    return solve_p(x, y)
