"""Norms of vectors and matrices."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.ir.graph import AnyArray, Node
from miniml.program.rules.axes import InputAxes, Operands, Ruled, Tag
from miniml.program.rules.define import Primitive, primitive
from miniml.program.rules.reductions import expand, finish
from miniml.program.rules.values import astype, floats, normalized_axes
from miniml.program.trace.registry import implements, named
from miniml.program.trace.tracer import apply, stopped

AT_ZERO = "exact; 0 at 0"


def _root(sums: Any, order: float) -> Any:
    return np.sqrt(sums) if order == 2 else sums ** (1.0 / order)


def _vector_norm(x: AnyArray, sums: AnyArray, axis: tuple[int, ...], order: float) -> AnyArray:
    """Compute the root of a sum of powers; if one of them is out of range, scale the numbers first."""
    lowest, highest = _RANGE[sums.dtype.char]
    if sums.ndim == 0:
        exact = bool(lowest <= sums <= highest)
    else:
        exact = not sums.size or bool(lowest <= np.min(sums) and np.max(sums) <= highest)
    return np.asarray(_root(sums, order) if exact else _scaled_norm(x, axis, order))


_RANGE = {t: (float(np.finfo(t).tiny / np.finfo(t).eps), float(np.finfo(t).max)) for t in "efdg"}
"""For each type of floats, the sums to which no power contributes that lost digits."""


def _scaled_norm(x: AnyArray, axis: tuple[int, ...], order: float) -> AnyArray:
    """Compute the norm of the numbers divided by the one that contributes most."""
    size = np.abs(x, dtype=np.result_type(x.dtype, np.float32))
    chief = size.max(axis, keepdims=True) if order > 0 else size.min(axis, keepdims=True)
    fixed = np.where((chief == 0) | np.isinf(chief), 1.0, chief)
    sums = np.sum((size / fixed) ** order, axis)
    chief = chief.reshape(sums.shape)
    found = np.where((chief == 0) | np.isinf(chief), chief, chief * _root(sums, order))
    return np.asarray(found, x.dtype)


def _vector_norm_vjp(
    i: int, g: Any, y: Any, x: Any, sums: Any, *, axis: tuple[int, ...], order: float
) -> Any:
    """Return the gradient by the numbers; it is 0 at 0, as in PyTorch."""
    if i == 1:  # which depends on the numbers
        return None
    if order == 2:
        size = np.where(y == 0, np.inf, y + (y - y))  # NaN if the norm is out of range
        return expand(g, axis) * (x / expand(size, axis))
    if order > 1:
        y = np.where(y == 0, 1.0, y)
        scale = stopped(y)  # any scale cancels; this one keeps the powers in range
        g = expand(g * (y / scale) ** (1.0 - order), axis)
        share = x / expand(scale, axis)
        if order.is_integer():
            return g * (share * np.abs(share) ** (order - 2.0))
        return g * (np.sign(x) * np.abs(share) ** (order - 1.0))
    g, y = expand(g, axis), expand(y, axis)
    moves = (x != 0) & (y != 0)
    share = np.where(moves, np.abs(x), 1.0) / np.where(moves, y, 1.0)
    return np.where(moves, g * np.sign(x) * share ** (order - 1.0), 0.0)


def _batched(node: Node, operands: Operands, count: int) -> Any:
    x, sums = (operand.whole(count) for operand in operands)
    axis = tuple(a + 1 for a in node.option("axis"))
    return apply(node.op, x, sums, axis=axis, order=node.option("order"))


def _points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    x, sums = axes
    taken: tuple[int, ...] = node.option("axis")
    if x is None or x in taken or sums != x - sum(a < x for a in taken):
        return None
    return sums


def _jax_norm(jnp: Any, x: Any, sums: Any, axis: tuple[int, ...], order: float) -> Any:
    size = jnp.abs(x)
    chief = jnp.max(size, axis) if order > 0 else jnp.min(size, axis)
    fixed = jnp.where((chief == 0) | jnp.isinf(chief), 1.0, chief)
    scaled = jnp.sum((size / jnp.expand_dims(fixed, axis)) ** order, axis) ** (1.0 / order)
    return jnp.where(fixed == chief, chief * scaled, chief)


vector_norm_p: Primitive = primitive(
    "vector_norm",  # of the numbers, and of the sums of their powers
    _vector_norm,
    infer=lambda x, sums, axis, order: (sums.shape, sums.dtype),
    vjp=_vector_norm_vjp,
    axes=Ruled(_batched, _points),
    jax=_jax_norm,
    nanoseconds=0.1,
)


def euclidean(x: Any, axes: tuple[int, ...], keepdims: Any = False) -> Any:
    """Return the root of the sum of squares, which may be out of range; its gradient at 0 is 0."""
    return finish(_root_of_powers(x, x * x, axes, 2.0), axes, keepdims)


def _root_of_powers(x: Any, powers: Any, axes: tuple[int, ...], order: float) -> Any:
    if not axes or not x.size:
        return np.sum(np.abs(x), axes)
    return vector_norm_p(x, np.sum(powers, axes), axis=axes, order=order)


def _vector(x: Any, order: Any, axes: tuple[int, ...], keepdims: Any) -> Any:
    if order is None or order == 2:
        return euclidean(x, axes, keepdims)
    size = np.abs(x)
    if order == np.inf:
        return np.max(size, axes, keepdims=keepdims)
    if order == -np.inf:
        return np.min(size, axes, keepdims=keepdims)
    if order == 0:
        return astype(np.sum(x != 0, axes, keepdims=keepdims), x.dtype)
    if order == 1:
        return np.sum(size, axes, keepdims=keepdims)
    return finish(_root_of_powers(x, size**order, axes, float(order)), axes, keepdims)


def _matrix(x: Any, order: Any, axes: tuple[int, int], keepdims: Any) -> Any:
    if order is None or order == "fro":
        return euclidean(x, normalized_axes(axes, x.ndim), keepdims)
    x = np.moveaxis(x, axes, (-2, -1))
    if order in {1, -1, np.inf, -np.inf}:
        sums = np.sum(np.abs(x), -2 if abs(order) == 1 else -1)
        y = np.max(sums, -1) if order > 0 else np.min(sums, -1)
    else:
        values = np.linalg.svd(x, compute_uv=False)
        if order not in {"nuc", 2, -2}:
            raise ValueError(f"Invalid norm order {order!r} for matrices")
        y = np.sum(values, -1) if order == "nuc" else values[..., 0 if order == 2 else -1]
    return finish(y, tuple(sorted(a % x.ndim for a in axes)), keepdims)


@implements(np.linalg.norm, derivative=AT_ZERO)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002  # NumPy's name
    y = floats(x)
    if axis is None and (ord is None or y.ndim == 1):
        return _vector(y, ord, normalized_axes(None, y.ndim), keepdims)
    axes = tuple(range(y.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1:
        return _vector(y, ord, normalized_axes(axes, y.ndim), keepdims)
    if len(axes) != 2:
        raise ValueError("Improper number of dimensions to norm.")
    return _matrix(y, ord, (axes[0], axes[1]), keepdims)


@implements(*named("linalg.vector_norm"), derivative=AT_ZERO)
def vector_norm(
    x: Any,
    /,
    *,
    axis: Any = None,
    keepdims: bool = False,
    ord: Any = 2,  # noqa: A002  # NumPy's name
) -> Any:
    y = floats(x)
    return _vector(y, ord, normalized_axes(axis, y.ndim), keepdims)


@implements(*named("linalg.matrix_norm"), derivative=AT_ZERO)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:  # noqa: A002  # NumPy's name
    return _matrix(floats(x), ord, (-2, -1), keepdims)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    y = floats(x)
    if p is None or p in {2, -2}:
        values = np.linalg.svd(y, compute_uv=False)
        first, last = values[..., 0], values[..., -1]
        ratio = last / first if p == -2 else first / last
    else:
        ratio = _matrix(y, p, (-2, -1), False) * _matrix(np.linalg.inv(y), p, (-2, -1), False)
    unknown = np.isnan(ratio) & ~np.any(np.isnan(y), (-2, -1))
    return np.where(unknown, np.inf, ratio)  # as NumPy does
