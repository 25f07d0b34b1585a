"""SciPy's special functions in mpmath: the oracle of the tests of derivatives at edges."""

import functools
import math
from typing import Any

import mpmath as mp
from scipy import special

from tests.program.rules.truths import EVERYWHERE, POSITIVE, at_zero, inverse, several, unary

unary("expit", lambda x: 1 / (1 + mp.exp(-x)), -1e3, 1e3, 40.0, digits=500)
unary("log_expit", lambda x: -mp.log1p(mp.exp(-x)), -1e3, 1e3, 40.0, digits=500)
unary("logit", lambda x: mp.log(x / (1 - x)), 5e-324, 0.99999)
unary("erf", mp.erf, -8.0, 8.0, digits=120)
unary("erfc", mp.erfc, -8.0, 8.0, 7.0, digits=120)
unary("erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), -26.0, 1e4, 1.4, 1.6, 5.0)
unary("erfi", mp.erfi, -26.0, 26.0)
unary(
    "erfinv",
    inverse(mp.erf, special.erfinv, lambda y: 2 / mp.sqrt(mp.pi) * mp.exp(-y * y)),
    -0.99999,
    0.99999,
)
unary(
    "erfcinv",
    inverse(mp.erfc, special.erfcinv, lambda y: -2 / mp.sqrt(mp.pi) * mp.exp(-y * y)),
    1e-200,
    1.99999,
    slow=True,
)
unary(
    "dawsn",
    lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
    -1e4,
    1e4,
    6.9,
    7.1,
    loss=10.0,
)
unary("ndtr", lambda x: mp.erfc(-x / mp.sqrt(2)) / 2, -8.0, 8.0, digits=120)
unary("log_ndtr", lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2), -1e4, 30.0, -1e4, digits=300)
unary("ndtri", inverse(mp.ncdf, special.ndtri, mp.npdf), 1e-200, 0.99999, slow=True)
unary(
    "ndtri_exp",
    inverse(lambda y: mp.log(mp.ncdf(y)), special.ndtri_exp, lambda y: mp.npdf(y) / mp.ncdf(y)),
    -1e4,
    -1e-4,
    -1e4,
    loss=4.0,
)
POLES: dict[str, Any] = {"avoid": lambda x: abs(x) < 1e-20 or (x <= 0 and x == round(x))}
unary("gamma", mp.gamma, -30.5, 170.0, -2.3, 1.46, 100.5, **POLES)
unary("gammaln", lambda x: mp.log(abs(mp.gamma(x))), -30.5, 1e4, -2.3, **POLES)
unary("loggamma", lambda x: mp.log(mp.gamma(x)), 1e-20, 1e4)
unary(
    "rgamma", mp.rgamma, -30.5, 170.0, -2.0, -2.3, 100.5, 0.49, avoid=lambda x: 0 < abs(x) < 1e-20
)
unary("psi", mp.digamma, -30.5, 1e4, -2.3, **POLES)
several("_zeta", mp.zeta, (1.1, 30.0), (0.03, 300.0), by=(1,))
several(
    "poch",
    mp.rf,
    (-3.0, 30.0),
    (0.03, 8.5),
    beside=((-1.0, 3.5), (0.0, 2.0), (-2.0, 2.5)),
    avoid=lambda x, m: x + m <= 0,
)
several("beta", mp.beta, (0.03, 30.0), (0.03, 30.0))
several("betaln", lambda a, b: mp.log(mp.beta(a, b)), (0.03, 300.0), (0.03, 300.0))
several(
    "gammainc",
    lambda a, x: mp.gammainc(a, 0, x, regularized=True),
    (0.5, 300.0),
    (0.0, 300.0),
    by=(1,),
    beside=((2.0, 1.0),),
    avoid=lambda a, x: x == 0 and a != 1,
)
several(
    "gammaincc",
    lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True),
    (0.5, 300.0),
    (0.0, 300.0),
    by=(1,),
    avoid=lambda a, x: x == 0 and a != 1,
)
several(
    "betainc",
    lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True),
    (0.5, 30.0),
    (0.5, 30.0),
    (0.0, 1.0),
    by=(2,),
    avoid=lambda a, b, x: x in {0, 1} and (a != 1 or b != 1),
)
several("xlogy", lambda a, b: a * mp.log(b), EVERYWHERE, POSITIVE)
several("xlog1py", lambda a, b: a * mp.log1p(b), EVERYWHERE, (-0.9, math.inf))
unary("entr", lambda x: -x * mp.log(x), 5e-324)
several("rel_entr", lambda a, b: a * mp.log(a / b), (1e-20, math.inf), (1e-20, math.inf))
several("kl_div", lambda a, b: a * mp.log(a / b) - a + b, (1e-20, math.inf), (1e-20, math.inf))
several(
    "pseudo_huber",
    lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1),
    (1e-20, math.inf),
    EVERYWHERE,
    digits=400,
)


def box_cox(x: Any, p: Any) -> Any:
    return mp.expm1(p * mp.log(x)) / p if p else mp.log(x)


several("boxcox", box_cox, POSITIVE, (-30.0, 30.0), beside=((2.5, 1e-12), (2.5, 0.0)))
several(
    "boxcox1p", lambda x, p: box_cox(1 + x, p), (-0.9, 1e4), (-30.0, 30.0), beside=((1.5, 1e-12),)
)
several(
    "inv_boxcox",
    lambda y, p: mp.power(1 + p * y, 1 / p) if p else mp.exp(y),
    (0.0, 30.0),
    (0.0, 30.0),
    by=(0,),
)
several(
    "inv_boxcox1p",
    lambda y, p: (mp.power(1 + p * y, 1 / p) if p else mp.exp(y)) - 1,
    (0.0, 30.0),
    (0.0, 30.0),
    by=(0,),
)
unary("exp10", lambda x: mp.power(10, x), -1e4, 1e4)
several("powm1", lambda a, b: mp.power(a, b) - 1, (1e-20, math.inf), (-300.0, 300.0))
unary("cosm1", lambda x: mp.cos(x) - 1, -1e4, 1e4)
unary("expi", mp.ei, -300.0, 712.0, 711.0, avoid=at_zero)
unary("exp1", mp.e1, 5e-324, 700.0, 700.0)
several(
    "expn",
    lambda n, x: mp.expint(int(n), x),
    (0.0, 8.0),
    (1e-4, 300.0),
    by=(1,),
    beside=((2.0, 0.5), (3.0, 0.5)),
    avoid=lambda n, _: n != round(n),
)
unary("spence", lambda x: mp.re(mp.polylog(2, 1 - x)), 1e-4, 1e4, 1.0, 1.0000001, 0.999)
unary("sindg", lambda x: mp.sin(x * mp.pi / 180), -1e4, 1e4)
unary("cosdg", lambda x: mp.cos(x * mp.pi / 180), -1e4, 1e4)
unary("tandg", lambda x: mp.tan(x * mp.pi / 180), -80.0, 80.0)
unary("ellipk", mp.ellipk, -1e4, 0.99999, 1e-6, 1e-8, 0.45, 0.55)
unary("ellipe", mp.ellipe, -1e4, 0.99999, 1e-6, 1e-8, 0.45, 0.55)
for _name, _bessel, _order in (
    ("j", mp.besselj, 0),
    ("j", mp.besselj, 1),
    ("i", mp.besseli, 0),
    ("i", mp.besseli, 1),
):
    unary(f"{_name}{_order}", functools.partial(_bessel, _order), -30.0, 300.0)
for _name, _bessel, _order in (
    ("y", mp.bessely, 0),
    ("y", mp.bessely, 1),
    ("k", mp.besselk, 0),
    ("k", mp.besselk, 1),
):
    unary(
        f"{_name}{_order}",
        functools.partial(_bessel, _order),
        1e-4,
        300.0,
        slow=True,
    )


def scaled_i(v: Any, x: Any) -> Any:
    return mp.exp(-abs(x)) * mp.besseli(v, x)


def scaled_k(v: Any, x: Any) -> Any:
    return mp.exp(x) * mp.besselk(v, x)


for _order in (0, 1):
    _i, _k = (functools.partial(f, _order) for f in (scaled_i, scaled_k))
    unary(f"i{_order}e", _i, -300.0, 1e4, 8.5, 7.5, 1e4, avoid=at_zero)
    unary(f"k{_order}e", _k, 1e-4, 1e4, 24.0, 26.0, 1e4, slow=True)
ORDERS: dict[str, Any] = {
    "by": (1,),
    "avoid": lambda v, _: v not in {0.0, 0.5, 2.5, 8.0},
    "slow": True,
}
several("jv", mp.besselj, (0.0, 8.0), (1e-4, 300.0), **ORDERS)
several("yv", mp.bessely, (0.0, 8.0), (1e-4, 300.0), **ORDERS)
several("iv", mp.besseli, (0.0, 8.0), (1e-4, 300.0), **ORDERS)
several("kv", mp.besselk, (0.0, 8.0), (1e-4, 300.0), **ORDERS)
several("ive", scaled_i, (0.0, 8.0), (1e-4, 1e4), **ORDERS)
several("kve", scaled_k, (0.0, 8.0), (1e-4, 1e4), **ORDERS)
several("hyp0f1", mp.hyp0f1, (0.5, 8.0), (-30.0, 30.0), by=(1,))
several("hyp1f1", mp.hyp1f1, (0.5, 2.5), (0.5, 2.5), (-30.0, 30.0), by=(2,))
several("hyp2f1", mp.hyp2f1, (0.5, 1.0), (0.5, 2.5), (0.5, 2.5), (-0.9, 0.9), by=(3,))
several(
    "hyperu", mp.hyperu, (0.5, 1.0), (0.5, 1.0), (0.5, 1e3), by=(2,), loss=1e6, slow=True
)  # SciPy's own


def gamma_share(a: Any, x: Any) -> Any:
    return mp.gammainc(a, 0, x, regularized=True)


def gamma_density(a: Any, x: Any) -> Any:
    return mp.power(x, a - 1) * mp.exp(-x) / mp.gamma(a)


def beta_share(a: Any, b: Any, x: Any) -> Any:
    return mp.betainc(a, b, 0, x, regularized=True)


def beta_density(a: Any, b: Any, x: Any) -> Any:
    return mp.power(x, a - 1) * mp.power(1 - x, b - 1) / mp.beta(a, b)


PROBABILITY = (1e-3, 0.99)
several(
    "gammaincinv",
    inverse(gamma_share, special.gammaincinv, gamma_density),
    (0.5, 8.0),
    PROBABILITY,
    by=(1,),
)
several(
    "gammainccinv",
    inverse(
        lambda a, x: 1 - gamma_share(a, x), special.gammainccinv, lambda a, x: -gamma_density(a, x)
    ),
    (0.5, 8.0),
    PROBABILITY,
    by=(1,),
)
several(
    "betaincc",
    lambda a, b, x: 1 - beta_share(a, b, x),
    (0.5, 8.0),
    (0.5, 8.0),
    PROBABILITY,
    by=(2,),
)
several(
    "betaincinv",
    inverse(beta_share, special.betaincinv, beta_density),
    (0.5, 8.0),
    (0.5, 8.0),
    PROBABILITY,
    by=(2,),
)
