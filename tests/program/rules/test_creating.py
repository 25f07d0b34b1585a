"""Arrays made inside a traced function: `like=` and the `_like` functions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml

X = np.random.default_rng(0).normal(size=(4, 3))


class TestLike:
    @pytest.mark.parametrize(
        "make",
        [
            lambda x: np.zeros((2, 3), like=x),
            lambda x: np.ones(2, np.float32, like=x),
            lambda x: np.full((2, 2), x[0, 0], like=x),
            lambda x: np.full(2, 7, like=x),
            lambda x: np.arange(1.0, 7.0, 2.0, like=x),
            lambda x: np.eye(3, like=x),
            lambda x: np.identity(2, like=x),
            lambda x: np.tri(3, like=x),
            lambda x: np.array([[x[0, 0], 1.0], [2, x[1, 1]]], like=x),
            lambda x: np.array([x[0], [1.0, 2.0, 3.0]], like=x),
            lambda x: np.array(x, np.float32, like=x),
            lambda x: np.asarray([1, 2], like=x),
            lambda x: np.array([], like=x),
            lambda x: np.zeros_like(x[0], np.float32),
            lambda x: np.ones_like(x, shape=(2, 2)),
            lambda x: np.full_like(x[0], x[1, 1], shape=2),
            lambda x: np.full_like(x, 3.7, int),
        ],
    )
    def test_values_and_dtypes(self, make: Callable[[Any], Any]) -> None:
        """An array made like a tracer has NumPy's values and dtype."""
        found, wanted = ml.jit(make)(X), make(X)
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)

    @pytest.mark.parametrize(
        "make", [np.zeros_like, np.ones_like, np.empty_like, lambda x: np.full_like(x, 2.0)]
    )
    def test_arrays_like_it_may_be_assigned_to(self, make: Callable[[Any], Any]) -> None:
        """So can an array made in the shape of a tracer."""

        def run(x: Any) -> Any:
            y = make(x)
            y[:] = 1.0
            y[0] = x[1]
            return y

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))

    def test_empty_may_be_filled(self) -> None:
        """np.empty(like=x), once filled, holds the assigned values."""

        def run(x: Any) -> Any:
            y = np.empty(2, like=x)
            y[0], y[1] = x[0, 0], 1.0
            return y

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))
