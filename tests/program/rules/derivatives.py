"""The comparison of derivatives of ufuncs with mpmath's."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mpmath as mp
import numpy as np
from scipy import special

import miniml as ml
from tests.program.rules.truths import Truth

ERRORS = {1: 40.0, 2: 400.0, 3: 4000.0}
"""The rounding errors allowed in a derivative of each order, in units of the last place."""


def ufunc(name: str) -> Callable[..., Any]:
    """Return NumPy's or SciPy's ufunc of that name in the table of rules."""
    found: Any = getattr(np, name, None)
    if not isinstance(found, np.ufunc):
        found = getattr(special, name.removeprefix("_"))
    function: Callable[..., Any] = found
    return function


def orders_of(truth: Truth, order: int) -> Iterator[tuple[int, ...]]:
    """Return the partial derivatives of that order: how often by each argument."""
    each = [range(order + 1) if k in truth.by else (0,) for k in range(len(truth.ranges))]
    return (orders for orders in itertools.product(*each) if sum(orders) == order)


def partial(function: Callable[..., Any], orders: tuple[int, ...]) -> Callable[..., Any]:
    """Return the partial derivative, elementwise."""

    def slope(function: Callable[..., Any], position: int) -> Callable[..., Any]:
        def by(*columns: Any) -> Any:
            before, after = columns[:position], columns[position + 1 :]
            return ml.grad(lambda column: np.sum(function(*before, column, *after)))(
                columns[position]
            )

        return by

    for position, order in enumerate(orders):
        for _ in range(order):
            function = slope(function, position)
    return function


def unfit(
    name: str,
    truth: Truth,
    orders: tuple[int, ...],
    dtype: str,
    points: Sequence[tuple[float, ...]],
) -> list[str]:
    """Return a text for each point where the derivative is not mpmath's, to rounding."""
    columns = [np.array(column, dtype) for column in zip(*points, strict=True)]
    with np.errstate(all="ignore"):
        found = partial(ufunc(name), orders)(*columns)
    return [
        f"{name} {orders} in {dtype} at {point}: {value}, not {mp.nstr(true, 17)}"
        for point, value in zip(points, found, strict=True)
        if not _fits(truth, orders, point, value, true := truth.derivative(point, orders))
    ]


def _fits(
    truth: Truth, orders: tuple[int, ...], point: tuple[float, ...], value: Any, true: Any
) -> bool:
    limits, order = np.finfo(value.dtype), sum(orders)
    if abs(true) > float(limits.max):  # a second derivative may end as inf - inf
        return bool(np.isinf(value)) if order == 1 else not np.isfinite(value)
    if not np.isfinite(value):
        return False
    error = abs(mp.mpf(float(value)) - true)
    unit = float(limits.eps) * (ERRORS[order] if limits.eps < 1e-4 else 2.0) * truth.loss
    smallest = 4.0 * float(limits.tiny if limits.eps < 1e-4 else limits.smallest_subnormal)
    if error <= unit * abs(true) + smallest:
        return True
    terms = abs(truth.derivative(point, (0,) * len(point)))  # mpmath rounds, too
    for x, n in zip(point, orders, strict=True):
        terms /= mp.mpf(abs(x) if x else 1) ** n
    scale = _condition(truth, orders, point) + abs(true) + truth.scale
    return bool(error <= unit * scale + smallest + mp.mpf(10) ** -30 * terms)


def _condition(truth: Truth, orders: tuple[int, ...], point: tuple[float, ...]) -> Any:
    """Return how much the derivative varies if the arguments are rounded, and one order less of it."""

    def at(position: int, change: int) -> Any:
        changed = tuple(n + change * (k == position) for k, n in enumerate(orders))
        return abs(truth.derivative(point, changed))

    total = sum(abs(x) * at(k, 1) for k, x in enumerate(point) if x)
    if sum(orders) > 1:
        total += sum(at(k, -1) for k, n in enumerate(orders) if n)
    return total
