"""Order statistics, running sums and factors at ties, zeros, NaN and lost rank."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml import transforms

ml: Any = transforms  # untyped: NumPy's functions have too many overloads


@given(
    numbers=st.lists(st.integers(-3, 3), min_size=1, max_size=9),
    q=st.floats(0.0, 1.0),
    method=st.sampled_from(["linear", "lower", "higher", "nearest", "midpoint"]),
)
def test_quantiles_among_ties(numbers: list[int], q: float, method: Any) -> None:
    """Median and quantiles of odd and even counts are NumPy's, and their gradients sum to one."""
    x = np.array(numbers, float)
    assert ml.jit(np.median)(x) == np.median(x)
    found = ml.jit(lambda x: np.quantile(x, q, method=method))(x)
    assert found == pytest.approx(np.quantile(x, q, method=method), abs=1e-12)
    for function in (np.median, lambda x: np.quantile(x, q, method=method)):
        gradient = ml.grad(function)(x)
        assert np.sum(gradient) == pytest.approx(1.0)
        assert set(x[gradient != 0]) <= {*np.sort(x)[_middle(x, q)], *np.sort(x)[_middle(x, 0.5)]}


def _middle(x: Any, q: float) -> Any:
    at = q * (len(x) - 1)
    return [int(np.floor(at)), int(np.ceil(at))]


def test_median_of_an_odd_count() -> None:
    """The median of an odd count is the element in the middle, in value and gradient."""
    value, gradient = ml.value_and_grad(np.median)(np.array([5.0, 1.0, 9.0, 2.0, 4.0]))
    assert value == 4.0
    np.testing.assert_array_equal(gradient, [0.0, 0.0, 0.0, 0.0, 1.0])
    rows = ml.jit(lambda x: np.median(x, 1))(np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 8.0]]))
    np.testing.assert_array_equal(rows, [2.0, 1.0])


def test_partitions_go_along_the_last_axis() -> None:
    """`partition` and `argpartition` go along the last axis if none is named, and flatten for None."""
    x = np.array([[9.0, 1.0, 5.0], [2.0, 8.0, 0.0], [7.0, 3.0, 4.0]])
    functions: list[Any] = [np.argpartition, np.partition, np.argsort, np.sort]
    places: list[dict[str, Any]] = [{}, {"axis": 0}, {"axis": None}]
    for kth in (0, 1, -1, (0, 2)):
        for axis in places:
            for function in functions:
                options = axis if function in functions[2:] else {"kth": kth, **axis}
                found = ml.jit(lambda x, f=function, o=options: f(x, **o))(x)
                np.testing.assert_array_equal(found, function(x, **options))


class TestNaN:
    @pytest.mark.parametrize("function", [np.median, lambda x: np.quantile(x, [0.2, 0.9]).sum()])
    def test_reaches_the_gradient(self, function: Any) -> None:
        """Where a NaN makes the median NaN, its gradient is not finite either."""
        x = np.array([1.0, np.nan, 0.0, 3.0])
        value, gradient = ml.value_and_grad(function)(x)
        assert np.isnan(value)
        assert np.any(np.isnan(gradient))

    def test_of_one_row(self) -> None:
        """The other rows have their gradients."""
        x = np.array([[1.0, np.nan, 0.0], [1.0, 5.0, 2.0]])
        found = ml.grad(lambda x: np.sum(np.median(x, 1)))(x)
        np.testing.assert_array_equal(found[1], [0.0, 0.0, 1.0])


class TestLogSum:
    @pytest.mark.parametrize("ufunc", [np.logaddexp, np.logaddexp2])
    def test_of_nothing(self, ufunc: Any) -> None:
        """All at minus infinity adds to minus infinity, with gradient 0, and so does nothing at all."""
        x = np.full(3, -np.inf)
        value, gradient = ml.value_and_grad(ufunc.reduce)(x)
        assert value == -np.inf
        np.testing.assert_array_equal(gradient, np.zeros(3))
        np.testing.assert_array_equal(ml.grad(lambda x: np.exp(ufunc.reduce(x)))(x), np.zeros(3))
        assert ml.jit(ufunc.reduce)(np.zeros(0)) == -np.inf

    def test_rows(self) -> None:
        """A masked row leaves the others as they are, to the second derivative."""
        x = np.array([[-np.inf, -np.inf], [0.0, 1.0]])
        share = 1.0 / (1.0 + np.exp(-1.0))

        def total(x: Any) -> Any:
            return np.sum(np.exp(np.logaddexp.reduce(x, axis=1)))

        np.testing.assert_allclose(ml.grad(total)(x), np.exp(x))
        bent = ml.grad(lambda x: ml.grad(lambda x: np.logaddexp.reduce(x, axis=1)[1])(x)[1, 1])(x)
        np.testing.assert_allclose(bent, [[0.0, 0.0], [-share * (1 - share), share * (1 - share)]])


class TestHalf:
    """In float16 numbers end at 65,504."""

    def test_sum_of_many_equal_numbers(self) -> None:
        """A sum of 70,000 times 0.001 is 70, though 70,000 is out of range."""
        program = ml.value_and_grad(lambda x: np.sum(np.broadcast_to(x, 70_000)) / 128)
        value, _ = program(np.float16(1e-3))
        assert value == pytest.approx(70.0 / 128.0, rel=2e-3)

    def test_many_equal_extremes(self) -> None:
        """70,000 equal elements share the gradient of their maximum."""
        found = ml.grad(np.max)(np.ones(70_000, np.float16))
        np.testing.assert_allclose(found, np.full(70_000, 1 / 70_000), rtol=1e-2)


def deeper(function: Any) -> Any:
    """Return the derivative of the function along (1, 2, ...)."""
    return lambda x: np.sum(np.arange(1.0, len(x) + 1.0) * ml.grad(function)(x))


THIRDS = [ml.grad(deeper(deeper(f))) for f in (np.prod, lambda x: np.cumprod(x)[-1])]


@given(numbers=st.lists(st.sampled_from([0.0, 2.0, -1.0, 3.0]), min_size=3, max_size=5))
def test_third_derivatives_of_products_among_zeros(numbers: list[float]) -> None:
    """A product's derivatives to the third are the products of the others, whatever is zero."""
    x = np.array(numbers)
    expected = np.zeros(len(x))
    for i, j, k in itertools.permutations(range(len(x)), 3):
        expected[k] += (i + 1.0) * (j + 1.0) * np.prod(np.delete(x, (i, j, k)))
    for third in THIRDS:
        np.testing.assert_allclose(third(x), expected)


class TestFactors:
    def test_dependent_columns(self) -> None:
        """QR of dependent columns, which rounding makes independent, has no derivative: NaN."""
        x = np.arange(12.0).reshape(4, 3)
        for part in (0, 1):
            found = ml.grad(lambda x, k=part: np.sum(np.linalg.qr(x)[k] * np.arange(3.0)))(x)
            assert np.all(np.isnan(found))

    @pytest.mark.parametrize("scale", [1e-200, 1e200])
    def test_pseudo_inverse_of_any_size(self, scale: float) -> None:
        """The gradient of the pseudo-inverse has no squares that are out of range."""
        x = np.array([[1.0, 2.0], [3.0, 5.0], [0.5, 1.0]])
        for matrix in (x, x.T):

            def total(x: Any) -> Any:
                return np.sum(np.linalg.pinv(x) @ np.ones(len(x)))

            expected = ml.grad(total)(matrix)
            found = ml.grad(lambda x: scale * total(x))(scale * matrix)
            np.testing.assert_allclose(found * scale, expected, rtol=1e-9)

    def test_empty(self) -> None:
        """Matrices without elements have empty gradients."""
        x = np.zeros((0, 0))
        functions: list[Any] = [
            np.linalg.det,
            lambda x: np.linalg.norm(x, "nuc"),
            lambda x: np.sum(np.linalg.pinv(x)),
            lambda x: np.sum(np.linalg.eigh(x)[1]),
            lambda x: np.sum(np.linalg.svd(x)[0]),
            lambda x: np.sum(np.linalg.qr(x)[0]),
            lambda x: np.max(x, initial=2.0),
        ]
        for function in functions:
            assert ml.jit(function)(x) == function(x)
            assert ml.grad(function)(x).shape == (0, 0)
