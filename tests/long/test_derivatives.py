"""Every rule of a ufunc at all edges, in each dtype and to the third order, against mpmath."""

import pytest

pytest.importorskip("scipy")
pytest.importorskip("mpmath")

from tests.program.rules import truths_special  # noqa: F401  # fills the table
from tests.program.rules.derivatives import orders_of, unfit
from tests.program.rules.truths import TRUTHS


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2"])
def test_derivatives(name: str, order: int, dtype: str) -> None:
    """A derivative is mpmath's, to rounding."""
    truth = TRUTHS[name]
    wrong = [
        text
        for orders in orders_of(truth, order)
        for text in unfit(name, truth, orders, dtype, truth.points(dtype))
    ]
    assert wrong == []
