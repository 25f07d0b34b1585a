"""Every rule: its value against NumPy, its first and second derivatives against differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from miniml.transforms import grad, jit
from tests.program.rows import ROWS
from tests.program.table import Row, results_of

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, for the oracle
# Apart from quantiles between no two elements, float here; and what is singular.
FLOATING = ("quantile", "cond", "inv", "solve", "matrix_power")
INTEGERS = [row for row in ROWS[::3] if not row.name.startswith(FLOATING)]
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def differences(f: Callable[[list[Any]], Any], arrays: list[Any], step: float) -> list[Any]:
    """Return the gradient of a scalar function by central differences."""
    gradients = []
    for position, array in enumerate(arrays):
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for sign in (1.0, -1.0):
                moved = [np.array(a) for a in arrays]
                moved[position][place] += sign * step
                ends.append(f(moved))
            slope[place] = (ends[0] - ends[1]) / (2.0 * step)
        gradients.append(slope)
    return gradients


def test_names_are_distinct() -> None:
    """The names of rows are unique."""
    names = [row.name for row in ROWS]
    assert sorted(names) == sorted(set(names))


@rows
def test_value(row: Row) -> None:
    """A program's result is NumPy's, in value, shape and dtype."""
    for dtype in ("f8", "f4"):
        arrays = row.arrays(dtype)
        expected = row(*arrays)
        found = jit(row)(*arrays)
        for e, f in zip(results_of(expected), results_of(found), strict=True):
            tolerance = 1e-12 if dtype == "f8" else row.single
            np.testing.assert_allclose(f, e, rtol=tolerance, atol=0.1 * tolerance)
            assert np.shape(f) == np.shape(e)
            assert np.asarray(f).dtype == np.asarray(e).dtype


@pytest.mark.parametrize("row", INTEGERS, ids=lambda row: row.name)
def test_integers(row: Row) -> None:
    """For integers a program's result is NumPy's too, in value and dtype."""
    arrays = [np.asarray(np.round(3.0 * a)).astype("i4") for a in row.arrays()]
    expected, found = row(*arrays), jit(row)(*arrays)
    for e, f in zip(results_of(expected), results_of(found), strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-12, atol=1e-12)
        assert np.asarray(f).dtype == np.asarray(e).dtype


@rows
def test_memory(row: Row) -> None:
    """A result shares no memory with an input, and the next call does not change it."""
    arrays = row.arrays()
    program = jit(row)
    found = [f for f in results_of(program(*arrays)) if isinstance(f, np.ndarray)]
    kept = [np.array(f) for f in found]
    program(*(0.5 * a + 0.1 for a in arrays))
    for position, (f, k) in enumerate(zip(found, kept, strict=True)):
        np.testing.assert_array_equal(f, k)
        assert not any(np.shares_memory(f, other) for other in [*arrays, *found[:position]])
    for array, same in zip(arrays, row.arrays(), strict=True):
        np.testing.assert_array_equal(array, same)


@rows
def test_gradient(row: Row) -> None:
    """A rule's derivative agrees with central differences."""
    f = row.scalar()
    arrays = row.arrays()
    expected = differences(f, arrays, 1e-6)
    for e, g in zip(expected, grad(f)(arrays), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-6, atol=1e-8)


@rows
def test_second_derivative(row: Row) -> None:
    """A second derivative along a random direction agrees with differences."""
    f = row.scalar()
    arrays = row.arrays()
    gradient = grad(f)
    rng = np.random.default_rng(2)
    direction = [rng.uniform(0.5, 1.5, a.shape) for a in arrays]

    def slope(arrays: list[Any]) -> Any:
        return sum(np.sum(np.sin(g)) for g in gradient(arrays))

    step = 1e-6
    ends = [
        slope([a + sign * step * d for a, d in zip(arrays, direction, strict=True)])
        for sign in (1.0, -1.0)
    ]
    expected = (ends[0] - ends[1]) / (2.0 * step)
    second = grad(slope)(arrays)
    found = sum(np.sum(g * d) for g, d in zip(second, direction, strict=True))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


@rows
def test_dtype(row: Row) -> None:
    """The gradient of a float32 array is a float32 array."""
    arrays = row.arrays("f4")
    for array, gradient in zip(arrays, grad(row.scalar())(arrays), strict=True):
        assert gradient.dtype == array.dtype
        assert gradient.shape == array.shape
