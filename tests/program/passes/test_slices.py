"""Slices of joined arrays."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml

X = np.random.default_rng(0).normal(size=(4, 3))


def test_an_array_filled_row_by_row_is_joined_once() -> None:
    """Filling an array takes as many operations as stacking a list, forward and backward."""

    def filled(x: Any) -> Any:
        y = np.zeros_like(x)
        y[0] = x[0]
        for i in range(1, len(x)):
            y[i] = 0.9 * y[i - 1] + np.sin(x[i])
        return np.sum(y * y)

    def stacked(x: Any) -> Any:
        y = [x[0]]
        for i in range(1, len(x)):
            y.append(0.9 * y[-1] + np.sin(x[i]))
        return np.sum(np.stack(y) ** 2)

    x = np.random.default_rng(0).normal(size=(50, 2))
    lines = [len(ml.grad(f).source(x).splitlines()) for f in (filled, stacked)]
    assert lines[0] <= lines[1] + 3
    np.testing.assert_allclose(ml.grad(filled)(x), ml.grad(stacked)(x), rtol=1e-12)


AXES = st.integers(0, 1)
STEPS = st.sampled_from([None, 1, 2, 3, -1, -2])
SPANS = st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9), STEPS)


@given(st.lists(st.tuples(SPANS, SPANS), min_size=1, max_size=3), st.tuples(AXES, AXES))
def test_slices_of_slices_of_joined_arrays(
    slices: list[tuple[slice, slice]], axes: tuple[int, int]
) -> None:
    """Values and gradients of any joined, repeated and sliced arrays are NumPy's."""

    def run(x: Any) -> Any:
        y = np.concatenate([x, x * 2.0, np.zeros_like(x)], axes[0])
        for each in slices:
            y = np.concatenate([y[each], 3.0 * y[each]], axes[1])
        return np.sum(np.sin(y) * np.arange(1.0, 1.0 + y.size).reshape(y.shape)) + np.sum(x)

    np.testing.assert_allclose(ml.jit(run)(X), run(X), rtol=1e-12)
    ml.check_grads(run, X)
