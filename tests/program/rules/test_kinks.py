"""The chosen subgradients at kinks, ties and infinities."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from miniml.transforms import grad, jit


def slope_of(function: Callable[..., Any], x: Any) -> Any:
    """Return the gradient, untyped: NumPy's functions have too many overloads."""
    return grad(function)(x)


def value_of(function: Callable[..., Any], x: Any) -> Any:
    """Return the value by a program."""
    return jit(function)(x)


KINKS: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "relu": (lambda x: np.maximum(x, 0.0), 0.0, 0.0),
    "relu, the other way round": (lambda x: np.maximum(0.0, x), 0.0, 0.0),
    "relu against several": (lambda x: np.sum(np.maximum(x, np.zeros(3))), 0.0, 0.0),
    "min(x, 0)": (lambda x: np.minimum(x, 0.0), 0.0, 0.0),
    "abs": (np.abs, 0.0, 0.0),
    "fabs": (np.fabs, 0.0, 0.0),
    "sign": (np.sign, 0.0, 0.0),
    "floor": (np.floor, 1.0, 0.0),
    "clip at its lower bound": (lambda x: np.clip(x, 0.0, 1.0), 0.0, 1.0),
    "clip at its upper bound": (lambda x: np.clip(x, 0.0, 1.0), 1.0, 1.0),
    "clip beyond": (lambda x: np.clip(x, 0.0, 1.0), 1.5, 0.0),
    "maximum of equals": (lambda x: np.maximum(x, 2.0 * x), 0.0, 1.5),
    "norm": (lambda x: np.linalg.norm(x * np.ones(3)), 0.0, 0.0),
    "hypot": (lambda x: np.hypot(x, 0.0), 0.0, 0.0),
    "norm of the third order": (lambda x: np.linalg.norm(x * np.ones(3), 3), 0.0, 0.0),
    "largest singular value of a singular matrix": (
        lambda x: np.linalg.norm(x * np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), 2),
        2.0,
        1.0,
    ),
    "sum of singular values of a singular matrix": (
        lambda x: np.linalg.norm(x * np.array([[3.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), "nuc"),
        2.0,
        3.0,
    ),
    "std of equals": (lambda x: np.std(x * np.ones(3)), 1.0, 0.0),
    "x ** 2 at 0": (lambda x: x**2, 0.0, 0.0),
    "x ** 3.0 at 0": (lambda x: x**3.0, 0.0, 0.0),
    "x ** 0 at 0": (lambda x: x**0, 0.0, 0.0),
    "sinc": (np.sinc, 0.0, 0.0),
    "sqrt": (np.sqrt, 0.0, np.inf),
    "logaddexp, far left": (lambda x: np.logaddexp(0.0, x), -1e9, 0.0),
    "logaddexp, far right": (lambda x: np.logaddexp(0.0, x), 1e9, 1.0),
    "nan_to_num of NaN": (np.nan_to_num, np.nan, 0.0),
}


@pytest.mark.parametrize(("function", "at", "slope"), KINKS.values(), ids=KINKS)
def test_kink(function: Callable[[Any], Any], at: float, slope: float) -> None:
    """The derivative at a kink is PyTorch's, or the limit."""
    assert slope_of(function, at) == slope


def test_curvature_of_sinc() -> None:
    """The second derivative of sinc at 0 is its limit, -pi**2 / 3."""
    assert slope_of(grad(np.sinc), 0.0) == pytest.approx(-(np.pi**2) / 3.0)


class TestTies:
    def test_equal_extremes_share(self) -> None:
        """Equal largest elements share the gradient, as in JAX."""
        x = np.array([2.0, 1.0, 2.0, 2.0])
        np.testing.assert_allclose(slope_of(np.max, x), [1 / 3, 0.0, 1 / 3, 1 / 3])
        np.testing.assert_allclose(slope_of(np.min, x), [0.0, 1.0, 0.0, 0.0])

    def test_sort_keeps_the_order_of_equals(self) -> None:
        """Equal elements keep their order in a sort's derivative."""
        weights = np.array([1.0, 2.0, 3.0])
        found = slope_of(lambda x: np.sum(np.sort(x) * weights), np.array([1.0, 0.0, 1.0]))
        np.testing.assert_allclose(found, [2.0, 1.0, 3.0])

    def test_running_maximum_stays_with_the_first(self) -> None:
        """A running maximum's gradient goes to the first of equal elements."""
        found = slope_of(lambda x: np.sum(np.maximum.accumulate(x)), np.array([1.0, 1.0, 0.0]))
        np.testing.assert_allclose(found, [3.0, 0.0, 0.0])


class TestExtremes:
    def test_log_sum_of_far_values(self) -> None:
        """logaddexp.reduce neither overflows nor underflows, and its gradient is the softmax."""
        x = np.array([1000.0, 1000.0, -1000.0])
        assert value_of(np.logaddexp.reduce, x) == pytest.approx(1000.0 + np.log(2.0))
        np.testing.assert_allclose(slope_of(np.logaddexp.reduce, x), [0.5, 0.5, 0.0])

    def test_running_log_sum(self) -> None:
        """A running logaddexp neither overflows nor underflows, and minus infinity adds nothing."""
        x = np.array([-np.inf, 1000.0, -1000.0, 1000.0])
        found = slope_of(lambda x: np.sum(np.logaddexp.accumulate(x)[1:]), x)
        np.testing.assert_allclose(found, [0.0, 2.5, 0.0, 0.5])

    def test_log_sum_with_infinities(self) -> None:
        """An element at minus infinity adds nothing; if all are, the result is minus infinity."""
        x = np.array([0.0, -np.inf])
        np.testing.assert_allclose(slope_of(np.logaddexp.reduce, x), [1.0, 0.0])
        assert value_of(np.logaddexp.reduce, np.full(3, -np.inf)) == -np.inf
        assert value_of(np.logaddexp.reduce, np.array([1.0, np.inf])) == np.inf

    def test_nan_goes_through(self) -> None:
        """NaN among the values makes the median NaN, as in NumPy."""
        assert np.isnan(value_of(np.median, np.array([1.0, np.nan, 0.0])))

    def test_all_nan(self) -> None:
        """The largest of NaN only is NaN, and its gradient is 0."""
        x = np.array([np.nan, np.nan])
        assert np.isnan(value_of(np.nanmax, x))
        np.testing.assert_array_equal(slope_of(np.nanmax, x), [0.0, 0.0])
