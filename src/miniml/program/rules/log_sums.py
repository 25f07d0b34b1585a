"""The logarithm of a sum of exponentials: `np.logaddexp.reduce`, `np.logaddexp2.reduce`.

Its derivatives are written by the shares of the elements (softmax), whose own derivative subtracts
before it multiplies: large terms that cancel leave the small ones.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from miniml.program.ir.graph import AnyArray, DType, Node, Numpy, Shape
from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, primitive
from miniml.program.rules.values import astype, dtype_of_loop, reduced_axes, refuse_out, traced
from miniml.program.trace.registry import reducer
from miniml.program.trace.tracer import stopped


def _log_sum(
    x: AnyArray, exps: AnyArray, total: AnyArray, largest: AnyArray, axis: Shape, base: float
) -> AnyArray:
    return np.asarray((np.log2(total) if base == 2.0 else np.log(total)) + largest)


def _infer_log_sum(
    x: Node, exps: Node, total: Node, largest: Node, **_: Any
) -> tuple[Shape, DType]:
    return total.shape, total.dtype


def _emit_shares(out: str | None, x: str, exps: str, total: str, **_: Any) -> str:
    return f"{exps} / {total}" if out is None else f"divide({exps}, {total}, {out})"


shares_p: Primitive = primitive(
    "shares",  # of each element's exponential in their sum
    lambda x, exps, total, axis, base: exps / total,
    infer=lambda x, exps, total, axis, base: (x.shape, x.dtype),
    vjp=lambda i, g, y, x, exps, total, axis, base: (
        math.log(base) * y * (g - np.sum(g * y, axis, keepdims=True)) if i == 0 else None
    ),
    axes=ELEMENTWISE,
    nanoseconds=0.6,
    numpy=Numpy(emit=_emit_shares),
    jax=lambda jnp, x, exps, total, axis, base: exps / total,
)

log_sum_p: Primitive = primitive(
    "log_sum",  # of elements, given their shifted exponentials, those's sum, and the shift
    _log_sum,
    infer=_infer_log_sum,
    vjp=lambda i, g, y, x, exps, total, largest, axis, base: (
        g * shares_p(x, exps, total, axis=axis, base=base) if i == 0 else None
    ),
    axes=ELEMENTWISE,
    nanoseconds=1.0,
    jax=lambda jnp, x, exps, total, largest, axis, base: (
        (jnp.log2(total) if base == 2.0 else jnp.log(total)) + largest
    ),
)


def _reducer(ufunc: np.ufunc, exp: np.ufunc, base: float) -> Callable[..., Any]:
    def reduce(
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: None = None,
        keepdims: Any = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(out)
        x = traced(array, where, initial)
        x = astype(x, dtype_of_loop(ufunc, x.dtype) if dtype is None else dtype)
        if where is not True:
            x = np.where(where, x, -np.inf)
        axes = reduced_axes(axis, x.ndim)
        # Any shift cancels; the largest element keeps exp in range.
        lowest: Any = None if x.size else -np.inf
        largest = stopped(np.max(x, axes, keepdims=True, initial=lowest))
        exps = exp(x - np.where(np.isfinite(largest), largest, 0.0))
        total = np.sum(exps, axes, keepdims=True)
        total = total + (total == 0)  # no element adds to a sum of minus infinities
        ends = tuple(a - x.ndim for a in axes)
        y = log_sum_p(x, exps, total, largest, axis=ends, base=base)
        y = y if keepdims else np.squeeze(y, axes)
        return y if initial is None else ufunc(y, initial)

    return reduce


reducer(np.logaddexp)(_reducer(np.logaddexp, np.exp, math.e))
reducer(np.logaddexp2)(_reducer(np.logaddexp2, np.exp2, 2.0))
