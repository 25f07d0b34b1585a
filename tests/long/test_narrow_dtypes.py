"""Derivatives of every rule for matrices and reductions in narrow dtypes, for numbers of every size."""

import pytest

from tests.program.narrow import SIZES, derivative, differing, suits
from tests.program.rows import ROWS
from tests.program.table import Row

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, of tracing
SUITING = [row for row in ROWS if suits(row)]
LINALG = ("svd", "pinv", "qr", "lstsq", "cholesky", "norm of a matrix", "sum, keepdims")
"""Rows that NumPy does not compute in float16, or whose sums are out of its range."""


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("row", SUITING, ids=lambda row: row.name)
def test_float32(row: Row, order: int) -> None:
    """A derivative in float32 is that in float64, or not finite."""
    program = derivative(row, order)
    found = [differing(row, program, "f4", size) for size in SIZES["f4"]]
    assert not any(found), found


@pytest.mark.parametrize("row", SUITING, ids=lambda row: row.name)
def test_float16(row: Row) -> None:
    """A gradient in float16 is that in float64, or not finite."""
    if row.name.startswith(LINALG):
        pytest.skip("NumPy has no value, or none in range")
    program = derivative(row, 1)
    found = [differing(row, program, "f2", size) for size in SIZES["f2"]]
    assert not any(found), found
