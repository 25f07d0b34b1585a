"""Batches: each operation on a batch equals it on each element."""

from typing import Any

import numpy as np
import pytest

from miniml import grad, vmap
from tests.program.rows import ROWS
from tests.program.table import Row, results_of

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, for the oracle
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
COUNT = 3


def examples(row: Row) -> list[Any]:
    """Return arrays for several elements, along the first axis."""
    rng = np.random.default_rng(len(row.name) + 1)
    return [rng.uniform(row.low, row.high, (COUNT, *shape)) for shape in row.shapes]


@rows
def test_values(row: Row) -> None:
    """The value of the batch is that of each element."""
    arrays = examples(row)
    found = results_of(vmap(row)(*arrays))
    for k in range(COUNT):
        expected = results_of(row(*(a[k] for a in arrays)))
        for f, e in zip(found, expected, strict=True):
            np.testing.assert_allclose(f[k], e, rtol=1e-12, atol=1e-12)
            assert f.dtype == np.asarray(e).dtype


@rows
def test_gradients(row: Row) -> None:
    """The gradient of the batch is that of each element, whichever arrays the batch shares."""
    arrays = examples(row)
    gradient = grad(row.scalar())

    def of_arrays(*arrays: Any) -> Any:
        return gradient(list(arrays))

    for shared in range(-1, len(arrays) if len(arrays) > 1 else 0):
        axes = [None if k == shared else 0 for k in range(len(arrays))]
        given = [a[0] if axis is None else a for a, axis in zip(arrays, axes, strict=True)]
        found = vmap(of_arrays, axes)(*given)
        for k in range(COUNT):
            own = [a if axis is None else a[k] for a, axis in zip(given, axes, strict=True)]
            for f, e in zip(found, gradient(own), strict=True):
                np.testing.assert_allclose(f[k], e, rtol=1e-9, atol=1e-11)
