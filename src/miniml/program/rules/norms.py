"""Norms of vectors and matrices."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.rules.reductions import finish
from miniml.program.rules.values import astype, floats, normalized_axes, traced
from miniml.program.trace.registry import implements, named

AT_ZERO = "exact; 0 at 0"


def root(squares: Any) -> Any:
    """Return the root of a sum of squares, whose gradient at 0 is 0, as in PyTorch."""
    nothing = squares == 0
    return np.where(nothing, 0.0, np.sqrt(np.where(nothing, 1.0, squares)))


def _euclidean(x: Any, axes: tuple[int, ...], keepdims: Any) -> Any:
    return root(np.sum(x * x, axes, keepdims=keepdims))


def _vector(x: Any, order: Any, axes: tuple[int, ...], keepdims: Any) -> Any:
    if order is None or order == 2:
        return _euclidean(x, axes, keepdims)
    size = np.abs(x)
    if order == np.inf:
        return np.max(size, axes, keepdims=keepdims)
    if order == -np.inf:
        return np.min(size, axes, keepdims=keepdims)
    if order == 0:
        return astype(np.sum(x != 0, axes, keepdims=keepdims), x.dtype)
    if order == 1:
        return np.sum(size, axes, keepdims=keepdims)
    powers = np.sum(size**order, axes, keepdims=keepdims)
    nothing = powers == 0
    return np.where(nothing, 0.0, np.where(nothing, 1.0, powers) ** (1.0 / order))


def _matrix(x: Any, order: Any, axes: tuple[int, int], keepdims: Any) -> Any:
    if order is None or order == "fro":
        return _euclidean(x, axes, keepdims)
    x = np.moveaxis(x, axes, (-2, -1))
    if order in {1, -1, np.inf, -np.inf}:
        sums = np.sum(np.abs(x), -2 if abs(order) == 1 else -1)
        y = np.max(sums, -1) if order > 0 else np.min(sums, -1)
    else:
        values = np.linalg.svd(x, compute_uv=False)
        choices = {"nuc": np.sum(values, -1), 2: values[..., 0], -2: values[..., -1]}
        if order not in choices:
            raise ValueError(f"Invalid norm order {order!r} for matrices")
        y = choices[order]
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
    y = traced(x)
    return _vector(y, ord, normalized_axes(axis, y.ndim), keepdims)


@implements(*named("linalg.matrix_norm"), derivative=AT_ZERO)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:  # noqa: A002  # NumPy's name
    return _matrix(traced(x), ord, (-2, -1), keepdims)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    y = traced(x)
    if p is None or p in {2, -2}:
        values = np.linalg.svd(y, compute_uv=False)
        ratio = values[..., 0] / values[..., -1]
        return 1.0 / ratio if p == -2 else ratio
    return _matrix(y, p, (-2, -1), False) * _matrix(np.linalg.inv(y), p, (-2, -1), False)
