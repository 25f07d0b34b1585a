"""Derivatives of erfcx and dawsn of any order, which formulas of the functions themselves cancel far out.

Each operation takes the function's value `y` as well, so that SciPy is not imported here; its
derivative by x is the next order, that of `y` included.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from typing import Any

import numpy as np

from miniml.program.ir.graph import DType, Node, Shape
from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, primitive

SQRT_PI = float(np.sqrt(np.pi))


def _erfcx_slope(x: Any, y: Any, order: int) -> Any:
    """Return the derivative (-2)**n w(n), with w(n) the integral of t**n exp(-t*t - 2*t*x) 2/sqrt(pi).

    The integrals obey w(n + 1) = n/2 w(n - 1) - x w(n): upwards near 0, and far out by their ratios, a
    continued fraction (NIST Digital Library of Mathematical Functions, 7.18 and 7.9).
    """
    far = x > 1.5
    near, w = np.where(far, 0.0, x), np.where(far, 1.0, y)
    before, now = w, 1.0 / SQRT_PI - near * w
    for n in range(1, order):
        before, now = now, 0.5 * n * before - near * now
    out = np.where(far, x, 2.0)
    ratio, product = np.zeros_like(out), np.ones_like(out)
    for n in range(80, 0, -1):
        ratio = 0.5 * n / (out + ratio)
        if n <= order:
            product = product * ratio
    return (-2.0) ** order * np.where(far, np.where(far, y, 0.0) * product, now)


def _dawsn_slope(x: Any, y: Any, order: int) -> Any:
    """Return the derivative by D(n + 1) = -2 n D(n - 1) - 2 x D(n), and far out by its series in 1 / x."""
    far = np.abs(x) > 7.0
    near, d = np.where(far, 0.0, x), np.where(far, 0.0, y)
    before, now = d, 1.0 - 2.0 * near * d
    for n in range(1, order):
        before, now = now, -2.0 * n * before - 2.0 * near * now
    inverse = 1.0 / np.where(far, x, 7.0)
    k = np.arange(40.0)  # up to the smallest term at 7
    factors = np.cumprod(np.append(0.5, k[1:] - 0.5))  # (2k - 1)!! / 2**(k + 1)
    for n in range(1, order + 1):
        factors = -factors * (2.0 * k + n)
    series = np.polynomial.polynomial.polyval(inverse * inverse, factors)
    return np.where(far, series * inverse ** (order + 1), now)


def _infer(x: Node, y: Node, order: int) -> tuple[Shape, DType]:
    return x.shape, x.dtype


erfcx_slope_p: Primitive = primitive(
    "erfcx_slope",
    _erfcx_slope,
    infer=_infer,
    vjp=lambda i, g, y, x, value, order: (
        g * erfcx_slope_p(x, value, order=order + 1) if i == 0 else None
    ),
    axes=ELEMENTWISE,
    nanoseconds=300.0,
)

dawsn_slope_p: Primitive = primitive(
    "dawsn_slope",
    _dawsn_slope,
    infer=_infer,
    vjp=lambda i, g, y, x, value, order: (
        g * dawsn_slope_p(x, value, order=order + 1) if i == 0 else None
    ),
    axes=ELEMENTWISE,
    nanoseconds=150.0,
)
