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
from miniml.program.rules.elementwise import power_slope, safe_log
from miniml.program.rules.logistic import share_p
from miniml.program.rules.polar import direction_p
from miniml.program.rules.special_slopes import (
    SQRT_2,
    SQRT_2PI,
    SQRT_PI,
    beta_density,
    box_cox_slope,
    digamma_step,
    dilogarithm_slope,
    elliptic_slope,
    exponential_integral,
    gamma_density,
    hazard,
    log_ratio,
    or_1,
    poch_slope,
    quantile_slope,
    reciprocal_gamma_slope,
    scaled_k_slope,
    scaled_slope,
    scipy_special,
    second_bessel,
)
from miniml.program.rules.tails import dawsn_slope_p, erfcx_slope_p
from miniml.program.rules.values import traced

DEGREE = np.pi / 180.0
AT_ZEROS = "exact; 0 at (0, 0)"


# The logistic function and its kin
optional_ufunc("expit", 4.0, lambda g, y, x: g * (y * share_p(x)), single=True)
optional_ufunc("log_expit", 15.0, lambda g, y, x: g * share_p(x), single=True)
optional_ufunc("logit", 8.0, lambda g, y, x: g / (x * (1.0 - x)))

# The error function and the normal distribution
optional_ufunc("erf", 6.0, lambda g, y, x: g * (2.0 / SQRT_PI) * np.exp(-x * x), single=True)
optional_ufunc("erfc", 8.0, lambda g, y, x: g * (-2.0 / SQRT_PI) * np.exp(-x * x), single=True)
optional_ufunc("erfcx", 20.0, lambda g, y, x: g * erfcx_slope_p(x, y, order=1))
optional_ufunc("erfi", 20.0, lambda g, y, x: g * (2.0 / SQRT_PI) * np.exp(x * x))
optional_ufunc("erfinv", 8.0, lambda g, y, x: g * (0.5 * SQRT_PI) * np.exp(y * y))
optional_ufunc(
    "erfcinv", 8.0, lambda g, y, x: g * (-0.5 * SQRT_PI) * quantile_slope(-SQRT_2 * y, 0.5 * x)
)
optional_ufunc("dawsn", 15.0, lambda g, y, x: g * dawsn_slope_p(x, y, order=1))
optional_ufunc("ndtr", 6.0, lambda g, y, x: g * np.exp(-0.5 * x * x) / SQRT_2PI, single=True)
optional_ufunc("log_ndtr", 15.0, lambda g, y, x: g * hazard(x, y))
optional_ufunc("ndtri", 6.0, lambda g, y, x: g * SQRT_2PI * quantile_slope(y, x))
optional_ufunc(
    "ndtri_exp", 15.0, lambda g, y, x: g * (0.5 * SQRT_2PI) * scipy_special("erfcx", -y / SQRT_2)
)

# The gamma function and its kin
optional_ufunc("gamma", 8.0, lambda g, y, x: g * y * scipy_special("digamma", x))
optional_ufunc("gammaln", 10.0, lambda g, y, x: g * scipy_special("digamma", x))
optional_ufunc("loggamma", 10.0, lambda g, y, x: g * scipy_special("digamma", x))
optional_ufunc("rgamma", 8.0, lambda g, y, x: g * reciprocal_gamma_slope(x, y))
optional_ufunc("gammasgn", 1.5, no_slope, derivative="zero")
optional_ufunc("psi", 6.0, lambda g, y, x: g * _zeta(2.0, x))
optional_ufunc(
    "_zeta", 150.0, None, lambda g, y, s, q: -g * s * _zeta(s + 1.0, q), derivative="exact, by `q`"
)
optional_ufunc(
    "poch",
    30.0,
    lambda g, y, x, m: g * poch_slope(x, m, y),
    lambda g, y, x, m: g * y * scipy_special("digamma", x + m),
)
optional_ufunc(
    "beta",
    30.0,
    lambda g, y, a, b: -g * y * digamma_step(a, b),
    lambda g, y, a, b: -g * y * digamma_step(b, a),
)
optional_ufunc(
    "betaln",
    30.0,
    lambda g, y, a, b: -g * digamma_step(a, b),
    lambda g, y, a, b: -g * digamma_step(b, a),
)
optional_ufunc(
    "gammainc", 100.0, None, lambda g, y, a, x: g * gamma_density(a, x), derivative="exact, by `x`"
)
optional_ufunc(
    "gammaincc",
    150.0,
    None,
    lambda g, y, a, x: -g * gamma_density(a, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "gammaincinv",
    400.0,
    None,
    lambda g, y, a, p: g / gamma_density(a, y),
    derivative="exact, by `y`",
)
optional_ufunc(
    "gammainccinv",
    600.0,
    None,
    lambda g, y, a, p: -g / gamma_density(a, y),
    derivative="exact, by `y`",
)
optional_ufunc(
    "betainc",
    300.0,
    None,
    None,
    lambda g, y, a, b, x: g * beta_density(a, b, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "betaincc",
    6000.0,
    None,
    None,
    lambda g, y, a, b, x: -g * beta_density(a, b, x),
    derivative="exact, by `x`",
)
optional_ufunc(
    "betaincinv",
    1500.0,
    None,
    None,
    lambda g, y, a, b, p: g / beta_density(a, b, y),
    derivative="exact, by `y`",
)

# Entropies and losses
optional_ufunc(
    "xlogy",
    4.0,
    lambda g, y, a, b: g * np.log(or_1(b, (a == 0) & (b == 0))),
    lambda g, y, a, b: g * a / or_1(b, (a == 0) & (b == 0)),
    derivative=AT_ZEROS,
    single=True,
)
optional_ufunc(
    "xlog1py",
    4.0,
    lambda g, y, a, b: g * np.log1p(np.where((a == 0) & (b == -1), 0.0, b)),
    lambda g, y, a, b: g * a / or_1(1.0 + b, (a == 0) & (b == -1)),
    derivative="exact; 0 at (0, -1)",
    single=True,
)
# The slopes at probability 0 are infinite. Here they are 0, so that they do not turn into NaN in the
# gradient of a softmax, which multiplies them by 0.
optional_ufunc(
    "entr",
    4.0,
    lambda g, y, x: np.where(x == 0, 0.0, -g * (np.log(or_1(x, x == 0)) + 1.0)),
    derivative="exact; 0 at 0",
    single=True,
)
optional_ufunc(
    "rel_entr",
    6.0,
    lambda g, y, a, b: np.where((a == 0) & (b >= 0), 0.0, g * (log_ratio(a, b) + 1.0)),
    lambda g, y, a, b: -g * a / or_1(b, (a == 0) & (b == 0)),
    derivative="exact; 0 at `x` = 0",
    single=True,
)
optional_ufunc(
    "kl_div",
    6.0,
    lambda g, y, a, b: g * np.where((a == 0) & (b >= 0), -1.0, log_ratio(a, b)),
    lambda g, y, a, b: g * (1.0 - a / or_1(b, (a == 0) & (b == 0))),
    derivative="exact; -1 at `x` = 0, by `x`",
    single=True,
)
optional_ufunc(
    "huber",
    2.0,
    lambda g, y, d, r: g * np.where(np.abs(r) <= d, 0.0, np.abs(r) - d),
    lambda g, y, d, r: g * np.clip(r, -d, d),
    single=True,
)
optional_ufunc(
    "pseudo_huber",
    25.0,
    lambda g, y, d, r: (
        g * (r * direction_p(r, d) * np.square(direction_p(r, d) / (1.0 + direction_p(d, r))))
    ),
    lambda g, y, d, r: g * d * direction_p(r, d),
    single=True,
)
optional_ufunc(
    "boxcox",
    20.0,
    lambda g, y, x, p: g * x ** (p - 1.0),
    lambda g, y, x, p: g * box_cox_slope(np.log(or_1(x, x == 0)), p, y, x == 0),
)
optional_ufunc(
    "boxcox1p",
    20.0,
    lambda g, y, x, p: g * (1.0 + x) ** (p - 1.0),
    lambda g, y, x, p: g * box_cox_slope(np.log1p(np.where(x == -1, 0.0, x)), p, y, x == -1),
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
    lambda g, y, a, b: g * power_slope(a, b),
    lambda g, y, a, b: g * a**b * safe_log(a, a**b),
)
optional_ufunc("cosm1", 3.0, lambda g, y, x: -g * np.sin(x))
optional_ufunc("expi", 150.0, lambda g, y, x: g * (np.exp(0.5 * x) / x) * np.exp(0.5 * x))
optional_ufunc("exp1", 300.0, lambda g, y, x: -g * np.exp(-x) / x)
optional_ufunc(
    "expn",
    300.0,
    None,
    lambda g, y, n, x: -g * exponential_integral(n - 1.0, x),
    derivative="exact, by `x`",
)
optional_ufunc("spence", 15.0, lambda g, y, x: g * dilogarithm_slope(x))
optional_ufunc("sindg", 20.0, lambda g, y, x: g * DEGREE * scipy_special("cosdg", x))
optional_ufunc("cosdg", 20.0, lambda g, y, x: -g * DEGREE * scipy_special("sindg", x))
optional_ufunc("tandg", 15.0, lambda g, y, x: g * DEGREE * (1.0 + y * y))
optional_ufunc("ellipk", 8.0, lambda g, y, m: g * elliptic_slope(m, y, first=True))
optional_ufunc("ellipe", 8.0, lambda g, y, m: g * elliptic_slope(m, y, first=False))

# Bessel functions
optional_ufunc("j0", 4.0, lambda g, y, x: -g * scipy_special("j1", x))
optional_ufunc(
    "j1", 3.0, lambda g, y, x: 0.5 * g * (scipy_special("j0", x) - scipy_special("jv", 2.0, x))
)
optional_ufunc("y0", 10.0, lambda g, y, x: -g * scipy_special("y1", x))
optional_ufunc("y1", 10.0, lambda g, y, x: g * (scipy_special("y0", x) - y / x))
optional_ufunc("i0", 25.0, lambda g, y, x: g * scipy_special("i1", x))
optional_ufunc("i1", 25.0, lambda g, y, x: 0.5 * g * (scipy_special("i0", x) + second_bessel(x)))
optional_ufunc("i0e", 25.0, lambda g, y, x: g * scaled_slope(traced(0.0, x), x, y))
optional_ufunc("i1e", 25.0, lambda g, y, x: g * scaled_slope(traced(1.0, x), x, y))
optional_ufunc("k0", 25.0, lambda g, y, x: -g * scipy_special("k1", x))
optional_ufunc("k1", 30.0, lambda g, y, x: -g * (scipy_special("k0", x) + y / x))
optional_ufunc("k0e", 25.0, lambda g, y, x: g * scaled_k_slope(traced(0.0, x), x, y))
optional_ufunc("k1e", 25.0, lambda g, y, x: g * scaled_k_slope(traced(1.0, x), x, y))
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
    "kve",
    300.0,
    None,
    lambda g, y, v, x: g * scaled_k_slope(v, x, y),
    derivative="exact, by `z`",
)
optional_ufunc(
    "ive",
    200.0,
    None,
    lambda g, y, v, x: g * scaled_slope(v, x, y),
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
optional_ufunc(
    "hyperu",
    500.0,
    None,
    None,
    lambda g, y, a, b, x: -g * a * scipy_special("hyperu", a + 1.0, b + 1.0, x),
    derivative="exact, by `x`",
)


def _zeta(s: Any, q: Any) -> Any:
    return scipy_special("zeta", s, q)
