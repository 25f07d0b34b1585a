"""SciPy's special functions."""

from tests.program.table import row, specials

specials("expit", "erf", "erfc", "ndtr", "log_ndtr", "i0", "i0e", "i1", "i1e")
specials("log_expit", "erfcx", "erfi", "dawsn", "exp10", "cosm1", "j0", "j1", jax=False)
specials("sindg", "cosdg", "tandg", jax=False)
specials("logit", "ndtri", low=0.1, high=0.9)
specials("erfinv", low=-0.8, high=0.8)
specials("erfcinv", "ellipk", "ellipe", low=0.1, high=0.9, jax=False)
specials("gammaln", "digamma", "gamma", "expi", "exp1", "entr", low=0.6, high=3.0)
specials("loggamma", "rgamma", "gammasgn", "psi", low=0.6, high=3.0, jax=False)
specials("y0", "y1", "k0", "k1", "k0e", "k1e", low=0.6, high=3.0, jax=False)
specials("ndtri_exp", low=-3.0, high=-0.2, jax=False)
specials("spence", low=1.2, high=2.5, jax=False)
specials("xlogy", "xlog1py", "betaln", "rel_entr", "kl_div", inputs=2, low=0.6, high=3.0)
specials("beta", "poch", "powm1", inputs=2, low=0.6, high=3.0, jax=False)
specials("huber", "pseudo_huber", inputs=2, low=0.6, high=3.0, jax=False)
specials("boxcox", "boxcox1p", inputs=2, low=0.6, high=3.0, jax=False)
row("special.zeta", lambda np, x: np.special.zeta(2.5, x), low=0.6, high=3.0, single=2e-5)
row("special.inv_boxcox", lambda np, x: np.special.inv_boxcox(x, 0.5), jax=False, low=0.1)
row("special.inv_boxcox1p", lambda np, x: np.special.inv_boxcox1p(x, 0.5), jax=False, low=0.1)
row("special.gammainc", lambda np, x: np.special.gammainc(1.5, x), low=0.6, single=2e-5)
row("special.gammaincc", lambda np, x: np.special.gammaincc(1.5, x), low=0.6, single=2e-5)
for _name in ("gammaincinv", "gammainccinv"):
    row(
        f"special.{_name}",
        lambda np, x, name=_name: getattr(np.special, name)(1.5, x),
        low=0.1,
        high=0.9,
        jax=False,
        single=2e-5,
    )
for _name in ("betainc", "betaincc", "betaincinv"):
    row(
        f"special.{_name}",
        lambda np, x, name=_name: getattr(np.special, name)(1.5, 2.5, x),
        low=0.1,
        high=0.9,
        jax=_name == "betainc",
        single=2e-5,
    )
row("special.expn", lambda np, x: np.special.expn(3, x), low=0.6, single=2e-5)
for _name in ("jv", "yv", "iv", "ive", "kv"):
    row(
        f"special.{_name}",
        lambda np, x, name=_name: getattr(np.special, name)(2.0, x),
        low=0.6,
        jax=False,
        single=2e-5,
    )
row("special.hyp0f1", lambda np, x: np.special.hyp0f1(1.5, x), jax=False, single=2e-5)
row("special.hyp1f1", lambda np, x: np.special.hyp1f1(1.5, 2.5, x), single=2e-5)
row(
    "special.hyp2f1",
    lambda np, x: np.special.hyp2f1(0.5, 1.5, 2.5, x),
    low=-0.8,
    high=0.8,
    jax=False,
    single=2e-5,
)
row("special.log1p", lambda np, x: np.special.log1p(x), low=0.1, jax=False)
