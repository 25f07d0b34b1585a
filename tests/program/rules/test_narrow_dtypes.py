"""Gradients of matrices and reductions in float32, of numbers whose squares are out of its range."""

import pytest

from tests.program.narrow import SIZES, derivative, differing, suits
from tests.program.rows import ROWS
from tests.program.table import Row

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, of tracing
SAMPLE = [row for row in ROWS if suits(row)][::2]


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: row.name)
def test_float32(row: Row) -> None:
    """A gradient in float32 is that in float64, or not finite: never finite and wrong."""
    program = derivative(row, 1)
    found = [differing(row, program, "f4", size) for size in SIZES["f4"]]
    assert not any(found), found
