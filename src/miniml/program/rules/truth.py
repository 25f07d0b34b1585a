"""Reductions to truth values, counts and indices, whose derivative is zero."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Callable
from typing import Any

import numpy as np

from miniml.program.ir.graph import DType, Node, Shape
from miniml.program.rules.axes import REDUCING
from miniml.program.rules.define import Primitive, primitive, reduced, reduction
from miniml.program.rules.reductions import finish, reduces_as
from miniml.program.rules.values import along_axis, astype, reduced_axes, refuse_out, traced
from miniml.program.trace.registry import ZERO, implements

any_p: Primitive = reduction("any", np.logical_or, dtype=np.dtype(bool), nanoseconds=0.6)
all_p: Primitive = reduction("all", np.logical_and, dtype=np.dtype(bool), nanoseconds=0.6)


def _boolean(reduction_p: Primitive, neutral: bool) -> Callable[..., Any]:
    def reduce(
        a: Any, axis: Any = None, out: None = None, keepdims: Any = False, *, where: Any = True
    ) -> Any:
        refuse_out(out)
        x = astype(a, np.bool_)
        if where is not True:
            x = np.where(where, x, neutral)
        axes = reduced_axes(axis, x.ndim)
        return finish(reduction_p(x, axis=axes) if axes else x, axes, keepdims)

    return reduce


implements(np.any, derivative=ZERO)(_boolean(any_p, neutral=False))
implements(np.all, derivative=ZERO)(_boolean(all_p, neutral=True))
reduces_as(np.logical_or, np.any)
reduces_as(np.logical_and, np.all)


@implements(np.count_nonzero, derivative=ZERO)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return np.sum(astype(a, np.bool_), axis, keepdims=keepdims)


def _infer_index(x: Node, axis: int) -> tuple[Shape, DType]:
    return reduced(x, (axis,)), np.dtype(np.intp)


argmax_p: Primitive = primitive(
    "argmax", np.argmax, infer=_infer_index, axes=REDUCING, nanoseconds=0.3
)
argmin_p: Primitive = primitive(
    "argmin", np.argmin, infer=_infer_index, axes=REDUCING, nanoseconds=0.3
)


def _position(index_p: Primitive) -> Callable[..., Any]:
    def position(
        a: Any, axis: int | None = None, out: None = None, *, keepdims: Any = False
    ) -> Any:
        refuse_out(out)
        x = traced(a)
        flat, along = along_axis(x, axis)
        y = index_p(flat, axis=along)
        one = axis is not None and x.ndim > 0
        return finish(y, (along,) if one else tuple(range(x.ndim)), keepdims)

    return position


argmax: Callable[..., Any] = _position(argmax_p)
argmin: Callable[..., Any] = _position(argmin_p)
implements(np.argmax, derivative=ZERO)(argmax)
implements(np.argmin, derivative=ZERO)(argmin)


# NumPy's functions themselves, which raise an error if a slice has NaN only.
nanargmax_p: Primitive = primitive(
    "nanargmax", np.nanargmax, infer=_infer_index, axes=REDUCING, nanoseconds=3.0
)
nanargmin_p: Primitive = primitive(
    "nanargmin", np.nanargmin, infer=_infer_index, axes=REDUCING, nanoseconds=3.0
)
implements(np.nanargmax, derivative=ZERO)(_position(nanargmax_p))
implements(np.nanargmin, derivative=ZERO)(_position(nanargmin_p))
