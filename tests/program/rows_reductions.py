"""Reductions and scans."""

from typing import Any

from numpy import arange, array, nan

from tests.program.table import row

MASK = arange(4) > 1
WEIGHTS = array([0.5, 1.0, 2.0, 0.1])
THREE = (2, 3, 4)

row("sum", lambda np, x: np.sum(x) ** 2)
row("sum, axis", lambda np, x: np.sum(x, axis=1) ** 2)
row("sum, axes", lambda np, x: np.sum(x, axis=(0, -1)) ** 2, THREE)
row("sum, no axes", lambda np, x: np.sum(x, axis=()) ** 2)
row("sum, keepdims", lambda np, x: x / np.sum(x, axis=-1, keepdims=True), low=0.5)
row("sum, where", lambda np, x: np.sum(x, where=MASK) ** 2)
row("sum, initial", lambda np, x: np.sum(x, axis=0, initial=2.0) ** 2)
row("sum, dtype", lambda np, x: np.sum(x, axis=0, dtype="float64") ** 2)
row("sum of booleans", lambda np, x: np.sum(x > 0, axis=0) * np.sum(x))
row("x.sum()", lambda np, x: x.sum(0) ** 2)
row("sum()", lambda np, x: sum(x) ** 2)
row("add.reduce", lambda np, x: np.add.reduce(x) ** 2)
row("add.reduce, all", lambda np, x: np.add.reduce(x, None, keepdims=True) ** 2)
row("mean", lambda np, x: np.mean(x) ** 2)
row("mean, axis", lambda np, x: x.mean(axis=0, keepdims=True) ** 2)
row("mean, where", lambda np, x: np.mean(x, axis=1, where=MASK) ** 2)
row("mean, dtype", lambda np, x: np.mean(x, dtype="float64") ** 2)

for _name in ("max", "min", "amax", "amin", "ptp", "prod", "var", "std", "median", "nanmedian"):
    for _title, _options in {
        "": {},
        ", axis": {"axis": 1},
        ", axes": {"axis": (0, 2)},
        ", keepdims": {"axis": -1, "keepdims": True},
    }.items():
        row(
            _name + _title,
            lambda np, x, n=_name, o=_options: getattr(np, n)(x, **o) ** 2,
            THREE if _title == ", axes" else (3, 4),
            jax=_title == ", axis",
        )
for _name in ("nansum", "nanprod", "nanmean", "nanmax", "nanmin", "nanvar", "nanstd", "nanmedian"):
    row(
        f"{_name} of NaN",
        lambda np, x, n=_name: getattr(np, n)(np.where(x > 1.0, nan, x), axis=1) ** 2,
        (3, 5),
    )
    row(f"{_name}, all", lambda np, x, n=_name: getattr(np, n)(x, keepdims=True) ** 2, jax=False)
row("max, initial", lambda np, x: np.max(x, axis=0, initial=0.3) ** 2)
row("min, where", lambda np, x: np.min(x, axis=0, initial=9.0, where=MASK) ** 2)
row("prod, initial", lambda np, x: np.prod(x, axis=0, initial=0.3) ** 2)
row("prod, where", lambda np, x: np.prod(x, axis=1, where=MASK) ** 2)
row("prod of zeros", lambda np, x: np.prod(np.where(MASK, 0.0 * x, x), axis=0))
row("prod of a zero", lambda np, x: np.prod(x * (arange(4) != 1), axis=1))
row("var, ddof", lambda np, x: np.var(x, axis=0, ddof=1) ** 2)
row("var, where", lambda np, x: np.var(x, axis=1, where=MASK) ** 2)
row("std, correction", lambda np, x: np.std(x, correction=1) ** 2)
row("var, mean", lambda np, x: np.var(x, 1, mean=np.mean(x, 1, keepdims=True)) ** 2, jax=False)
row("x.var()", lambda np, x: x.var(0) * x.std(1).sum() * x.prod() * x.max() * x.min(0))
row("average", lambda np, x: np.average(x) ** 2)
row("average, weights", lambda np, x: np.average(x, axis=1, weights=WEIGHTS) ** 2)
row("average, traced weights", lambda np, x: np.average(x, axis=1, weights=x**2))
row("average, returned", lambda np, x: np.average(x, 0, x**2, returned=True))
row("cov", lambda np, x: np.cov(x))
row("cov, y", lambda np, x: np.cov(x[0], x[1], ddof=0))
row("cov, columns", lambda np, x: np.cov(x, rowvar=False, bias=True))
row("corrcoef", lambda np, x: np.corrcoef(x), jax=False)
row("quantile", lambda np, x: np.quantile(x, 0.3) ** 2)
row("quantile, axis", lambda np, x: np.quantile(x, array([0.1, 0.9]), axis=1) ** 2)
row("percentile", lambda np, x: np.percentile(x, 35, axis=0, keepdims=True) ** 2)
for _method in ("lower", "higher", "nearest", "midpoint"):
    row(
        f"quantile, {_method}",
        lambda np, x, m=_method: np.quantile(x, array([0.2, 0.75]), axis=1, method=m) ** 2,
    )
row("nanquantile", lambda np, x: np.nanquantile(np.where(x > 1.0, nan, x), 0.3, axis=1) ** 2)
row("nanquantile, last", lambda np, x: np.nanquantile(np.where(x > 1.0, nan, x), 1.0, axis=1) ** 2)
row("nanmedian of one", lambda np, x: np.nanmedian(np.where(np.arange(4) > 0, nan, x), axis=1) ** 2)
row("nanpercentile", lambda np, x: np.nanpercentile(np.where(x > 1.0, nan, x), 60.0) ** 2)

for _name in ("maximum", "minimum", "multiply", "logaddexp", "logaddexp2", "fmax", "fmin", "hypot"):
    _jax = _name not in {"fmax", "fmin", "hypot"}
    row(f"{_name}.reduce", lambda np, x, n=_name: getattr(np, n).reduce(x) ** 2, jax=False)
    row(
        f"{_name}.reduce, axis",
        lambda np, x, n=_name: getattr(np, n).reduce(x, axis=1, keepdims=True) ** 2,
        jax=_jax,
    )
row("logaddexp.reduce, all", lambda np, x: np.logaddexp.reduce(x, axis=None) ** 2, jax=False)
row("logical_and.reduce", lambda np, x: np.logical_and.reduce(x > -1.0, axis=1))
row("logical_or.reduce", lambda np, x: np.logical_or.reduce(x > 1.0))
for _name in ("any", "all"):
    row(_name, lambda np, x, n=_name: getattr(np, n)(x > 0.0))
    row(f"{_name}, axis", lambda np, x, n=_name: getattr(np, n)(x > 0.0, axis=0, keepdims=True))
    row(f"{_name}, where", lambda np, x, n=_name: getattr(np, n)(x > 0.0, axis=1, where=MASK))
for _name in ("argmax", "argmin", "nanargmax", "nanargmin"):
    row(_name, lambda np, x, n=_name: getattr(np, n)(x))
    row(f"{_name}, axis", lambda np, x, n=_name: getattr(np, n)(x, axis=1, keepdims=True))
row("count_nonzero", lambda np, x: np.count_nonzero(x > 0, axis=0))

for _name in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
    row(_name, lambda np, x, n=_name: getattr(np, n)(x) ** 2, jax=False)
    row(f"{_name}, axis", lambda np, x, n=_name: getattr(np, n)(x, axis=0) ** 2, jax=False)
    row(f"{_name}, last", lambda np, x, n=_name: getattr(np, n)(x, axis=-1) ** 2, THREE)
row("cumprod of a zero", lambda np, x: np.cumprod(x * (arange(4) != 1), axis=1))
row("nancumsum of NaN", lambda np, x: np.nancumsum(np.where(x > 1.0, nan, x), axis=1) ** 2)
row("nancumprod of NaN", lambda np, x: np.nancumprod(np.where(x > 1.0, nan, x), axis=1) ** 2)
row(
    "cumulative_sum",
    lambda np, x: np.cumulative_sum(x, axis=1, include_initial=True) ** 2,
    needs="cumulative_sum",
)
row("cumulative_prod", lambda np, x: np.cumulative_prod(x, axis=0) ** 2, needs="cumulative_prod")
for _name in ("add", "multiply", "maximum", "minimum", "logaddexp"):
    row(
        f"{_name}.accumulate",
        lambda np, x, n=_name: getattr(np, n).accumulate(x, axis=1) ** 2,
    )
row("multiply.outer", lambda np, a, b: np.multiply.outer(a, b), (2,), (3, 2))
row("subtract.outer", lambda np, a, b: np.subtract.outer(a, b) ** 2, (2,), (3,))


def softmax(np: Any, x: Any) -> Any:
    return np.exp(x - np.logaddexp.reduce(x, axis=-1, keepdims=True))


row("softmax", softmax, jax=False)
row("softmax, far", lambda np, x: softmax(np, 300.0 * x), jax=False, single=1e-3)
