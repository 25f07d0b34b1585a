"""All rows."""

from tests.program import (
    rows_elementwise,
    rows_indexing,
    rows_linalg,
    rows_reductions,
    rows_shaping,
    rows_special,
)
from tests.program.table import ROWS

__all__ = [
    "ROWS",
    "rows_elementwise",
    "rows_indexing",
    "rows_linalg",
    "rows_reductions",
    "rows_shaping",
    "rows_special",
]
