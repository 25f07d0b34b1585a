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

from miniml.program.ir.graph import AnyArray, Numpy, Shape
from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, emit_call, primitive
from miniml.program.rules.values import astype, dtype_of_loop, reduced_axes, refuse_out, traced
from miniml.program.trace.registry import reducer
from miniml.program.trace.tracer import stopped


def log_sum(
    x: AnyArray,
    exps: AnyArray,
    total: AnyArray,
    largest: AnyArray,
    axis: Shape,
    base: float,
    out: AnyArray | None = None,
) -> Any:
    """Compute the logarithm of a sum of exponentials, which are less by that of the shift."""
    logs = np.log2(total, out) if base == 2.0 else np.log(total, out)
    return np.add(logs, largest, out)


def shares(
    g: AnyArray,
    x: AnyArray,
    exps: AnyArray,
    total: AnyArray,
    axis: Shape,
    base: float,
    out: AnyArray | None = None,
) -> Any:
    """Compute g times each element's share of the sum; of a sum of minus infinities none has any."""
    return np.multiply(g / np.maximum(total, 1.0), exps, out)


def _shares_vjp(
    i: int, h: Any, y: Any, g: Any, x: Any, exps: Any, total: Any, axis: Shape, base: float
) -> Any:
    if i > 1:  # which depend on the elements
        return None
    each = shares_p(np.ones_like(g), x, exps, total, axis=axis, base=base)
    mean = np.sum(h * each, axis, keepdims=True)
    return mean if i == 0 else math.log(base) * y * (h - mean)


shares_p: Primitive = primitive(
    "shares",
    shares,
    infer=lambda g, x, exps, total, axis, base: (x.shape, x.dtype),
    vjp=_shares_vjp,
    axes=ELEMENTWISE,
    nanoseconds=0.6,
    numpy=Numpy(emit=emit_call("shares")),
    jax=lambda jnp, g, x, exps, total, axis, base: g / jnp.maximum(total, 1.0) * exps,
)

log_sum_p: Primitive = primitive(
    "log_sum",  # of elements, given their shifted exponentials, the sum of these, and the shift
    log_sum,
    infer=lambda x, exps, total, largest, axis, base: (total.shape, total.dtype),
    vjp=lambda i, g, y, x, exps, total, largest, axis, base: (
        shares_p(g, x, exps, total, axis=axis, base=base) if i == 0 else None
    ),
    axes=ELEMENTWISE,
    nanoseconds=1.0,
    numpy=Numpy(emit=emit_call("log_sum")),
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
        ends = tuple(a - x.ndim for a in axes)
        y = log_sum_p(x, exps, total, largest, axis=ends, base=base)
        y = y if keepdims else np.squeeze(y, axes)
        return y if initial is None else ufunc(y, initial)

    return reduce


reducer(np.logaddexp)(_reducer(np.logaddexp, np.exp, math.e))
reducer(np.logaddexp2)(_reducer(np.logaddexp2, np.exp2, 2.0))
