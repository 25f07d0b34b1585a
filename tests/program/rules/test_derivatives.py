"""Every rule of a ufunc at its edges, in each dtype and to the third order, against mpmath.

The default tests ask at a few points of each; `tests/long/test_derivatives.py` asks at all.
"""

import pytest

pytest.importorskip("scipy")
pytest.importorskip("mpmath")

from miniml.program.ir.kinds import Kind
from miniml.program.trace.registry import DERIVATIVES, OPTIONAL_UFUNCS, UFUNCS, ZERO
from tests.program.rules import truths_special  # noqa: F401  # fills the table
from tests.program.rules.derivatives import orders_of, unfit
from tests.program.rules.truths import TRUTHS

LINEAR = {
    "add",
    "subtract",
    "multiply",
    "divide",
    "negative",
    "positive",
    "conjugate",
    "degrees",
    "radians",
    "rad2deg",
}
KINKED = {
    "absolute",
    "fabs",
    "copysign",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "heaviside",
    "huber",
}
PLAIN = {*LINEAR, *KINKED, "deg2rad", "nextafter", "ldexp"}
"""Functions that are linear between kinks, which `test_kinks.py` holds."""

names = pytest.mark.parametrize("name", TRUTHS)


def some(points: list[tuple[float, ...]], count: int) -> list[tuple[float, ...]]:
    """Return points all over the list, both ends included."""
    return points[:: max(1, -(-len(points) // count))] + points[-1:]


def test_every_rule_is_asked() -> None:
    """Each elementwise rule whose derivative is not zero has its function in mpmath."""
    ufuncs = {name for name, op in UFUNCS.items() if op.kind is Kind.ELEMENTWISE and op.axes}
    ruled = {name for name in ufuncs | set(OPTIONAL_UFUNCS) if DERIVATIVES.get(name, ZERO) != ZERO}
    assert ruled - PLAIN - {"spherical_bessel"} == set(TRUTHS) & ruled


@names
def test_first_derivatives(name: str) -> None:
    """A first derivative in float64 is mpmath's."""
    truth = TRUTHS[name]
    for orders in orders_of(truth, 1):
        points = some(truth.points("f8"), 1 if truth.slow else 10)
        assert unfit(name, truth, orders, "f8", points) == []


@names
def test_smaller_dtypes(name: str) -> None:
    """A first derivative in float32 and float16 is that of float64, rounded."""
    truth = TRUTHS[name]
    for dtype in ("f4",) if truth.slow else ("f4", "f2"):
        for orders in orders_of(truth, 1):
            points = some(truth.points(dtype), 1 if truth.slow else 6)
            assert unfit(name, truth, orders, dtype, points) == []


@pytest.mark.parametrize("name", [name for name, truth in TRUTHS.items() if not truth.slow])
def test_higher_derivatives(name: str) -> None:
    """The second and third derivatives in float64 are mpmath's."""
    truth = TRUTHS[name]
    for order in (2, 3):
        for orders in list(orders_of(truth, order))[:: 1 if order == 2 else 3]:
            points = some(truth.points("f8"), 4)
            assert unfit(name, truth, orders, "f8", points) == []
