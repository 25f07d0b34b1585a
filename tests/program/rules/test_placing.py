"""Gradients of many slices of one array are joined, not padded and added."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml

ROWS, COLUMNS = 7, 5


def spans(extent: int) -> st.SearchStrategy[int | slice]:
    ends = st.integers(0, extent)
    steps = st.sampled_from([1, 1, 1, 2, -1])
    return st.integers(0, extent - 1) | st.builds(slice, ends, ends, steps)


INDICES = st.lists(st.tuples(spans(ROWS), spans(COLUMNS)) | spans(ROWS), min_size=1, max_size=9)


@given(INDICES)
def test_each_element_gets_the_weights_of_all_slices_that_hold_it(indices: list[Any]) -> None:
    """The gradient is right for slices that are adjacent, overlap or leave gaps."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, COLUMNS))
    weights = [rng.normal(size=x[i].shape) for i in indices]

    def loss(x: Any) -> Any:
        return sum(np.sum(w * x[i]) for w, i in zip(weights, indices, strict=True))

    expected = np.zeros_like(x)
    for w, i in zip(weights, indices, strict=True):
        expected[i] += w
    np.testing.assert_allclose(ml.grad(loss)(x), expected, rtol=1e-13, atol=1e-13)


def test_a_slice_of_nothing_that_ends_before_it_begins() -> None:
    """An empty slice adds nothing to the slices at its ends."""
    x = np.ones(9)
    slope = ml.grad(lambda x: np.sum(2 * x[:5]) + np.sum(x[5:3] ** 2) + np.sum(3 * x[3:7]))(x)
    np.testing.assert_array_equal(slope, [2, 2, 2, 5, 5, 3, 3, 0, 0])


@pytest.mark.parametrize("direction", [1, -1])
def test_slices_one_by_one_need_no_array_each(direction: int) -> None:
    """The memory of a loss over 200 controls, each used in its step, is that of a few arrays."""
    count = 200
    steps = range(count)[::direction]

    def loss(controls: Any) -> Any:
        x, total = 1.0, 0.0
        for t in steps:
            x = 0.9 * x + controls[t] * np.cos(x)
            total = total + x * x
        return total

    controls = np.zeros(count)
    explained = ml.grad(loss).explain(controls)
    assert explained.workspace <= 4 * controls.nbytes


def test_a_second_derivative_goes_through_parts_side_by_side() -> None:
    """The Hessian of a loss by slices is that of the same loss by the whole."""
    x = np.random.default_rng(0).normal(size=6)

    def by_parts(x: Any) -> Any:
        return np.sum(x[:2] ** 3) + x[2] ** 3 * x[3] + np.sum(np.sin(x[4:])) * x[0]

    def by_whole(x: Any) -> Any:
        a, b = np.array([1.0, 1, 0, 0, 0, 0]), np.array([0.0, 0, 0, 0, 1, 1])
        one, two = np.eye(6)[2], np.eye(6)[3]
        first = x @ np.eye(6)[0]
        return np.sum(a * x**3) + (x @ one) ** 3 * (x @ two) + np.sum(b * np.sin(x)) * first

    np.testing.assert_allclose(ml.hessian(by_parts)(x), ml.hessian(by_whole)(x), atol=1e-13)
