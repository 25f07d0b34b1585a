"""The data sets with noise."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from miniml.datasets import LECTURE, Dataset
from miniml.datasets.noisy import NOISY, NoisySet, with_noise
from miniml.types import Array

SETS: dict[str, NoisySet] = {
    **NOISY,
    **{f"{name} with noise": with_noise(draw) for name, draw in LECTURE.items()},
}

# The label of points without noise, from their coordinates.
RULES: dict[str, Callable[[Array, Array], NDArray[np.bool]]] = {
    "gauss": lambda a, b: a + b > 0.0,
    "rings": lambda a, b: np.hypot(a, b) < 3.0,
    "quadrants": lambda a, b: a * b > 0.0,
    "two-spirals": lambda a, b: np.cos(np.arctan2(b, a) - 0.7 * np.pi * np.hypot(a, b)) > 0.999,
}

seeds = st.integers(0, 2**32)


def drawn(name: str, seed: int, points: int, noise: float) -> Dataset:
    return SETS[name](np.random.default_rng(seed), points, noise)


def test_each_has_a_rule() -> None:
    """The rules below cover all data sets of the table."""
    assert list(RULES) == list(NOISY)


@pytest.mark.parametrize("name", NOISY)
@given(seed=seeds, points=st.integers(0, 60))
def test_labels_follow_the_rule(name: str, seed: int, points: int) -> None:
    """Without noise the points lie in the square from -6 to 6, and the rule gives their labels."""
    data = drawn(name, seed, points, 0.0)
    assert data.x.shape == (points, 2)
    assert (np.abs(data.x) <= 6.0).all()
    assert data.y.tolist() == np.where(RULES[name](*data.x.T), 1.0, -1.0).tolist()


@pytest.mark.parametrize("name", SETS)
@given(seed=seeds, noise=st.floats(0.0, 1.0))
def test_noise_moves_points_in_proportion(name: str, seed: int, noise: float) -> None:
    """With one seed, the displacement of each point is proportional to the noise; labels stay."""
    still, moved, most = (drawn(name, seed, 20, level) for level in (0.0, noise, 1.0))
    np.testing.assert_allclose(moved.x - still.x, noise * (most.x - still.x), atol=1e-12)
    assert (most.x != still.x).all()
    assert moved.y.tolist() == still.y.tolist()


@pytest.mark.parametrize("name", SETS)
@given(seed=seeds)
def test_repeats(name: str, seed: int) -> None:
    """Equal seeds give equal points, other seeds other points."""
    one, same, other = (drawn(name, s, 20, 0.5).x for s in (seed, seed, seed + 1))
    assert (one == same).all()
    assert (one != other).any()
