"""Derivatives of SciPy's special functions that take more than a line, also where a short formula fails.

It fails at an edge, as 0 * inf; near a removable singularity, where nearly equal numbers are
subtracted; and far out, where a factor overflows.
"""

# Rules take tracers, whose types pyright cannot infer.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from typing import Any

import numpy as np

from miniml.program.rules.logistic import log_ratio_p

SQRT_PI = float(np.sqrt(np.pi))
SQRT_2 = float(np.sqrt(2.0))
SQRT_2PI = float(np.sqrt(2.0 * np.pi))


def scipy_special(name: str, *values: Any) -> Any:
    """Call SciPy's function of that name, which has been imported, since its ufunc is being traced."""
    from scipy import special  # noqa: PLC0415  # an optional dependency

    return getattr(special, name)(*values)


def or_1(x: Any, condition: Any) -> Any:
    """Return x, and 1 where the condition holds: what follows must be finite there."""
    return np.where(condition, 1.0, x)


def hazard(x: Any, y: Any) -> Any:
    """Return the normal density over its integral up to x, exp(y): far left, neither can be computed."""
    left = np.sqrt(2.0 / np.pi) / scipy_special("erfcx", np.minimum(x, 0.0) / -SQRT_2)
    right = np.clip(x, 0.0, 40.0)  # the density at 40 is 0
    return np.where(x < 0, left, np.exp(-0.5 * right * right - np.where(x < 0, 0.0, y)) / SQRT_2PI)


def quantile_slope(y: Any, p: Any) -> Any:
    """Return exp(y ** 2 / 2) for the normal quantile y of p: for small p the square loses digits."""
    small = (p > 0) & (p < 0.25)
    left = (
        0.5 * scipy_special("erfcx", np.where(small, y, -1.0) / -SQRT_2) / np.where(small, p, 1.0)
    )
    return np.where(small, left, np.exp(0.5 * np.square(np.where(small, 0.0, y))))


def reciprocal_gamma_slope(x: Any, y: Any) -> Any:
    """Return the derivative of 1 / gamma(x): for small x that of gamma(1 - x) sin(pi x) / pi."""
    low = x < 0.5
    small = np.where(low, x, 0.0)
    whole = np.rint(small)
    sign = np.where(np.remainder(whole, 2.0) == 0, 1.0, -1.0)
    angle = np.pi * (small - whole)
    turned = np.cos(angle) - scipy_special("digamma", 1.0 - small) * np.sin(angle) / np.pi
    mirrored = sign * scipy_special("gamma", 1.0 - small) * turned
    large = np.where(low | (x == np.inf), 1.0, x)
    return np.where(low, mirrored, -y * scipy_special("digamma", large))


def poch_slope(x: Any, m: Any, y: Any) -> Any:
    """Return the derivative of gamma(x + m) / gamma(x) by x, also at the poles of gamma(x)."""
    low = x < 0.5
    small = np.where(low, x, 0.0)
    both = np.where(low, x + m, 1.0)
    poles = scipy_special("digamma", both) * scipy_special("rgamma", small)
    slope = poles + reciprocal_gamma_slope(small, scipy_special("rgamma", small))
    away = np.where(low, 1.0, x)
    other = y * digamma_step(away, m)
    return np.where(low, scipy_special("gamma", both) * slope, other)


def digamma_step(x: Any, m: Any) -> Any:
    """Return digamma(x + m) - digamma(x), for m far below x by the Taylor series, since they cancel."""
    near = np.abs(m) < 0.1 * x
    base, step = np.where(near, x, 1.0), np.where(near, m, 0.0)
    far_x, far_m = np.where(near, 1.0, x), np.where(near, 1.0, m)
    series = 0.0
    for j in range(15, 0, -1):
        series = step * ((-1.0) ** (j + 1) * scipy_special("zeta", j + 1.0, base) + series)
    difference = scipy_special("digamma", far_x + far_m) - scipy_special("digamma", far_x)
    return np.where(near, series, difference)


def second_bessel(x: Any) -> Any:
    """Return iv(2, x), which SciPy cannot compute of the smallest numbers."""
    near = np.abs(x) < 1e-3
    small = np.where(near, x, 0.0)
    series = small * small / 8.0 * (1.0 + small * small / 12.0)
    return np.where(near, series, scipy_special("iv", 2.0, np.where(near, 1.0, x)))


def gamma_density(a: Any, x: Any) -> Any:
    """Return the density at x of the gamma distribution of shape a; near 0 it is a power."""
    near = x < 1.0
    middle = (x >= 1.0) & (x < np.inf)
    low = np.where(near, x, 1.0)
    high = np.where(middle, x, 1.0)
    power = np.power(low, a - 1.0) * np.exp(-low) * scipy_special("rgamma", a)
    exponent = (a - 1.0) * np.log(high) - high - scipy_special("gammaln", a)
    far = np.where(x == np.inf, 0.0, np.where(middle, np.exp(exponent), np.nan))
    return np.where(near, power, far)


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return the density at x of the beta distribution; near 0 and 1 it is a power."""
    lower, upper = x < 0.01, x > 0.99
    middle = np.where(lower | upper, 0.5, x)
    low, high = np.where(lower, x, 0.5), np.where(upper, 1.0 - x, 0.5)
    total = -scipy_special("betaln", a, b)

    def near(power: Any, other: Any, u: Any) -> Any:
        return np.power(u, power - 1.0) * np.exp((other - 1.0) * np.log1p(-u) + total)

    exponent = (a - 1.0) * np.log(middle) + (b - 1.0) * np.log1p(-middle) + total
    return np.where(lower, near(a, b, low), np.where(upper, near(b, a, high), np.exp(exponent)))


def log_ratio(a: Any, b: Any) -> Any:
    """Return log(a / b), and 0 at a = 0."""
    return log_ratio_p(or_1(a, a == 0), or_1(b, a == 0))


def box_cox_slope(log_x: Any, p: Any, y: Any, zero: Any) -> Any:
    """Return the derivative by p of (x ** p - 1) / p: the integral of log(x)**2 t x**(p t) over t.

    Args:
        log_x: The logarithm of x.
        p: The exponent.
        y: The value.
        zero: Where x is 0.
    """
    z = p * log_x
    within = np.clip(z, -50.0, 750.0)  # far out SciPy takes for ever
    inner = 0.5 * log_x * log_x * scipy_special("hyp1f1", 2.0, 3.0, within)
    return np.where(zero | (z < -50.0), -y / or_1(p, p == 0), inner)


def exponential_integral(n: Any, x: Any) -> Any:
    """Return expn(n, x), for n < 0 by the incomplete gamma function (DLMF 8.19.1)."""
    if n.node.value is not None and np.all(n.node.value >= 0):
        return scipy_special("expn", n, x)
    m = np.minimum(n, 0.0)
    low = scipy_special("gamma", 1.0 - m) * scipy_special("gammaincc", 1.0 - m, x)
    high = scipy_special("expn", np.maximum(n, 0.0), x)
    return np.where(n < 0, low * np.power(x, m - 1.0), high)


def dilogarithm_slope(x: Any) -> Any:
    """Return log(x) / (1 - x), near 1 by its series, which has derivatives at 1."""
    near = np.abs(x - 1.0) < 0.5
    series = -scipy_special("hyp2f1", 1.0, 1.0, 2.0, 1.0 - or_1(x, ~near))
    away = np.where(near, 2.0, x)
    return np.where(near, series, np.log(away) / (1.0 - away))


def elliptic_slope(m: Any, y: Any, *, first: bool) -> Any:
    """Return the derivative of ellipk or ellipe, near m = 0 by its series, which has derivatives at 0."""
    near = np.abs(m) < 0.5
    small, away = np.where(near, m, 0.0), np.where(near, -1.0, m)
    first_kind, second_kind = scipy_special("ellipk", away), scipy_special("ellipe", away)
    if first:
        series = np.pi / 8.0 * scipy_special("hyp2f1", 1.5, 1.5, 2.0, small)
        outer = (second_kind / (1.0 - away) - first_kind) / (2.0 * away)
        return np.where(near, series, np.where(m == 1.0, np.inf, outer))
    series = -np.pi / 8.0 * scipy_special("hyp2f1", 0.5, 1.5, 2.0, small)
    return np.where(near, series, (second_kind - first_kind) / (2.0 * away))


def scaled_slope(v: Any, x: Any, y: Any) -> Any:
    """Return the derivative of ive(v, x) = exp(-abs(x)) iv(v, x).

    Far out ive(v) - ive(v + 1) cancels: there it is a confluent hypergeometric function (DLMF 10.39.5).
    """
    order = np.where((v < 0) & (v == np.rint(v)), -v, v)
    far = (np.abs(x) > 8.0 + order * order) & (order > -0.75)
    last = np.abs(x) > 1e17 * (1.0 + order * order)
    near, out = np.where(far, 1.0, x), np.where(far & ~last, x, 8.0)
    before, at, after = (scipy_special("ive", order + k, near) for k in (-1.0, 0.0, 1.0))
    size, u = np.abs(out), np.where(order > -0.75, order, 0.0)
    scale = np.power(0.5 * size, u) * scipy_special("rgamma", u + 1.0)
    difference = scale * scipy_special("hyp1f1", u + 1.5, 2.0 * u + 2.0, -2.0 * size)
    end = -y / np.where(last, 2.0 * x, 1.0)
    outer = np.where(last, end, u / out * y - np.sign(out) * np.sign(y) * difference)
    return np.where(far, outer, 0.5 * (before + after) - np.sign(near) * at)


def scaled_k_slope(v: Any, x: Any, y: Any) -> Any:
    """Return the derivative of kve(v, x) = exp(x) kv(v, x), far out by Tricomi's function (DLMF 10.39.6)."""
    order = abs(v)
    far = x > 25.0 + order * order
    last = x > 1e17 * (1.0 + order * order)
    near, out = np.where(far, 1.0, x), np.where(far & ~last, x, 25.0)
    before, at, after = (scipy_special("kve", order + k, near) for k in (-1.0, 0.0, 1.0))
    tricomi = scipy_special("hyperu", order + 1.5, 2.0 * order + 2.0, 2.0 * out)
    scale = (2.0 * order + 1.0) * SQRT_PI * np.power(2.0 * out, order)
    end = -y / np.where(last, 2.0 * x, 1.0)
    outer = np.where(last, end, order / out * y - scale * tricomi)
    return np.where(far, outer, at - 0.5 * (before + after))
