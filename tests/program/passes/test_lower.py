"""Lowered operations have the values of the original ones."""

import numpy as np
import pytest

import miniml as ml


def test_long_sums_of_float32_keep_their_digits() -> None:
    """A sum over a million float32 products is as exact as NumPy's pairwise sum, even if it is not cut."""
    x = np.full(1_000_000, 0.1, np.float32)
    program = ml.jit(lambda x: np.sum(x * x[::-1]))
    assert program.explain(x).chunks == 1
    assert program(x) == np.sum(x * x[::-1])


@pytest.mark.parametrize("axes", [0, 1, 2, (0, 1), (1, 2), (0, 2), -1])
@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 5), (3, 4, 0), (0, 4, 5)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_sums_over_some_axes(
    axes: int | tuple[int, ...], shape: tuple[int, ...], order: str
) -> None:
    """A sum over some of three axes, of inputs and of computed values, is NumPy's."""
    x = np.asarray(np.random.default_rng(0).normal(size=shape), order="F" if order == "F" else "C")
    found = ml.jit(lambda x: (np.sum(x, axes), np.sum(np.tanh(x), axes), np.sum(x.T, axes)))(x)
    for total, part in zip(found, (x, np.tanh(x), x.T), strict=True):
        np.testing.assert_allclose(total, np.sum(part, axes), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_parts_written_side_by_side(axis: int, dtype: type) -> None:
    """Joined and stacked arrays, rows and scalars are NumPy's."""

    def joined(x: np.ndarray) -> tuple[np.ndarray, ...]:
        y = x + x
        return (
            np.concatenate([x, y, x[:, :1] if axis else x[:1]], axis),
            np.stack([x, y, x.T.copy().T], axis),
            np.stack([x[0], y[1], x[:, 0][:1] + x[1]], axis),
            np.stack([np.sum(x), y[0, 1], x[1, 2]]),
            np.hstack([np.sum(x), y[0], x[1, 2]]) * np.concatenate([[2], x[0], y[1, :1]]),
            np.concatenate([x.T, y.T], axis).T,
        )

    x: np.ndarray = np.arange(12).reshape(3, 4).astype(dtype)
    for found, expected in zip(ml.jit(joined)(x), joined(x), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype


def test_squares_of_absolute_values_need_no_absolute_values() -> None:
    """The squared norm of a tree, written for complex numbers too, is as cheap as a sum of squares."""
    tree = {"w": np.array([[1.0, -2.0]]), "b": -3.0}
    program = ml.value_and_grad(lambda tree: ml.tree_norm(tree, squared=True))
    assert "abs" not in program.source(tree)
    value, grad = program(tree)
    assert (value, grad["w"].tolist(), grad["b"]) == (14.0, [[2.0, -4.0]], -6.0)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64])
@pytest.mark.parametrize("axis", [0, 1])
def test_rows_at_places(axis: int, dtype: type, order: str) -> None:
    """Rows at indices of any dtype, of an array in any memory order, are those of indexing."""
    x = np.asarray(np.random.default_rng(0).normal(size=(5, 4)), order="F" if order == "F" else "C")
    places: np.ndarray = np.array([[3, 0, 0], [2, 1, 3]], dtype)

    def rows(x: np.ndarray, places: np.ndarray) -> np.ndarray:
        taken: np.ndarray = x[places] if axis == 0 else x[:, places]
        squares: np.ndarray = np.square(taken)
        return squares

    program = ml.jit(rows)
    assert "pick(" in program.source(x, places)
    np.testing.assert_array_equal(program(x, places), rows(x, places))


def test_places_from_the_end() -> None:
    """A negative index counts from the end, and an index out of bounds is refused."""
    program = ml.jit(lambda x, places: x[places] + 1.0)
    assert program(np.arange(3.0), np.array([-1, -3])).tolist() == [3.0, 1.0]
    for missing in (3, -4):
        with pytest.raises(IndexError, match=f"index {missing} is out of bounds"):
            program(np.arange(3.0), np.array([missing, 0]))


@pytest.mark.parametrize("shape", [(7, 2000), (3000, 3), (2, 3, 5)])
def test_rows_taken_more_than_once(shape: tuple[int, ...]) -> None:
    """The gradient of rows accumulates all that was taken of each, in any memory order."""
    x = np.zeros((4, *shape[1:]))
    places = np.arange(shape[0]) % 3
    weights = np.random.default_rng(0).normal(size=shape[::-1])
    found = ml.grad(lambda x: np.sum(x[places] * weights.T))(x)
    expected = np.stack([weights.T[places == k].sum(0) for k in range(4)])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("columns", [1, 3, 40])
def test_many_columns_times_rows(columns: int) -> None:
    """Batched products of columns and rows are those of matrices."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(6, 5, 1)), rng.normal(size=(6, 1, columns))
    np.testing.assert_array_equal(ml.jit(lambda a, b: a @ b)(a, b), a @ b)
    np.testing.assert_array_equal(ml.jit(lambda a, b: a @ b)(a[0], b), a[0] @ b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_choice_between_numbers(dtype: type) -> None:
    """A choice between two scalars is Python's, which takes a fiftieth of the time, and keeps the dtype."""

    def chosen(x: np.ndarray) -> np.ndarray:
        rest: np.ndarray = x * np.where(x[0] > x[1], x[2], 0.5)
        return rest

    program = ml.jit(chosen)
    for numbers in ([2.0, 1.0, 3.0], [1.0, 2.0, 3.0]):
        x: np.ndarray = np.array(numbers, dtype)
        assert " if " in program.source(x)
        np.testing.assert_array_equal(program(x), chosen(x))
        assert program(x).dtype == dtype


def test_one_place_of_an_array_is_written_not_added_to() -> None:
    """The gradient of a row at a traced index is written, not added: no row is taken twice."""
    program = ml.grad(lambda x, k: np.sum(x[:, k] ** 2))
    x, k = np.arange(6.0).reshape(2, 3), np.array(-1)
    assert "unique_indices=True" in program.source(x, k)
    assert program(x, k).tolist() == [[0.0, 0.0, 4.0], [0.0, 0.0, 10.0]]
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        program(x, np.array(3))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
@pytest.mark.parametrize("axes", [(2, 4), (1,), (5,), (1, 2, 5)])
@pytest.mark.parametrize("name", ["max", "min", "sum", "mean"])
def test_reductions_over_short_axes(name: str, axes: tuple[int, ...], dtype: type) -> None:
    """Reductions over short axes, as in pooling, are NumPy's, including NaN."""
    x: np.ndarray = (10.0 * np.random.default_rng(0).normal(size=(9, 4, 2, 7, 3, 4))).astype(dtype)
    if x.dtype.kind == "f":
        x[0, 0, 0, 0, 0, 0] = np.nan
    reduce = getattr(np, name)
    program = ml.jit(lambda x: reduce(x, axis=axes))
    assert "maximum.reduce" not in program.source(x)
    found, expected = program(x), reduce(x, axis=axes)
    exact = 1e-5 if dtype is np.float32 else 1e-12
    np.testing.assert_allclose(found, expected, rtol=exact, atol=10.0 * exact)
    assert found.dtype == expected.dtype
