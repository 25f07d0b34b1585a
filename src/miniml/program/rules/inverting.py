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


def _cofactors_by_svd(x: Any, xp: Any = np) -> Any:
    """Compute det(u) det(v) u p v' for x = u s v'; each of p is the product of the other values in s.

    G. W. Stewart, "On the adjugate matrix" (1998).
    """
    u, s, vt = xp.linalg.svd(x)
    others = xp.where(np.eye(s.shape[-1], dtype=bool), 1.0, s[..., None, :]).prod(-1)
    sign = xp.linalg.det(u) * xp.linalg.det(vt)
    return sign[..., None, None] * ((u * others[..., None, :]) @ vt)


def _second(x: AnyArray, g: AnyArray) -> AnyArray:
    """Compute the derivative of the sum of g times the cofactors, for singular matrices too.

    For x = u s v' and h = u' g v, it is det(u) det(v) u r v', where r holds the h of the other rows
    and columns times the products of all values of s but two.
    """
    u, s, vt = np.linalg.svd(x)
    h = np.swapaxes(u, -1, -2) @ g @ np.swapaxes(vt, -1, -2)
    rest = _products_but_two(s)
    r = -rest * np.swapaxes(h, -1, -2)
    each = np.arange(s.shape[-1])
    r[..., each, each] = np.sum(rest * h[..., each, each][..., :, None], -2)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return np.asarray(sign[..., None, None] * (u @ r @ vt), x.dtype)


def _products_but_two(s: AnyArray) -> AnyArray:
    """Compute for each i and j the product of all others, without division; 0 for i = j."""
    count = s.shape[-1]
    later = np.triu(np.ones((count, count), bool), 1)
    between = _running(np.where(later, s[..., None, :], 1.0))
    ends = _running(s)[..., :, None] * _running(s[..., ::-1])[..., None, ::-1]
    upper = np.where(later, ends * between, 0.0)
    return np.asarray(upper + np.swapaxes(upper, -1, -2))


def _running(x: AnyArray) -> AnyArray:
    """Compute the products of all before each element."""
    y = np.ones_like(x)
    np.multiply.accumulate(x[..., :-1], -1, None, y[..., 1:])
    return y


def _second_vjp(i: int, g: Any, y: Any, x: Any, h: Any) -> Any:
    """Return the gradient by the second input, in which it is symmetric, or by the first.

    That one needs the inverse, and is NaN where the inverse is too inexact.
    """
    if i == 1:
        return second_p(x, g)
    w = transposed(inv_p(x))
    condition = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(w, axis=(-2, -1))
    sure = np.where(condition > _ILL_CONDITIONED, np.nan, 1.0)[..., None, None]
    a, b = transposed(g) @ w, transposed(h) @ w
    both = np.sum(a * transposed(b), (-2, -1), keepdims=True)
    a_all, b_all = (np.trace(v, axis1=-2, axis2=-1)[..., None, None] for v in (a, b))
    inner = w @ (a @ b + b @ a - b_all * a - a_all * b) + (a_all * b_all - both) * w
    return det_p(x)[..., None, None] * inner * sure


second_p: Primitive = primitive(
    "second_cofactors",
    _second,
    infer=lambda x, g: (g.shape, x.dtype),
    vjp=_second_vjp,
    axes=Stacked(2, 2),
    nanoseconds=80.0,
)
cofactors_p: Primitive = of_matrices(
    "cofactors",
    _cofactors,
    square,
    nanoseconds=15.0,
    vjp=lambda i, g, y, x: second_p(x, g),
    jax=lambda jnp, x: _cofactors_by_svd(x, jnp),
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


@implements(np.linalg.det, derivative="exact; third derivatives if there is an inverse")
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
