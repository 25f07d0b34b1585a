"""NumPy's functions that reshape, transpose and broadcast, and arrays of one value."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Shape
from miniml.program.rules.define import Primitive
from miniml.program.rules.moving import BROADCAST, RESHAPE, TRANSPOSE
from miniml.program.rules.values import as_shape, astype, reduced_axes, refuse_cast, traced
from miniml.program.trace.registry import ZERO, implements, method
from miniml.program.trace.tracer import Tracer

reshape_p: Primitive = Primitive(RESHAPE)
transpose_p: Primitive = Primitive(TRANSPOSE)
broadcast_p: Primitive = Primitive(BROADCAST)


@implements(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", **_: Any) -> Any:
    x = traced(a)
    if order not in {"C", "F"}:
        raise TraceError(
            f"order={order!r} depends on the memory order, which a trace does not know: "
            "use 'C' or 'F'"
        )
    if order == "F":
        return np.transpose(np.reshape(np.transpose(x), _filled(x, shape)[::-1]))
    shape = _filled(x, shape)
    return x if shape == x.shape else reshape_p(x, shape=shape)


def _filled(x: Tracer, shape: Any) -> Shape:
    """Return the shape with -1 worked out."""
    wanted = as_shape(shape)
    if wanted.count(-1) > 1:
        raise ValueError("can only specify one unknown dimension")
    known = math.prod(n for n in wanted if n != -1)
    filled = tuple(x.size // known if n == -1 and known else n for n in wanted)
    if math.prod(filled) != x.size or -1 in filled:
        raise ValueError(f"cannot reshape array of size {x.size} into shape {wanted}")
    return filled


@method("reshape")
def _reshape_method(a: Tracer, *shape: Any, order: str = "C") -> Any:
    return reshape(a, shape[0] if len(shape) == 1 else shape, order)


@implements(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    x = traced(a)
    order = range(x.ndim)[::-1] if axes is None else normalize_axis_tuple(axes, x.ndim)
    axes = tuple(order)
    if sorted(axes) != list(range(x.ndim)):
        raise ValueError("axes don't match array")
    return x if axes == tuple(range(x.ndim)) else transpose_p(x, axes=axes)


@method("transpose")
def _transpose_method(a: Tracer, *axes: Any) -> Any:
    return transpose(a, axes[0] if len(axes) == 1 else axes or None)


@implements(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    x = traced(a)
    order = list(range(x.ndim))
    i, j = normalize_axis_index(axis1, x.ndim), normalize_axis_index(axis2, x.ndim)
    order[i], order[j] = order[j], order[i]
    return transpose(x, order)


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    x = traced(a)
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    added = normalize_axis_tuple(axes, x.ndim + len(axes))
    extents = iter(x.shape)
    return reshape(x, tuple(1 if i in added else next(extents) for i in range(x.ndim + len(axes))))


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    x = traced(a)
    if reduced_axes(axis, x.ndim) == ():
        return x
    gone: Sequence[int] = (
        [i for i, n in enumerate(x.shape) if n == 1]
        if axis is None
        else normalize_axis_tuple(axis, x.ndim)
    )
    if any(x.shape[i] != 1 for i in gone):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in gone))


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, (-1,), order)


method("flatten")(ravel)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:  # NumPy's signature
    x = traced(array)
    shape = as_shape(shape)
    if np.broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(f"cannot broadcast shape {x.shape} to shape {shape}")
    return x if x.shape == shape else broadcast_p(x, shape=shape)


@method("astype")
def _astype(
    a: Tracer,
    dtype: Any,
    order: Any = "K",
    casting: Any = "unsafe",
    subok: Any = True,
    copy: Any = True,
) -> Any:
    refuse_cast(a.dtype, dtype, casting)
    return astype(a, dtype)


@implements(np.copy)
def copy(a: Any, *_: Any, **__: Any) -> Any:
    return traced(a)


implements(np.shape, derivative=ZERO)(lambda a: traced(a).shape)
implements(np.ndim, derivative=ZERO)(lambda a: traced(a).ndim)


@implements(np.size, derivative=ZERO)
def size(a: Any, axis: int | None = None) -> Any:
    x = traced(a)
    return x.size if axis is None else x.shape[axis]


def _filled_like(fill: float) -> Any:
    def like(a: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any) -> Any:
        x = traced(a)
        extents = x.shape if shape is None else as_shape(shape)
        return traced(np.full(extents, fill, dtype or x.dtype), x)

    return like


implements(np.zeros_like, np.empty_like, derivative=ZERO)(_filled_like(0.0))
implements(np.ones_like, derivative=ZERO)(_filled_like(1.0))


@implements(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any
) -> Any:
    x = traced(a, fill_value)
    value = astype(traced(fill_value, x), dtype or x.dtype)
    return np.broadcast_to(value, x.shape if shape is None else as_shape(shape))
