"""Elementwise functions that are composed of others."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.rules.axes import ELEMENTWISE
from miniml.program.rules.define import Primitive, primitive, same
from miniml.program.rules.values import astype, floats, refuse_out, traced
from miniml.program.trace.registry import ZERO, composed, implements, method, named
from miniml.program.trace.tracer import Tracer


@composed(np.float_power)
def float_power(a: Any, b: Any) -> Any:
    x, y = traced(a, b), traced(b, a)
    dtype = np.result_type(x.dtype, y.dtype, np.float64)  # no number adapts to a narrower type
    return np.power(astype(x, dtype), astype(y, dtype))


@composed(np.divmod)
def divmod_(a: Any, b: Any) -> Any:
    return np.floor_divide(a, b), np.remainder(a, b)


def _of_loop(ufunc: np.ufunc, a: Any) -> Any:
    """Return the value in the dtype that a ufunc of one input runs in."""
    x = traced(a)
    return astype(x, ufunc.resolve_dtypes((x.dtype, *[None] * ufunc.nout))[0])


@composed(np.modf)
def modf(a: Any) -> Any:
    x = _of_loop(np.modf, a)
    whole = np.trunc(x)
    return np.where(np.isinf(x), 0.0, x - whole), whole


exponent_p: Primitive = primitive(
    "exponent",
    lambda x: np.frexp(x)[1],
    infer=lambda x: (x.shape, np.dtype(np.int32)),
    axes=ELEMENTWISE,
    nanoseconds=0.6,
)


@composed(np.frexp)
def frexp(a: Any) -> Any:
    x = _of_loop(np.frexp, a)
    power = exponent_p(x)
    return np.ldexp(x, -power), power


@implements(np.round, np.around, derivative=ZERO)
def rounded(a: Any, decimals: int = 0, out: None = None) -> Any:
    refuse_out(out)
    x = traced(a)
    if x.dtype.kind == "b":  # the type that NumPy rounds them in
        x = astype(x, np.float16)
    if x.dtype.kind != "f":
        return x if decimals >= 0 else astype(rounded(floats(x), decimals), x.dtype)
    scale = 10.0 ** abs(decimals)
    if decimals == 0:
        return np.rint(x)
    return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


@implements(*named("fix"), derivative=ZERO)
def fix(x: Any, out: None = None) -> Any:
    refuse_out(out)
    return np.trunc(x)


def _bessel(x: Any, order: int) -> Any:
    """Compute the spherical Bessel function of the first kind: by a series near 0, else by recurrence."""
    x = x.astype(np.float64)
    near = np.abs(x) < 1.0 + order
    small = np.where(near, x, 0.0)
    factor = np.prod(np.arange(1.0, 2.0 * order + 2.0, 2.0))
    term = small**order / factor
    series = term
    for k in range(1, 16 + 4 * order):
        term = term * (-0.5 * small * small) / (k * (2 * order + 2 * k + 1))
        series = series + term
    large = np.where(near, 1.0 + order, x)
    before, now = np.cos(large) / large, np.sin(large) / large
    for k in range(order):
        before, now = now, (2 * k + 1) / large * now - before
    return np.where(near, series, now)


bessel_p: Primitive = primitive(
    "spherical_bessel",
    lambda x, order: _bessel(x, order).astype(x.dtype),
    infer=same,
    axes=ELEMENTWISE,  # Abramowitz and Stegun 10.1.20, free of a division by x
    vjp=lambda i, g, y, x, order: (
        g
        * (
            (order * bessel_p(x, order=order - 1) if order else 0.0)
            - (order + 1) * bessel_p(x, order=order + 1)
        )
        / (2 * order + 1)
    ),
    nanoseconds=50.0,
)


@implements(np.sinc)
def sinc(x: Any) -> Any:
    return bessel_p(np.pi * floats(x), order=0)


@implements(np.nan_to_num, derivative="exact; 0 where a number was put in")
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    x = traced(x)
    if x.dtype.kind != "f":
        return x
    limits = np.finfo(x.dtype)
    y = np.where(np.isnan(x), nan, x)
    y = np.where(x == np.inf, limits.max if posinf is None else posinf, y)
    y = np.where(x == -np.inf, limits.min if neginf is None else neginf, y)
    return astype(y, x.dtype)


@implements(np.real, np.real_if_close)
def real(val: Any, *_: Any) -> Any:
    return traced(val)


method("conj")(real)
method("conjugate")(real)


@implements(np.imag, derivative=ZERO)
def imag(val: Any) -> Any:
    return np.zeros_like(val)


@implements(np.angle, derivative=ZERO)
def angle(z: Any, deg: bool = False) -> Any:
    radians = np.arctan2(np.zeros_like(z), z)
    return np.degrees(radians) if deg else radians


@implements(np.isclose, derivative=ZERO)
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    x = traced(a, b)
    y = traced(b, x)
    near = np.isfinite(y) & (np.abs(x - y) <= atol + rtol * np.abs(y)) | (x == y)
    return near | (np.isnan(x) & np.isnan(y)) if equal_nan else near


@implements(np.allclose, derivative=ZERO)
def allclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    return _answer(np.all(np.isclose(a, b, rtol, atol, equal_nan)))


def _answer(x: Any) -> Any:
    """Return a truth value as Python's, as NumPy does."""
    return Tracer(x.graph, x.node, bool)


@implements(*named("array_equal", "array_equiv"), derivative=ZERO)
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    x = traced(a1, a2)
    y = traced(a2, x)
    if x.shape != y.shape:
        return _answer(traced(np.False_, x))
    same = x == y
    return _answer(np.all(same | (np.isnan(x) & np.isnan(y)) if equal_nan else same))


@method("item")
def item(x: Any, *index: Any) -> Any:
    single = np.reshape(x[index] if index else x, ())
    if single.dtype == np.longdouble:  # Python has no such float
        return single
    kind = {"f": float, "b": bool}.get(single.dtype.kind, int)
    return Tracer(x.graph, astype(single, kind).node, kind)
