"""Indices that take care: bools, ellipses, empty lists, arrays that count."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml

CUBE = np.arange(8.0).reshape(2, 2, 2)
ROWS = np.array([0, 1])


@pytest.mark.parametrize("index", [True, np.True_, np.array(True), (0, True), (..., True, None)])
def test_a_bool_adds_an_axis(index: Any) -> None:
    """`x[True]` has a new axis, as in NumPy, and is not the element 1."""
    found = ml.jit(lambda x: x[index])(CUBE)
    np.testing.assert_array_equal(found, CUBE[index])
    assert ml.jit(lambda x: x[False])(CUBE).shape == (0, 2, 2, 2)


def test_assigning_at_a_bool() -> None:
    """`y[True] = v` assigns to all elements, and `y[False] = v` to none, also with operators."""

    def run(x: Any) -> Any:
        y = x * 1.0
        y[True] += 1.0
        y[False] = 7.0
        y[0, True] *= 2.0
        return y

    np.testing.assert_array_equal(ml.jit(run)(CUBE), run(CUBE))
    np.testing.assert_array_equal(ml.vmap(run)(CUBE), np.stack([run(x) for x in CUBE]))
    np.testing.assert_array_equal(
        ml.grad(lambda x: np.sum(run(x)))(CUBE), [[[2, 2]] * 2, [[1, 1]] * 2]
    )


def test_a_traced_truth_value_assigns_all_or_nothing() -> None:
    """A traced bool is a mask of no axes: its assignment is a choice, its elements are refused."""

    def run(x: Any) -> Any:
        y = x * 1.0
        y[x[0, 0, 0] > 5.0] = 3.0
        return y

    for x in (CUBE, CUBE + 6.0):
        np.testing.assert_array_equal(ml.jit(run)(x), run(x))
    with pytest.raises(ml.TraceError, match="a shape that depends on the values"):
        ml.jit(lambda x: x[x[0, 0, 0] > 5.0])(CUBE)


def test_a_value_for_a_traced_mask_keeps_the_shape() -> None:
    """NumPy's error is raised if the value does not fit; the array does not become larger."""

    def run(x: Any) -> Any:
        y = x * 1.0
        y[np.sum(y, 1) > 0.0] = np.arange(3.0)
        return y

    with pytest.raises(ValueError, match="could not broadcast"):
        ml.jit(run)(np.ones((4, 1)))


def test_an_ellipsis_of_no_axes_separates_arrays() -> None:
    """The axes of arrays on both sides of an ellipsis come first, even if it stands for no axis."""

    def take(x: Any) -> Any:
        return x[:, 0, ..., ROWS]

    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(ml.jit(take)(CUBE), [[0.0, 4.0], [1.0, 5.0]])
    slope = ml.grad(lambda x: np.sum(weights * take(x)))(CUBE)
    np.testing.assert_array_equal(slope, [[[1, 3], [0, 0]], [[2, 4], [0, 0]]])
    many = np.stack([CUBE, CUBE + 8.0])
    np.testing.assert_array_equal(ml.vmap(take)(many), np.stack([*map(take, many)]))


@pytest.mark.parametrize(
    "index", [[], ([], 0), (slice(None), []), [[]], range(0), (0, ()), ([], [])]
)
def test_an_empty_list_takes_nothing(index: Any) -> None:
    """An empty list is an index of integers, as in NumPy."""
    found = ml.jit(lambda x: x[index])(CUBE)
    np.testing.assert_array_equal(found, CUBE[index])
    assert found.shape == CUBE[index].shape


def test_take_counts_bools() -> None:
    """`np.take` takes True as the number 1, unlike an index."""
    for places in (True, [True, False], []):
        expected = np.take(CUBE, places, axis=1)
        np.testing.assert_array_equal(
            ml.jit(lambda x, p=places: np.take(x, p, axis=1))(CUBE), expected
        )
    with pytest.raises(ValueError, match="mode is 'float64'"):
        ml.jit(lambda x: np.take(x, 0, mode=x.dtype.name))(CUBE)


def test_nested_lists_of_traced_numbers() -> None:
    """A list of traced integers is an array of them, in lists too; one of truth values is refused."""

    def take(x: Any, i: Any) -> Any:
        return x[[[0, i], [i, 1]], i]

    np.testing.assert_array_equal(ml.jit(take)(CUBE, 1), take(CUBE, 1))
    with pytest.raises(ml.TraceError, match="a shape that depends on the values"):
        ml.jit(lambda x, i: x[[i > 0, True]])(CUBE, 1)


@pytest.mark.parametrize("index", [(0, 0, 0, 0), (..., 0, ...), 2.0, "a", ROWS + 1, (ROWS * 1.0)])
def test_what_is_not_an_index_is_refused_while_tracing(index: Any) -> None:
    """Also an index out of bounds, before the program runs."""
    with pytest.raises(IndexError):
        ml.jit(lambda x: x[index]).lower(CUBE)


COUNTING: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    "along two axes": (lambda w: np.sum(w[np.arange(6).reshape(2, 3)]), np.arange(6.0), np.ones(6)),
    "of a traced array": (
        lambda w: np.sum(w[np.arange(6).reshape(3, 2)] ** 2),
        np.arange(6.0),
        2 * np.arange(6.0),
    ),
}


@pytest.mark.parametrize("name", COUNTING)
def test_an_index_that_counts(name: str) -> None:
    """An index of all elements in order is not taken for one that counts points along one axis."""
    function, x, slope = COUNTING[name]
    np.testing.assert_array_equal(ml.grad(function)(x), slope)


@pytest.mark.parametrize(
    "index",
    [
        np.arange(4),
        (slice(None), 1),
        slice(None),
        (slice(None), np.arange(3)),
        np.ones((4, 3), bool),
    ],
)
@pytest.mark.parametrize("value", [2.0, np.arange(12.0).reshape(4, 3)])
def test_assigning_whole_axes(index: Any, value: Any) -> None:
    """An assignment to all rows or columns is what NumPy does, of a constant or of a parameter."""
    x = np.ones((4, 3))
    value = value if np.ndim(value) == 0 else np.resize(value, x[index].shape)

    def run(x: Any, value: Any) -> Any:
        y = x * 1.0
        y[index] = value
        return np.sum(y * x)

    expected = np.copy(x)
    expected[index] = value
    assert ml.jit(run)(x, value) == np.sum(expected)
    assert ml.jit(lambda x: run(x, value))(x) == np.sum(expected)
    kept = np.ones((4, 3))
    kept[index] = 0.0
    np.testing.assert_array_equal(ml.grad(run)(x, value), expected + kept)


def test_a_0d_array_takes_a_copy() -> None:
    """`y[np.array(0)]` is a new array in NumPy, and `y[0]` is a view."""

    def run(x: Any) -> Any:
        y = x * 1.0
        row = y[np.array(0)]
        y[0] = 7.0
        return row + y

    np.testing.assert_array_equal(ml.jit(run)(CUBE), run(CUBE))
