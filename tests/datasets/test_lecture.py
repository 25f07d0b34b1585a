"""The lecture's six data sets."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml.datasets import LECTURE

# The slides' definitions, point by point.
RULES: dict[str, Callable[[float, float], bool]] = {
    "simple": lambda a, _: a < 0.5,
    "diag": lambda a, b: a + b < 0.5,
    "split": lambda a, _: a < 0.2 or a > 0.8,
    "xor": lambda a, b: (a < 0.5 < b) or (b < 0.5 < a),
    "circle": lambda a, b: (a - 0.5) ** 2 + (b - 0.5) ** 2 > 0.1,
}

seeds = st.integers(0, 2**32)


def test_are_six() -> None:
    """The names are those of the lecture."""
    assert list(LECTURE) == ["simple", "diag", "split", "xor", "circle", "spiral"]


@pytest.mark.parametrize("name", LECTURE)
class TestEach:
    @given(seed=seeds, points=st.integers(0, 60))
    def test_lies_in_the_unit_square(self, name: str, seed: int, points: int) -> None:
        """All points are in the unit square, and all labels are -1 or +1."""
        data = LECTURE[name](np.random.default_rng(seed), points)
        assert data.x.shape == (points, 2)
        assert data.y.shape == (points,)
        assert data.x.dtype == data.y.dtype == np.float64
        assert ((data.x >= 0) & (data.x <= 1)).all()
        assert np.isin(data.y, [-1.0, 1.0]).all()

    @given(seed=seeds)
    def test_repeats(self, name: str, seed: int) -> None:
        """Equal seeds give equal points, other seeds other points."""
        one, same, other = (
            LECTURE[name](np.random.default_rng(s), 20).x for s in (seed, seed, seed + 1)
        )
        assert (one == same).all()
        assert (one != other).any()


@pytest.mark.parametrize("name", RULES)
@given(seed=seeds)
def test_labels_follow_the_slides(name: str, seed: int) -> None:
    """A label is +1 if and only if the rule of the slide holds."""
    data = LECTURE[name](np.random.default_rng(seed), 50)
    expected = [1.0 if RULES[name](a, b) else -1.0 for a, b in data.x.tolist()]
    assert data.y.tolist() == expected


class TestSpiral:
    @given(seed=seeds, points=st.integers(2, 60))
    def test_lies_on_two_arms(self, seed: int, points: int) -> None:
        """Each point is on its arm, `r = angle / 20`; the arms are a quarter turn apart."""
        data = LECTURE["spiral"](np.random.default_rng(seed), points)
        a, b = (data.x - 0.5).T
        t = 20 * np.hypot(a, b)
        turned = np.where(data.y > 0, t - np.pi / 2, t)
        np.testing.assert_allclose(a, t / 20 * np.cos(turned), atol=1e-12)
        np.testing.assert_allclose(b, t / 20 * np.sin(turned), atol=1e-12)

    @given(points=st.integers(0, 60))
    def test_halves_the_points(self, points: int) -> None:
        """The numbers of points of the arms differ by at most one."""
        data = LECTURE["spiral"](np.random.default_rng(0), points)
        assert int((data.y > 0).sum()) == points // 2
