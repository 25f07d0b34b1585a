"""The share of one of two exponentials, and the logarithm of a ratio: exact far out, and fast."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false

import functools
from typing import Any

import numpy as np

from miniml.program.ir.graph import DType, Node, Numpy, Shape, broadcast
from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, emit_call, primitive, same


def _share(d: Any, out: Any = None) -> Any:
    with np.errstate(over="ignore"):
        y = np.exp(d, out)
    y = np.add(y, 1.0, out)
    return np.divide(1.0, y, out)


share_p: Primitive = primitive(
    "share",  # 1 / (1 + exp(d)), whose derivative is a product, without infinity times 0
    _share,
    infer=same,
    vjp=lambda i, g, y, d: -g * (y * share_p(-d)),
    axes=ELEMENTWISE,
    nanoseconds=1.5,
    numpy=Numpy(emit=emit_call("share")),
    jax=lambda jnp, d: 1.0 / (1.0 + jnp.exp(d)),
)


@functools.cache
def tiny(dtype: DType) -> float:
    """Return the smallest normal number; NumPy takes long to find it."""
    return float(np.finfo(dtype).tiny)


def _robust_log_ratio(xp: Any, a: Any, b: Any, ratio: Any) -> Any:
    normal = (ratio >= tiny(ratio.dtype)) & (ratio < np.inf)
    return xp.where(normal, xp.log(ratio), xp.log(a) - xp.log(b))


def _log_ratio(a: Any, b: Any, out: Any = None) -> Any:
    with np.errstate(all="ignore"):
        ratio = np.divide(a, b, out)
        if np.size(ratio) and np.min(ratio) >= tiny(ratio.dtype) and np.max(ratio) < np.inf:
            return np.log(ratio, out)
        found = _robust_log_ratio(np, a, b, ratio)
    return found if out is None else np.positive(found, out)


def _infer(a: Node, b: Node) -> tuple[Shape, DType]:
    return broadcast(a.shape, b.shape), np.result_type(a.dtype, b.dtype)


log_ratio_p: Primitive = primitive(
    "log_ratio",  # log(a / b), also where the ratio overflows or underflows
    _log_ratio,
    infer=_infer,
    vjp=lambda i, g, y, a, b: g / a if i == 0 else -g / b,
    axes=ELEMENTWISE,
    nanoseconds=2.0,
    numpy=Numpy(emit=emit_call("log_ratio")),
    jax=lambda jnp, a, b: _robust_log_ratio(jnp, a, b, a / b),
)
