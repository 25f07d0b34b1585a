"""Reductions that ignore NaN."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Callable
from typing import Any

import numpy as np

from miniml.program.rules.norms import AT_ZERO
from miniml.program.rules.reductions import SHARED, reduces_as
from miniml.program.rules.values import astype, refuse_out, traced
from miniml.program.trace.registry import implements


def without_nan(a: Any, filled: float) -> Any:
    """Return the values with a number in place of NaN."""
    x = traced(a)
    return np.where(np.isnan(x), filled, x) if x.dtype.kind == "f" else x


@implements(np.nansum)
def nansum(a: Any, axis: Any = None, dtype: Any = None, out: None = None, **options: Any) -> Any:
    return np.sum(without_nan(a, 0.0), axis, dtype, out, **options)


@implements(np.nanprod)
def nanprod(a: Any, axis: Any = None, dtype: Any = None, out: None = None, **options: Any) -> Any:
    return np.prod(without_nan(a, 1.0), axis, dtype, out, **options)


@implements(np.nanmean)
def nanmean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, **options: Any) -> Any:
    if traced(a).dtype.kind != "f":
        return np.mean(a, axis, dtype, out, **options)
    where = ~np.isnan(a) & options.pop("where", True)
    return np.mean(np.where(where, a, 0.0), axis, dtype, out, where=where, **options)


def _spread(of_present: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rule of `nanvar` or `nanstd`, given that of `var` or `std`."""

    def spread(  # NumPy's signature
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        ddof: float = 0,
        keepdims: Any = False,
        *,
        correction: float | None = None,
        **options: Any,
    ) -> Any:
        lost = ddof if correction is None else correction
        options |= {"ddof": lost, "keepdims": keepdims}
        if traced(a).dtype.kind != "f":
            return of_present(a, axis, dtype, out, **options)
        where = ~np.isnan(a) & options.pop("where", True)
        y = of_present(np.where(where, a, 0.0), axis, dtype, out, where=where, **options)
        if lost == 0:
            return y
        count = np.sum(np.broadcast_to(where, np.shape(a)), axis, keepdims=keepdims)
        return np.where(
            count > lost, y, astype(np.nan, y.dtype)
        )  # not infinity if there are too few

    return spread


implements(np.nanvar)(_spread(np.var))
implements(np.nanstd, derivative=AT_ZERO)(_spread(np.std))


def _extreme(choose: Any, worst: float) -> Any:
    def extreme(
        a: Any,
        axis: Any = None,
        out: None = None,
        keepdims: Any = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(out)
        x = traced(a)
        if x.dtype.kind != "f":
            return choose(x, axis, keepdims=keepdims, initial=initial, where=where)
        there = ~np.isnan(x) & where
        y = choose(np.where(there, x, worst), axis, keepdims=keepdims, initial=initial)
        if initial is not None:
            return y
        return np.where(np.any(there, axis, keepdims=keepdims), y, astype(np.nan, x.dtype))

    return extreme


nanmax: Callable[..., Any] = implements(np.nanmax, derivative=SHARED)(_extreme(np.max, -np.inf))
nanmin: Callable[..., Any] = implements(np.nanmin, derivative=SHARED)(_extreme(np.min, np.inf))


reduces_as(np.fmax, nanmax)
reduces_as(np.fmin, nanmin)
