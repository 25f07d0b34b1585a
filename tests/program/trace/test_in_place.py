"""In-place operators and methods keep shape and dtype, and change aliases too."""

from typing import Any

import numpy as np
import pytest

import miniml as ml

X = np.random.default_rng(0).normal(size=(4, 3))


class TestInPlace:
    def test_arrays_keep_their_dtype(self) -> None:
        """`float32 += float64` stays float32, as in NumPy."""

        def run(x: Any, y: Any) -> Any:
            total = x * 1
            total += y
            x += y
            return total, x

        narrow = X.astype(np.float32)
        found = ml.jit(run)(narrow, X)
        for each, wanted in zip(found, run(narrow.copy(), X), strict=True):
            assert each.dtype == np.float32
            np.testing.assert_array_equal(each, wanted)

    def test_integers_take_no_fractions(self) -> None:
        """`integers += 0.5` raises NumPy's error instead of becoming floats."""

        def run(x: Any) -> Any:
            counts = np.zeros(3, int, like=x)
            counts += x
            return counts

        for function in (run, ml.jit(run)):
            with pytest.raises(TypeError, match="same_kind"):
                function(X[0])

    def test_a_larger_shape_does_not_fit(self) -> None:
        """`row += matrix` raises NumPy's error instead of becoming a matrix."""

        def run(x: Any) -> Any:
            row = x[0] * 1.0
            row += x
            return row

        for function in (run, ml.jit(run)):
            with pytest.raises(ValueError, match="non-broadcastable output"):
                function(X)

    def test_another_name_of_an_array_changes_with_it(self) -> None:
        """`b = a; a += 1` changes both, as in NumPy."""

        def run(x: Any) -> Any:
            a = x * 2.0
            b = a
            a += 1.0
            return b

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))

    def test_numbers_are_bound_anew(self) -> None:
        """`total += x` of numbers does not affect their other names."""

        def run(x: Any) -> Any:
            a = b = x[0, 0] * 2.0
            a += 1.0
            return a - b

        assert ml.jit(run)(X) == pytest.approx(1.0)

    def test_methods(self) -> None:
        """fill, sort, copyto and fill_diagonal are assignments."""

        def run(x: Any) -> Any:
            a, b, c, d = (x[:3] * 2.0 for _ in range(4))
            a.fill(x[0, 0])
            b.sort(0)
            np.copyto(c, x[1], where=c > 0)
            np.fill_diagonal(d, x[2])
            return np.stack([a, b, c, d])

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))
        ml.check_grads(lambda x: np.sum(run(x) ** 2), X)
