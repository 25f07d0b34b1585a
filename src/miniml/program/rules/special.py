"""SciPy's special functions: a table of name, cost and derivatives, without an import of SciPy.

In every rule `g` is the gradient by the result, `y` the result, and the rest the inputs. The
formulas are those of Abramowitz and Stegun, or of the NIST Digital Library of Mathematical Functions.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.rules.define import no_slope, optional_ufunc

SQRT_PI = float(np.sqrt(np.pi))
SQRT_2PI = float(np.sqrt(2.0 * np.pi))
DEGREE = np.pi / 180.0


def scipy_special(name: str, *values: Any) -> Any:
    """Call SciPy's function of that name, which has been imported, since its ufunc is being traced."""
    from scipy import special  # noqa: PLC0415  # an optional dependency

    return getattr(special, name)(*values)


# The logistic function and its kin
optional_ufunc("expit", 4.0, lambda g, y, x: g * (y * (1.0 - y)))
optional_ufunc("log_expit", 15.0, lambda g, y, x: g * scipy_special("expit", -x))
optional_ufunc("logit", 8.0, lambda g, y, x: g / (x * (1.0 - x)))

# The error function and the normal distribution
optional_ufunc("erf", 6.0, lambda g, y, x: g * (2.0 / SQRT_PI) * np.exp(-x * x))
optional_ufunc("erfc", 8.0, lambda g, y, x: g * (-2.0 / SQRT_PI) * np.exp(-x * x))
optional_ufunc("erfcx", 20.0, lambda g, y, x: g * (2.0 * x * y - 2.0 / SQRT_PI))
optional_ufunc("erfi", 20.0, lambda g, y, x: g * (2.0 / SQRT_PI) * np.exp(x * x))
optional_ufunc("erfinv", 8.0, lambda g, y, x: g * (0.5 * SQRT_PI) * np.exp(y * y))
optional_ufunc("erfcinv", 8.0, lambda g, y, x: g * (-0.5 * SQRT_PI) * np.exp(y * y))
optional_ufunc("dawsn", 15.0, lambda g, y, x: g * (1.0 - 2.0 * x * y))
optional_ufunc("ndtr", 6.0, lambda g, y, x: g * np.exp(-0.5 * x * x) / SQRT_2PI)
optional_ufunc("log_ndtr", 15.0, lambda g, y, x: g * np.exp(-0.5 * x * x - y) / SQRT_2PI)
optional_ufunc("ndtri", 6.0, lambda g, y, x: g * SQRT_2PI * np.exp(0.5 * y * y))
optional_ufunc("ndtri_exp", 15.0, lambda g, y, x: g * SQRT_2PI * np.exp(0.5 * y * y + x))

# The gamma function and its kin
optional_ufunc("gamma", 8.0, lambda g, y, x: g * y * scipy_special("digamma", x))
optional_ufunc("gammaln", 10.0, lambda g, y, x: g * scipy_special("digamma", x))
optional_ufunc("loggamma", 10.0, lambda g, y, x: g * scipy_special("digamma", x))
optional_ufunc("rgamma", 8.0, lambda g, y, x: -g * y * scipy_special("digamma", x))
optional_ufunc("gammasgn", 1.5, no_slope, derivative="zero")
optional_ufunc("psi", 6.0, lambda g, y, x: g * _zeta(2.0, x))
optional_ufunc(
    "_zeta", 150.0, None, lambda g, y, s, q: -g * s * _zeta(s + 1.0, q), derivative="exact, by `q`"
)
optional_ufunc(
    "poch",
    30.0,
    lambda g, y, x, m: g * y * (scipy_special("digamma", x + m) - scipy_special("digamma", x)),
    lambda g, y, x, m: g * y * scipy_special("digamma", x + m),
)
optional_ufunc(
    "beta",
    30.0,
    lambda g, y, a, b: g * y * (scipy_special("digamma", a) - scipy_special("digamma", a + b)),
    lambda g, y, a, b: g * y * (scipy_special("digamma", b) - scipy_special("digamma", a + b)),
)
optional_ufunc(
    "betaln",
    30.0,
    lambda g, y, a, b: g * (scipy_special("digamma", a) - scipy_special("digamma", a + b)),
    lambda g, y, a, b: g * (scipy_special("digamma", b) - scipy_special("digamma", a + b)),
)
optional_ufunc(
    "gammainc", 100.0, None, lambda g, y, a, x: g * _gamma_density(a, x), derivative="exact, by `x`"
)
optional_ufunc(
    "gammaincc",
    150.0,
    None,
    lambda g, y, a, x: -g * _gamma_density(a, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "gammaincinv",
    400.0,
    None,
    lambda g, y, a, p: g / _gamma_density(a, y),
    derivative="exact, by `y`",
)
optional_ufunc(
    "gammainccinv",
    600.0,
    None,
    lambda g, y, a, p: -g / _gamma_density(a, y),
    derivative="exact, by `y`",
)
optional_ufunc(
    "betainc",
    300.0,
    None,
    None,
    lambda g, y, a, b, x: g * _beta_density(a, b, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "betaincc",
    6000.0,
    None,
    None,
    lambda g, y, a, b, x: -g * _beta_density(a, b, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "betaincinv",
    1500.0,
    None,
    None,
    lambda g, y, a, b, p: g / _beta_density(a, b, y),
    derivative="exact, by `y`",
)

# Entropies and losses
optional_ufunc("xlogy", 4.0, lambda g, y, a, b: g * _log_or_0(a, b), lambda g, y, a, b: g * a / b)
optional_ufunc(
    "xlog1py",
    4.0,
    lambda g, y, a, b: g * _log_or_0(a, 1.0 + b),
    lambda g, y, a, b: g * a / (1.0 + b),
)
optional_ufunc("entr", 4.0, lambda g, y, x: -g * (np.log(x) + 1.0))
optional_ufunc(
    "rel_entr", 6.0, lambda g, y, a, b: g * (np.log(a / b) + 1.0), lambda g, y, a, b: -g * a / b
)
optional_ufunc(
    "kl_div", 6.0, lambda g, y, a, b: g * np.log(a / b), lambda g, y, a, b: g * (1.0 - a / b)
)
optional_ufunc(
    "huber",
    2.0,
    lambda g, y, d, r: g * np.where(np.abs(r) <= d, 0.0, np.abs(r) - d),
    lambda g, y, d, r: g * np.clip(r, -d, d),
)
optional_ufunc(
    "pseudo_huber",
    25.0,
    lambda g, y, d, r: g * (2.0 * d * (_slant(d, r) - 1.0) - r * r / (d * _slant(d, r))),
    lambda g, y, d, r: g * r / _slant(d, r),
)
optional_ufunc(
    "boxcox",
    20.0,
    lambda g, y, x, p: g * x ** (p - 1.0),
    lambda g, y, x, p: g * _power_slope(np.log(x), p, y),
)
optional_ufunc(
    "boxcox1p",
    20.0,
    lambda g, y, x, p: g * (1.0 + x) ** (p - 1.0),
    lambda g, y, x, p: g * _power_slope(np.log1p(x), p, y),
)
optional_ufunc(
    "inv_boxcox", 15.0, lambda g, y, x, p: g * y ** (1.0 - p), None, derivative="exact, by `y`"
)
optional_ufunc(
    "inv_boxcox1p",
    20.0,
    lambda g, y, x, p: g * (1.0 + y) ** (1.0 - p),
    None,
    derivative="exact, by `y`",
)

# Exponentials, integrals, trigonometry
optional_ufunc("exp10", 15.0, lambda g, y, x: g * y * float(np.log(10.0)))
optional_ufunc(
    "powm1",
    15.0,
    lambda g, y, a, b: g * b * a ** (b - 1.0),
    lambda g, y, a, b: g * a**b * np.log(a),
)
optional_ufunc("cosm1", 3.0, lambda g, y, x: -g * np.sin(x))
optional_ufunc("expi", 150.0, lambda g, y, x: g * np.exp(x) / x)
optional_ufunc("exp1", 300.0, lambda g, y, x: -g * np.exp(-x) / x)
optional_ufunc(
    "expn",
    300.0,
    None,
    lambda g, y, n, x: -g * scipy_special("expn", n - 1.0, x),
    derivative="exact, by `x`",
)
optional_ufunc("spence", 15.0, lambda g, y, x: g * np.log(x) / (1.0 - x))
optional_ufunc("sindg", 20.0, lambda g, y, x: g * DEGREE * scipy_special("cosdg", x))
optional_ufunc("cosdg", 20.0, lambda g, y, x: -g * DEGREE * scipy_special("sindg", x))
optional_ufunc("tandg", 15.0, lambda g, y, x: g * DEGREE * (1.0 + y * y))
optional_ufunc(
    "ellipk", 8.0, lambda g, y, m: g * (scipy_special("ellipe", m) / (1.0 - m) - y) / (2.0 * m)
)
optional_ufunc("ellipe", 8.0, lambda g, y, m: g * (y - scipy_special("ellipk", m)) / (2.0 * m))

# Bessel functions
optional_ufunc("j0", 4.0, lambda g, y, x: -g * scipy_special("j1", x))
optional_ufunc(
    "j1", 3.0, lambda g, y, x: 0.5 * g * (scipy_special("j0", x) - scipy_special("jv", 2.0, x))
)
optional_ufunc("y0", 10.0, lambda g, y, x: -g * scipy_special("y1", x))
optional_ufunc("y1", 10.0, lambda g, y, x: g * (scipy_special("y0", x) - y / x))
optional_ufunc("i0", 25.0, lambda g, y, x: g * scipy_special("i1", x))
optional_ufunc(
    "i1", 25.0, lambda g, y, x: 0.5 * g * (scipy_special("i0", x) + scipy_special("iv", 2.0, x))
)
optional_ufunc("i0e", 25.0, lambda g, y, x: g * (scipy_special("i1e", x) - np.sign(x) * y))
optional_ufunc(
    "i1e",
    25.0,
    lambda g, y, x: (
        g * (0.5 * (scipy_special("i0e", x) + scipy_special("ive", 2.0, x)) - np.sign(x) * y)
    ),
)
optional_ufunc("k0", 25.0, lambda g, y, x: -g * scipy_special("k1", x))
optional_ufunc("k1", 30.0, lambda g, y, x: -g * (scipy_special("k0", x) + y / x))
optional_ufunc("k0e", 25.0, lambda g, y, x: g * (y - scipy_special("k1e", x)))
optional_ufunc("k1e", 25.0, lambda g, y, x: g * (y - scipy_special("k0e", x) - y / x))
for _name, _sign, _cost in (("jv", -1.0, 300.0), ("yv", -1.0, 1000.0), ("iv", 1.0, 300.0)):
    optional_ufunc(
        _name,
        _cost,
        None,
        lambda g, y, v, x, name=_name, sign=_sign: (
            0.5 * g * (scipy_special(name, v - 1.0, x) + sign * scipy_special(name, v + 1.0, x))
        ),
        derivative="exact, by `z`",
    )
optional_ufunc(
    "kv",
    300.0,
    None,
    lambda g, y, v, x: (
        -0.5 * g * (scipy_special("kv", v - 1.0, x) + scipy_special("kv", v + 1.0, x))
    ),
    derivative="exact, by `z`",
)
optional_ufunc(
    "ive",
    200.0,
    None,
    lambda g, y, v, x: (
        g
        * (
            0.5 * (scipy_special("ive", v - 1.0, x) + scipy_special("ive", v + 1.0, x))
            - np.sign(x) * y
        )
    ),
    derivative="exact, by `z`",
)

# Hypergeometric functions
optional_ufunc(
    "hyp0f1",
    200.0,
    None,
    lambda g, y, v, z: g * scipy_special("hyp0f1", v + 1.0, z) / v,
    derivative="exact, by `z`",
)
optional_ufunc(
    "hyp1f1",
    150.0,
    None,
    None,
    lambda g, y, a, b, x: g * a / b * scipy_special("hyp1f1", a + 1.0, b + 1.0, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "hyp2f1",
    150.0,
    None,
    None,
    None,
    lambda g, y, a, b, c, z: g * a * b / c * scipy_special("hyp2f1", a + 1.0, b + 1.0, c + 1.0, z),
    derivative="exact, by `z`",
)


def _zeta(s: Any, q: Any) -> Any:
    return scipy_special("zeta", s, q)


def _gamma_density(a: Any, x: Any) -> Any:
    """Return the density at x of the gamma distribution of shape a."""
    return np.exp((a - 1.0) * np.log(x) - x - scipy_special("gammaln", a))


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return the density at x of the beta distribution."""
    return np.exp((a - 1.0) * np.log(x) + (b - 1.0) * np.log1p(-x) - scipy_special("betaln", a, b))


def _log_or_0(a: Any, b: Any) -> Any:
    """Return log(b), and 0 where a and b are 0, as in the function itself."""
    return np.log(np.where((a == 0) & (b == 0), 1.0, b))


def _slant(d: Any, r: Any) -> Any:
    return np.sqrt(1.0 + (r / d) ** 2)


def _power_slope(log_x: Any, p: Any, y: Any) -> Any:
    """Return the derivative by p of (x ** p - 1) / p, with its limit at p = 0."""
    safe = np.where(p == 0, 1.0, p)
    return np.where(p == 0, 0.5 * log_x**2, (np.exp(p * log_x) * log_x - y) / safe)
