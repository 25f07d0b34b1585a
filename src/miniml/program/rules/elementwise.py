"""Elementwise functions: a table of one-line derivatives.

In every rule `g` is the gradient by the result, `y` the result, and `x`, or `a` and `b`, the inputs.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import CONSTANT, Numpy
from miniml.program.ir.kinds import Kind
from miniml.program.rules import lowerings, simplifications
from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, binary, flat, no_slope, primitive, unary
from miniml.program.rules.logistic import share_p
from miniml.program.rules.polar import direction_p, one_minus_square_p, turn_p
from miniml.program.rules.values import astype, promote
from miniml.program.trace.registry import implements
from miniml.program.trace.tracer import stopped

LN2, LN10 = float(np.log(2.0)), float(np.log(10.0))
LOG2E, LOG10E = 1.0 / LN2, 1.0 / LN10
DEGREES = 180.0 / np.pi

# Arithmetic
binary(
    np.add,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    rewrite=simplifications.neutral(0, either=True),
    nanoseconds=0.25,
    numpy=Numpy(scalar="{0} + {1}"),
)
binary(
    np.subtract,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    rewrite=simplifications.neutral(0),
    nanoseconds=0.25,
    numpy=Numpy(scalar="{0} - {1}"),
)
binary(
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    rewrite=simplifications.multiplied,
    nanoseconds=0.25,
    numpy=Numpy(lower=lowerings.outer, scalar="{0} * {1}"),
)
binary(
    np.true_divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * y / b,
    nanoseconds=0.6,
    rewrite=simplifications.neutral(1),
    numpy=Numpy(scalar="{0} / {1}", python="float(float64({0}) / {1})"),
)
binary(
    np.power,
    lambda g, y, a, b: g * power_slope(a, b),
    lambda g, y, a, b: g * y * safe_log(a, y),
    nanoseconds=1.5,
    rewrite=simplifications.power,
    numpy=Numpy(lower=lowerings.power, scalar="{0} ** {1}", python="float(float64({0}) ** {1})"),
)
# Not floor(a / b) nor trunc(a / b), which may round up to the next multiple: 1 % 0.1 is 1 - 9 * 0.1.
binary(
    np.remainder,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.floor_divide(a, b),
    nanoseconds=8.0,
)
binary(np.fmod, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.rint((a - y) / b), nanoseconds=8.0)
binary(
    np.copysign,
    lambda g, y, a, b: g * (np.sign(a) * np.copysign(np.ones_like(b), b)),
    no_slope,
    nanoseconds=0.6,
)
binary(np.nextafter, lambda g, y, a, b: g, no_slope, nanoseconds=6.0)
binary(np.ldexp, lambda g, y, a, b: np.ldexp(g, b), no_slope, nanoseconds=3.0)
unary(
    np.negative,
    lambda g, y, x: -g,
    rewrite=simplifications.negated,
    nanoseconds=0.25,
    numpy=Numpy(scalar="-{0}"),
)
unary(np.positive, lambda g, y, x: g, nanoseconds=0.25)
unary(np.conjugate, lambda g, y, x: g, nanoseconds=0.25)
unary(
    np.absolute,
    lambda g, y, x: g * np.sign(x),
    "exact; 0 at 0",
    nanoseconds=0.25,
    numpy=Numpy(python="abs({0})"),
)
unary(np.fabs, lambda g, y, x: g * np.sign(x), "exact; 0 at 0", nanoseconds=1.0)
unary(np.square, lambda g, y, x: g * (2.0 * x), rewrite=simplifications.square, nanoseconds=0.25)
unary(np.sqrt, lambda g, y, x: g * (0.5 / y), nanoseconds=0.6)
unary(np.cbrt, lambda g, y, x: g / (3.0 * y * y), nanoseconds=0.6)
unary(
    np.reciprocal,
    lambda g, y, x: -g * y * y,
    nanoseconds=0.6,
    numpy=Numpy(lower=lowerings.reciprocal),
)

# Exponentials and logarithms
unary(np.exp, lambda g, y, x: g * y, nanoseconds=0.6)
unary(np.exp2, lambda g, y, x: g * y * LN2, nanoseconds=0.6)
unary(np.expm1, lambda g, y, x: g * np.exp(x), nanoseconds=0.6)
unary(np.log, lambda g, y, x: g / x, nanoseconds=0.6)
unary(np.log2, lambda g, y, x: g * LOG2E / x, nanoseconds=0.6)
unary(np.log10, lambda g, y, x: g * LOG10E / x, nanoseconds=0.6)
unary(np.log1p, lambda g, y, x: g / (x + 1.0), nanoseconds=0.6)
binary(
    np.logaddexp,
    lambda g, y, a, b: g * _share(a, b, y, 1.0),
    lambda g, y, a, b: g * _share(b, a, y, 1.0),
    nanoseconds=4.0,
    numpy=Numpy(lower=lowerings.softplus),
)

binary(
    np.logaddexp2,
    lambda g, y, a, b: g * _share(a, b, y, LN2),
    lambda g, y, a, b: g * _share(b, a, y, LN2),
    nanoseconds=4.0,
)

# Trigonometry
unary(np.sin, lambda g, y, x: g * np.cos(x), nanoseconds=8.0)
unary(np.cos, lambda g, y, x: -g * np.sin(x), nanoseconds=8.0)
unary(np.tan, lambda g, y, x: g * (1.0 + y * y), nanoseconds=8.0)
unary(np.arcsin, lambda g, y, x: g / np.sqrt(one_minus_square_p(x)), nanoseconds=1.5)
unary(np.arccos, lambda g, y, x: -g / np.sqrt(one_minus_square_p(x)), nanoseconds=1.5)
unary(np.arctan, lambda g, y, x: g / (1.0 + x * x), nanoseconds=0.6)
unary(np.sinh, lambda g, y, x: g * np.cosh(x), nanoseconds=0.6)
unary(np.cosh, lambda g, y, x: g * np.sinh(x), nanoseconds=0.6)
unary(np.tanh, lambda g, y, x: g * (1.0 - y * y), nanoseconds=0.6)
unary(np.arcsinh, lambda g, y, x: g * direction_p(np.ones_like(x), x), nanoseconds=1.5)
unary(np.arccosh, lambda g, y, x: g / np.sqrt(x - 1.0) / np.sqrt(x + 1.0), nanoseconds=1.5)
unary(np.arctanh, lambda g, y, x: g / one_minus_square_p(x), nanoseconds=1.5)
binary(
    np.arctan2,
    lambda g, y, a, b: g * turn_p(a, b),
    lambda g, y, a, b: -g * turn_p(b, a),
    "exact; 0 at (0, 0)",
    nanoseconds=1.5,
)
binary(
    np.hypot,
    lambda g, y, a, b: g * direction_p(a, b),
    lambda g, y, a, b: g * direction_p(b, a),
    "exact; 0 at 0",
    nanoseconds=8.0,
)
unary(np.degrees, lambda g, y, x: g * DEGREES, nanoseconds=1.0)
unary(np.rad2deg, lambda g, y, x: g * DEGREES, nanoseconds=1.0)
unary(np.radians, lambda g, y, x: g / DEGREES, nanoseconds=1.0)
unary(np.deg2rad, lambda g, y, x: g / DEGREES, nanoseconds=1.0)

# Choices: at a tie half to each, but none against a constant, so that relu'(0) is 0
TIES = "exact; at a tie half to each, none against a constant"
binary(
    np.maximum,
    lambda g, y, a, b: _chosen(g, y, y > b, a, b),
    lambda g, y, a, b: _chosen(g, y, y > a, b, a),
    TIES,
    nanoseconds=0.6,
    numpy=Numpy(
        lower=lowerings.choice("maximum"), python="{0} if {0} > {1} or {0} != {0} else {1}"
    ),
)
binary(
    np.minimum,
    lambda g, y, a, b: _chosen(g, y, y < b, a, b),
    lambda g, y, a, b: _chosen(g, y, y < a, b, a),
    TIES,
    nanoseconds=0.6,
    numpy=Numpy(
        lower=lowerings.choice("minimum"), python="{0} if {0} < {1} or {0} != {0} else {1}"
    ),
)
binary(
    np.fmax,
    lambda g, y, a, b: _chosen(g, y, (y > b) | np.isnan(b), a, b),
    lambda g, y, a, b: _chosen(g, y, (y > a) | np.isnan(a), b, a),
    TIES,
    nanoseconds=0.3,
)
binary(
    np.fmin,
    lambda g, y, a, b: _chosen(g, y, (y < b) | np.isnan(b), a, b),
    lambda g, y, a, b: _chosen(g, y, (y < a) | np.isnan(a), b, a),
    TIES,
    nanoseconds=0.3,
)

# Derivatives that are zero wherever they exist
flat(np.floor, np.ceil, np.rint, np.trunc, nanoseconds=0.25)
flat(np.sign, nanoseconds=0.6)
flat(np.spacing, nanoseconds=1.5)
binary(
    np.heaviside,
    no_slope,
    lambda g, y, a, b: np.where(a == 0.0, g, 0.0),
    "zero; exact by `x2`",
    nanoseconds=1.5,
)
flat(np.floor_divide, nanoseconds=8.0)
flat(np.greater, nanoseconds=0.25, numpy=Numpy(scalar="{0} > {1}"))
flat(np.greater_equal, nanoseconds=0.25, numpy=Numpy(scalar="{0} >= {1}"))
flat(np.less, nanoseconds=0.25, numpy=Numpy(scalar="{0} < {1}"))
flat(np.less_equal, nanoseconds=0.25, numpy=Numpy(scalar="{0} <= {1}"))
flat(np.equal, nanoseconds=0.25, numpy=Numpy(scalar="{0} == {1}"))
flat(np.not_equal, nanoseconds=0.25, numpy=Numpy(scalar="{0} != {1}"))
flat(np.logical_and, np.logical_or, np.logical_xor, np.logical_not, nanoseconds=0.25)
flat(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.bitwise_count, nanoseconds=0.25)
flat(np.left_shift, np.right_shift, nanoseconds=0.25)
flat(np.gcd, np.lcm, nanoseconds=12.0)
flat(np.isnan, np.isinf, np.isfinite, np.signbit, nanoseconds=0.25)


def power_slope(a: Any, b: Any) -> Any:
    """Return the derivative of a ** b by a; at b = 0 it is 0 even if a ** (b - 1) is not finite."""
    if b.node.value is not None and np.all(b.node.value != 0):
        return b * np.power(a, b - 1.0)
    # The base is replaced, not the result, which at b = 0 has the derivative 1 / a by b.
    lost = b == 0
    if b.node.op is not CONSTANT:
        lost = lost & ~(np.abs(a) >= np.finfo(a.dtype).tiny)
    return b * np.power(np.where(lost, 1.0, a), b - 1.0)


def safe_log(a: Any, y: Any) -> Any:
    """Return log(a), and 0 where y = a ** b is 0 or 0 ** 0, which are not differentiated by b."""
    if a.node.value is not None and np.all(a.node.value != 0):
        return np.log(a)
    return np.log(np.where((y == 0) | ((a == 0) & (y == 1)), 1.0, a))


def _share(this: Any, other: Any, y: Any, scale: float) -> Any:
    """Return the share of `this` in exp(this) + exp(other), of the scaled inputs; a half if they are equal.

    It is not exp(this - y): y has lost the digits of log(2) if `this` is large.
    """
    known = other.node.value if other.node.op is CONSTANT else None
    if known is not None and not known.any():
        return -np.expm1(-scale * y)  # exact for small y too
    difference = other - this
    if known is None or not np.isfinite(known).all():
        equal = np.isinf(this) & (this == other)
        difference = np.where(equal, 0.0, difference)
    return share_p(scale * difference)


def _chosen(g: Any, y: Any, wins: Any, this: Any, other: Any) -> Any:
    """Return the share of `this` in the gradient of a maximum or minimum: NaN where that is NaN."""
    node = other.node.inputs[0] if other.node.op.kind is Kind.OVERLAPPING_VIEW else other.node
    won = np.where(wins, g, zero_or_nan(stopped(y), other))
    return won if node.op is CONSTANT else np.where(this == other, 0.5 * g, won)


def zero_or_nan(y: Any, bound: Any) -> Any:
    """Return 0 where a maximum is at its bound, and NaN where it is NaN; see `lowerings.where`."""
    node = bound.node.inputs[0] if bound.node.op.kind is Kind.OVERLAPPING_VIEW else bound.node
    if node.value is None or not np.isfinite(node.value).all():
        return np.where(np.isnan(y), y, 0.0)
    return y - bound if node.value.any() else y


where_p: Primitive = primitive(
    "where",
    np.where,
    infer=lambda c, a, b: (np.broadcast_shapes(c.shape, a.shape, b.shape), a.dtype),
    vjp=lambda i, g, y, c, a, b: (None, np.where(c, g, 0.0), np.where(c, 0.0, g))[i],
    axes=ELEMENTWISE,
    seen=lambda c, a, b: (c, np.where(c, a, 0), np.where(c, 0, b)),
    nanoseconds=0.6,
    numpy=Numpy(
        emit=lambda out, c, a, b, *, inputs: (
            f"where({c}, {a}, {b})"
            if out is None
            else f"copyto({out}, {b}); copyto({out}, {a}, where={c})"
        ),
        lower=lowerings.where,
        scalar="{1} if {0} else {2}",
    ),
)


@implements(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        raise TraceError("np.where(condition) has a result whose shape depends on the values")
    a, b = promote(x, y)
    return where_p(astype(condition, np.bool_), a, b)
