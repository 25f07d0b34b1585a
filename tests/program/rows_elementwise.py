"""Elementwise functions."""

from typing import Any

from numpy import __version__ as version
from numpy import array
from numpy.lib import NumpyVersion

from tests.program.table import row, ufuncs

CASES = array([[0, 1, 2, 0], [1, 1, 0, 2], [2, 0, 0, 1]])

ufuncs("negative", "positive", "absolute", "fabs", "square", "exp", "exp2", "expm1", "cbrt")
ufuncs("sin", "cos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "sinc")
ufuncs("degrees", "radians", "rad2deg", "deg2rad", "conjugate", "nan_to_num", "real", "imag")
ufuncs("sign", "floor", "ceil", "rint", "trunc", "round", "modf", "angle")
ufuncs("isnan", "isinf", "isfinite", "signbit", "logical_not")
ufuncs("frexp")
ufuncs("spacing", jax=False)
if NumpyVersion(version) < "2.5.0":  # later ones tell to write trunc
    ufuncs("fix", jax=False)
ufuncs("sqrt", "reciprocal", "log", "log2", "log10", "log1p", low=0.5, high=3.0)
ufuncs("arccosh", low=1.5, high=3.0)
ufuncs("tan", "arcsin", "arccos", "arctanh", low=-0.9, high=0.9)
ufuncs("add", "subtract", "multiply", "logaddexp", "logaddexp2", "hypot", "arctan2", arity=2)
ufuncs("maximum", "minimum", "fmax", "fmin", "copysign", "heaviside", arity=2)
ufuncs("nextafter", arity=2, jax=False)
ufuncs("greater", "greater_equal", "less", "less_equal", "equal", "not_equal", arity=2)
ufuncs("logical_and", "logical_or", "logical_xor", "isclose", "allclose", arity=2)
ufuncs("divide", "power", "float_power", arity=2, low=0.5, high=2.5)
ufuncs("remainder", "fmod", "floor_divide", "divmod", arity=2, low=0.7, high=4.1)

row("x ** 2", lambda np, x: x**2)
row("x ** 3", lambda np, x: x**3)
row("x ** 4", lambda np, x: x**4 + x**-2.0, low=0.5)
row("x ** 0.5", lambda np, x: x**0.5, low=0.5)
row("2 ** x", lambda np, x: 2.0**x)
row("negative remainder", lambda np, x: np.remainder(x, -0.7) + x % 0.3)
row("negative fmod", lambda np, x: np.fmod(x, -0.7))
row("round, decimals", lambda np, x: np.round(x, 1) + np.round(x, decimals=0))
row("round, tens", lambda np, x: np.round(10 * x, -1))
row("ldexp", lambda np, x: np.ldexp(x, 3))
row("maximum(x, 0)", lambda np, x: np.maximum(x, 0.0))
row("logaddexp(0, x)", lambda np, x: np.logaddexp(0.0, x))
row("sinc, far", lambda np, x: np.sinc(7.0 * x))
row("array_equal", lambda np, x: np.array_equal(x, x + 1.0))
row("isclose, nan", lambda np, x: np.isclose(x, x + 1e-9, equal_nan=True))
row("where", lambda np, a, b: np.where(a > b, a * b, b), (3, 4), (4,))
row("x.item()", lambda np, x: x[1, 2].item() ** 2, jax=False)
row("x.conj()", lambda np, x: x.conj() * x.real * x.conjugate())


def operators(np: Any, a: Any, b: Any) -> Any:
    return -a * b + a / (b + 4.0) - 2.0 * abs(b) + 1 + (+a) ** 2 + (3.0 - a) ** b


row("operators", operators, (3, 4), (4,))
row("divmod()", lambda np, a, b: divmod(a, b), (3, 4), (4,), low=0.7, high=4.1)
row("divmod(2, x)", lambda np, x: divmod(2.0, x), low=0.7, high=4.1)
row("// and %", lambda np, a, b: a // b + 3.3 % b, (3, 4), (4,), low=0.7, high=4.1)
row("comparisons", lambda np, a: ((a > 0) & ~(a < 1)) | (a == 0) ^ (a != 1))
row("clip", lambda np, x: np.clip(x, -1.0, 0.5) ** 2)
row("clip, one side", lambda np, x: np.clip(x, None, 0.5) ** 2)
row("clip by arrays", lambda np, x, a, b: np.clip(x, a, b) ** 2, (3, 4), (4,), (3, 1))
row("x.clip()", lambda np, x: x.clip(min=-1.0) * x.clip(0.2, 0.7))
row(
    "select",
    lambda np, x: np.select([x > 1.0, x > 0.0], [x**2, np.sin(x)], default=-0.3 * x),
)
row("choose", lambda np, x: np.choose(CASES, [x**2, x[0], 3.0]), jax=False)
row("choose, wrap", lambda np, x: np.choose(CASES + 1, [x**2, x[0], 3.0], mode="wrap"))
row("piecewise", lambda np, x: np.piecewise(x, [x > 1, x < 0], [np.sin, np.cos, 0.5]))
row("piecewise, two", lambda np, x: np.piecewise(x, [x > 1, x < 0], [np.sin, np.cos]))
