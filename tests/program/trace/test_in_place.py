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


class TestArraysOfNumPy:
    """`total += x`, where `total` is not traced."""

    def test_they_keep_shape_and_dtype(self) -> None:
        """`float32 += float64` stays float32, and integers take no fractions."""

        def narrow(x: Any) -> Any:
            total = np.zeros(3, np.float32)
            total += x
            return total

        found = ml.jit(narrow)(X[0])
        np.testing.assert_array_equal(found, narrow(X[0]))
        assert found.dtype == np.float32

        def counts(x: Any) -> Any:
            total = np.zeros(3, int)
            total += x
            return total

        def row(x: Any) -> Any:
            total = np.zeros(3)
            total += x
            return total

        for function in (counts, ml.jit(counts)):
            with pytest.raises(TypeError, match="same_kind"):
                function(X[0])
        for function in (row, ml.jit(row)):
            with pytest.raises(ValueError, match="non-broadcastable output"):
                function(X)

    @pytest.mark.parametrize("kind", ["name", "slice", "base", "list", "caller"])
    def test_another_name_or_view_is_refused(self, kind: str) -> None:
        """NumPy changes it too, and a trace cannot; the message names the ways out."""

        def added(total: Any, x: Any) -> Any:
            total += x
            return total

        def run(x: Any) -> Any:
            total: Any = np.zeros((2, 3))
            other: Any = None
            if kind == "caller":
                return added(total, x), total
            if kind == "name":
                other = total
            if kind == "slice":
                other = total[0]
            if kind == "list":
                other = [total]
            if kind == "base":
                other, total = total, total[0]
            total += x
            return total, other

        with pytest.raises(ml.TraceError, match=r"another name or view in use.*like=x"):
            ml.jit(run)(X[0])

    def test_one_name_is_taken(self) -> None:
        """An array of one name may be a local, an attribute, an entry, or a reshaped new array."""

        class Sums:
            total: Any

        def run(x: Any) -> Any:
            held, entries = Sums(), [np.zeros(3)]
            held.total = np.zeros(3)
            local: Any = np.arange(6.0).reshape(2, 3)
            for _ in range(2):
                held.total += x
                entries[0] += x
                local *= x
            return held.total + entries[0] + local

        np.testing.assert_allclose(ml.jit(run)(X[0]), run(X[0]))

    def test_what_is_read_only_is_refused(self) -> None:
        """NumPy's error is raised, as for a broadcast array."""

        def run(x: Any) -> Any:
            total = np.broadcast_to(np.zeros(3), (3,))
            total += x
            return total

        for function in (run, ml.jit(run)):
            with pytest.raises(ValueError, match="read-only"):
                function(X[0])


def test_results_of_a_factorisation_may_be_assigned_to() -> None:
    """The parts of a named tuple, such as that of `np.linalg.eigh`, are new arrays."""

    def run(x: Any) -> Any:
        values, vectors = np.linalg.eigh(x.T @ x)
        values[0] = 0.0
        vectors *= -1.0
        q, r = np.linalg.qr(x)
        r[0] *= 2.0
        return (vectors * values) @ vectors.T + r.T @ q.T @ q @ r

    np.testing.assert_allclose(ml.jit(run)(X), run(X))
    ml.check_grads(lambda x: np.sum(np.sin(run(x))), X)


def test_a_view_is_named_as_the_reason() -> None:
    """The error for an assignment to a view says that it is one."""

    def run(x: Any) -> Any:
        first, _ = np.split(x * 2.0, 2)
        first[0] = 1.0
        return first

    with pytest.raises(ml.TraceError, match=r"a view .* cannot be assigned to"):
        ml.jit(run)(X)
