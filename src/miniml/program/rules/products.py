"""Products of vectors, matrices and tensors, composed of matmul and multiplication."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from miniml.program.ir.errors import TraceError
from miniml.program.rules.values import promote, promote_arrays, refuse_out, traced
from miniml.program.trace.registry import COMPOSED, implements, named


@implements(np.dot)
def dot(a: Any, b: Any, out: None = None) -> Any:
    refuse_out(out)
    x, y = promote_arrays(a, b)
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    if y.ndim <= 2:
        return x @ y
    return np.tensordot(x, y, ([-1], [-2]))


@implements(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    x, y = promote_arrays(a, b)
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    return np.tensordot(x, y, ([-1], [-1]))


@implements(*named("outer", "linalg.outer"))
def outer(a: Any, b: Any, out: None = None) -> Any:
    refuse_out(out)
    x, y = promote_arrays(a, b)
    return np.ravel(x)[:, None] * np.ravel(y)[None, :]


@implements(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    x, y = promote_arrays(a, b)
    return np.ravel(x) @ np.ravel(y)


@implements(*named("tensordot", "linalg.tensordot"))
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    x, y = promote_arrays(a, b)
    if isinstance(axes, int | np.integer):
        if axes > min(x.ndim, y.ndim):
            raise ValueError(f"axes={axes} is more than an array has: {x.shape} and {y.shape}")
        axes = range(x.ndim - axes, x.ndim), range(axes)
    left = normalize_axis_tuple(axes[0], x.ndim)
    right = normalize_axis_tuple(axes[1], y.ndim)
    if len(left) != len(right) or [x.shape[i] for i in left] != [y.shape[i] for i in right]:
        raise ValueError("shape-mismatch for sum")
    one, two = list(range(x.ndim)), list(range(x.ndim, x.ndim + y.ndim))
    for i, j in zip(left, right, strict=True):
        two[j] = one[i]
    rows = [k for i, k in enumerate(one) if i not in left]
    columns = [k for i, k in enumerate(two) if i not in right]
    return np.einsum(x, one, y, two, rows + columns)


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    x, y = promote_arrays(a, b)
    ndim = max(x.ndim, y.ndim)
    one = (1,) * (ndim - x.ndim) + x.shape
    two = (1,) * (ndim - y.ndim) + y.shape
    spaced = np.reshape(x, tuple(n for extent in one for n in (extent, 1)))
    tiled = np.reshape(y, tuple(n for extent in two for n in (1, extent)))
    shape = tuple(i * j for i, j in zip(one, two, strict=True))
    return np.reshape(spaced * tiled, shape)


@implements(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = promote_arrays(a, b)
    x, y = np.moveaxis(x, axisa, -1), np.moveaxis(y, axisb, -1)
    if x.shape[-1] != 3 or y.shape[-1] != 3:
        raise TraceError("np.cross of vectors of two elements cannot be traced: add a third, 0")
    (x0, x1, x2), (y0, y1, y2) = (tuple(v[..., i] for i in range(3)) for v in (x, y))
    parts = [x1 * y2 - x2 * y1, x2 * y0 - x0 * y2, x0 * y1 - x1 * y0]
    return np.moveaxis(np.stack(parts, -1), -1, axisc)


@implements(*named("linalg.cross"))
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return cross(x1, x2, axis=axis)


def _no_axes(name: str, options: dict[str, Any]) -> None:
    if options:
        raise TraceError(f"np.{name} with {', '.join(options)}= cannot be traced: move the axes")


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1, **options: Any) -> Any:
    _no_axes("vecdot", options)
    x, y = promote(x1, x2)
    return np.sum(np.moveaxis(x, axis, -1) * np.moveaxis(y, axis, -1), -1, x.dtype)


def matvec(x1: Any, x2: Any, /, **options: Any) -> Any:
    _no_axes("matvec", options)
    x, y = promote(x1, x2)
    return x @ y if y.ndim == 1 else (x @ y[..., None])[..., 0]


def vecmat(x1: Any, x2: Any, /, **options: Any) -> Any:
    _no_axes("vecmat", options)
    x, y = promote(x1, x2)
    return x @ y if x.ndim == 1 else (x[..., None, :] @ y)[..., 0, :]


COMPOSED.update(vecdot=vecdot, matvec=matvec, vecmat=vecmat)
implements(*named("linalg.vecdot"))(vecdot)


@implements(*named("linalg.matmul"))
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2)


@implements(*named("linalg.multi_dot"))
def multi_dot(arrays: Sequence[Any], *, out: None = None) -> Any:
    refuse_out(out)
    terms = list(arrays)
    ends = traced(terms[0], *terms).ndim, traced(terms[-1], *terms).ndim
    letters = [chr(ord("a") + i) for i in range(len(terms) + 1)]
    words = [letters[i] + letters[i + 1] for i in range(len(terms))]
    if ends[0] == 1:
        words[0] = letters[1]
    if ends[1] == 1:
        words[-1] = letters[-2]
    result = ("" if ends[0] == 1 else letters[0]) + ("" if ends[1] == 1 else letters[-1])
    return np.einsum(f"{','.join(words)}->{result}", *terms)


@implements(*named("linalg.matrix_power"))
def matrix_power(a: Any, n: int) -> Any:
    x = traced(a)
    if n < 0:
        return matrix_power(np.linalg.inv(x), -n)
    if n == 0:
        return np.broadcast_to(np.eye(x.shape[-1], dtype=x.dtype), x.shape)
    half = matrix_power(x, n // 2) if n > 1 else None
    if half is None:
        return x
    return half @ half @ x if n % 2 else half @ half
