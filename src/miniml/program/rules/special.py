"""SciPy's special functions: a table of name, cost and derivatives, without an import of SciPy.

In every rule `g` is the gradient by the result, `y` the result, and the rest the inputs. The
formulas are those of Abramowitz and Stegun, or of the NIST Digital Library of Mathematical Functions.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np

from miniml.program.rules.define import late, no_slope

SQRT_PI = float(np.sqrt(np.pi))
SQRT_2PI = float(np.sqrt(2.0 * np.pi))
DEGREE = np.pi / 180.0


def scipy_special(name: str, *values: Any) -> Any:
    """Call SciPy's function of that name, which has been imported, since its ufunc is being traced."""
    from scipy import special  # noqa: PLC0415  # an optional dependency

    return getattr(special, name)(*values)


# The logistic function and its kin
late("expit", 4.0, lambda g, y, x: g * (y * (1.0 - y)))
late("log_expit", 15.0, lambda g, y, x: g * scipy_special("expit", -x))
late("logit", 8.0, lambda g, y, x: g / (x * (1.0 - x)))

# The error function and the normal distribution
late("erf", 6.0, lambda g, y, x: g * (2.0 / SQRT_PI) * np.exp(-x * x))
late("erfc", 8.0, lambda g, y, x: g * (-2.0 / SQRT_PI) * np.exp(-x * x))
late("erfcx", 20.0, lambda g, y, x: g * (2.0 * x * y - 2.0 / SQRT_PI))
late("erfi", 20.0, lambda g, y, x: g * (2.0 / SQRT_PI) * np.exp(x * x))
late("erfinv", 8.0, lambda g, y, x: g * (0.5 * SQRT_PI) * np.exp(y * y))
late("erfcinv", 8.0, lambda g, y, x: g * (-0.5 * SQRT_PI) * np.exp(y * y))
late("dawsn", 15.0, lambda g, y, x: g * (1.0 - 2.0 * x * y))
late("ndtr", 6.0, lambda g, y, x: g * np.exp(-0.5 * x * x) / SQRT_2PI)
late("log_ndtr", 15.0, lambda g, y, x: g * np.exp(-0.5 * x * x - y) / SQRT_2PI)
late("ndtri", 6.0, lambda g, y, x: g * SQRT_2PI * np.exp(0.5 * y * y))
late("ndtri_exp", 15.0, lambda g, y, x: g * SQRT_2PI * np.exp(0.5 * y * y + x))

# The gamma function and its kin
late("gamma", 8.0, lambda g, y, x: g * y * scipy_special("digamma", x))
late("gammaln", 10.0, lambda g, y, x: g * scipy_special("digamma", x))
late("loggamma", 10.0, lambda g, y, x: g * scipy_special("digamma", x))
late("rgamma", 8.0, lambda g, y, x: -g * y * scipy_special("digamma", x))
late("gammasgn", 1.5, no_slope, derivative="zero")
late("psi", 6.0, lambda g, y, x: g * _zeta(2.0, x))
late(
    "_zeta", 150.0, None, lambda g, y, s, q: -g * s * _zeta(s + 1.0, q), derivative="exact, by `q`"
)
late(
    "poch",
    30.0,
    lambda g, y, x, m: g * y * (scipy_special("digamma", x + m) - scipy_special("digamma", x)),
    lambda g, y, x, m: g * y * scipy_special("digamma", x + m),
)
late(
    "beta",
    30.0,
    lambda g, y, a, b: g * y * (scipy_special("digamma", a) - scipy_special("digamma", a + b)),
    lambda g, y, a, b: g * y * (scipy_special("digamma", b) - scipy_special("digamma", a + b)),
)
late(
    "betaln",
    30.0,
    lambda g, y, a, b: g * (scipy_special("digamma", a) - scipy_special("digamma", a + b)),
    lambda g, y, a, b: g * (scipy_special("digamma", b) - scipy_special("digamma", a + b)),
)
late(
    "gammainc", 100.0, None, lambda g, y, a, x: g * _gamma_density(a, x), derivative="exact, by `x`"
)
late(
    "gammaincc",
    150.0,
    None,
    lambda g, y, a, x: -g * _gamma_density(a, x),
    derivative="exact, by `x`",
)
late(
    "gammaincinv",
    400.0,
    None,
    lambda g, y, a, p: g / _gamma_density(a, y),
    derivative="exact, by `y`",
)
late(
    "gammainccinv",
    600.0,
    None,
    lambda g, y, a, p: -g / _gamma_density(a, y),
    derivative="exact, by `y`",
)
late(
    "betainc",
    300.0,
    None,
    None,
    lambda g, y, a, b, x: g * _beta_density(a, b, x),
    derivative="exact, by `x`",
)
late(
    "betaincc",
    6000.0,
    None,
    None,
    lambda g, y, a, b, x: -g * _beta_density(a, b, x),
    derivative="exact, by `x`",
)
late(
    "betaincinv",
    1500.0,
    None,
    None,
    lambda g, y, a, b, p: g / _beta_density(a, b, y),
    derivative="exact, by `y`",
)

# Entropies and losses
late("xlogy", 4.0, lambda g, y, a, b: g * _log_or_0(a, b), lambda g, y, a, b: g * a / b)
late(
    "xlog1py",
    4.0,
    lambda g, y, a, b: g * _log_or_0(a, 1.0 + b),
    lambda g, y, a, b: g * a / (1.0 + b),
)
late("entr", 4.0, lambda g, y, x: -g * (np.log(x) + 1.0))
late("rel_entr", 6.0, lambda g, y, a, b: g * (np.log(a / b) + 1.0), lambda g, y, a, b: -g * a / b)
late("kl_div", 6.0, lambda g, y, a, b: g * np.log(a / b), lambda g, y, a, b: g * (1.0 - a / b))
late(
    "huber",
    2.0,
    lambda g, y, d, r: g * np.where(np.abs(r) <= d, 0.0, np.abs(r) - d),
    lambda g, y, d, r: g * np.clip(r, -d, d),
)
late(
    "pseudo_huber",
    25.0,
    lambda g, y, d, r: g * (2.0 * d * (_slant(d, r) - 1.0) - r * r / (d * _slant(d, r))),
    lambda g, y, d, r: g * r / _slant(d, r),
)
late(
    "boxcox",
    20.0,
    lambda g, y, x, p: g * x ** (p - 1.0),
    lambda g, y, x, p: g * _power_slope(np.log(x), p, y),
)
late(
    "boxcox1p",
    20.0,
    lambda g, y, x, p: g * (1.0 + x) ** (p - 1.0),
    lambda g, y, x, p: g * _power_slope(np.log1p(x), p, y),
)
late("inv_boxcox", 15.0, lambda g, y, x, p: g * y ** (1.0 - p), None, derivative="exact, by `y`")
late(
    "inv_boxcox1p",
    20.0,
    lambda g, y, x, p: g * (1.0 + y) ** (1.0 - p),
    None,
    derivative="exact, by `y`",
)

# Exponentials, integrals, trigonometry
late("exp10", 15.0, lambda g, y, x: g * y * float(np.log(10.0)))
late(
    "powm1",
    15.0,
    lambda g, y, a, b: g * b * a ** (b - 1.0),
    lambda g, y, a, b: g * a**b * np.log(a),
)
late("cosm1", 3.0, lambda g, y, x: -g * np.sin(x))
late("expi", 150.0, lambda g, y, x: g * np.exp(x) / x)
late("exp1", 300.0, lambda g, y, x: -g * np.exp(-x) / x)
late(
    "expn",
    300.0,
    None,
    lambda g, y, n, x: -g * scipy_special("expn", n - 1.0, x),
    derivative="exact, by `x`",
)
late("spence", 15.0, lambda g, y, x: g * np.log(x) / (1.0 - x))
late("sindg", 20.0, lambda g, y, x: g * DEGREE * scipy_special("cosdg", x))
late("cosdg", 20.0, lambda g, y, x: -g * DEGREE * scipy_special("sindg", x))
late("tandg", 15.0, lambda g, y, x: g * DEGREE * (1.0 + y * y))
late("ellipk", 8.0, lambda g, y, m: g * (scipy_special("ellipe", m) / (1.0 - m) - y) / (2.0 * m))
late("ellipe", 8.0, lambda g, y, m: g * (y - scipy_special("ellipk", m)) / (2.0 * m))

# Bessel functions
late("j0", 4.0, lambda g, y, x: -g * scipy_special("j1", x))
late("j1", 3.0, lambda g, y, x: 0.5 * g * (scipy_special("j0", x) - scipy_special("jv", 2.0, x)))
late("y0", 10.0, lambda g, y, x: -g * scipy_special("y1", x))
late("y1", 10.0, lambda g, y, x: g * (scipy_special("y0", x) - y / x))
late("i0", 25.0, lambda g, y, x: g * scipy_special("i1", x))
late("i1", 25.0, lambda g, y, x: 0.5 * g * (scipy_special("i0", x) + scipy_special("iv", 2.0, x)))
late("i0e", 25.0, lambda g, y, x: g * (scipy_special("i1e", x) - np.sign(x) * y))
late(
    "i1e",
    25.0,
    lambda g, y, x: (
        g * (0.5 * (scipy_special("i0e", x) + scipy_special("ive", 2.0, x)) - np.sign(x) * y)
    ),
)
late("k0", 25.0, lambda g, y, x: -g * scipy_special("k1", x))
late("k1", 30.0, lambda g, y, x: -g * (scipy_special("k0", x) + y / x))
late("k0e", 25.0, lambda g, y, x: g * (y - scipy_special("k1e", x)))
late("k1e", 25.0, lambda g, y, x: g * (y - scipy_special("k0e", x) - y / x))
for _name, _sign, _cost in (("jv", -1.0, 300.0), ("yv", -1.0, 1000.0), ("iv", 1.0, 300.0)):
    late(
        _name,
        _cost,
        None,
        lambda g, y, v, x, name=_name, sign=_sign: (
            0.5 * g * (scipy_special(name, v - 1.0, x) + sign * scipy_special(name, v + 1.0, x))
        ),
        derivative="exact, by `z`",
    )
late(
    "kv",
    300.0,
    None,
    lambda g, y, v, x: (
        -0.5 * g * (scipy_special("kv", v - 1.0, x) + scipy_special("kv", v + 1.0, x))
    ),
    derivative="exact, by `z`",
)
late(
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
late(
    "hyp0f1",
    200.0,
    None,
    lambda g, y, v, z: g * scipy_special("hyp0f1", v + 1.0, z) / v,
    derivative="exact, by `z`",
)
late(
    "hyp1f1",
    150.0,
    None,
    None,
    lambda g, y, a, b, x: g * a / b * scipy_special("hyp1f1", a + 1.0, b + 1.0, x),
    derivative="exact, by `x`",
)
late(
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
