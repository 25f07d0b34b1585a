"""The points: training and test points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml._playground.core.from_config import make_points
from miniml._playground.core.points import hold_back
from miniml._playground.core.session_config import SessionConfig


class TestPoints:
    @given(st.floats(0.1, 1.0), st.integers(0, 9), st.integers(4, 60))
    def test_each_class_is_held_back_in_its_share(self, share: float, seed: int, n: int) -> None:
        """Of each class the share is held back, to half a point, but never all."""
        data = ml.Dataset(np.zeros((2 * n, 2)), np.repeat([-1.0, 1.0], n))
        points = hold_back(data, share, seed)
        for label in (-1.0, 1.0):
            wanted = min((1 - share) * n, n - 1)
            assert abs(points.held[points.y == label].sum() - wanted) <= 0.5 + 1e-9
        assert len(points.train) + len(points.test) == 2 * n

    def test_adding_and_removing(self) -> None:
        """Removing the last added point restores the points."""
        before = make_points(SessionConfig())
        after = before.add(np.array([0.1, 0.2]), -1.0)
        assert len(after.train) == len(before.train) + 1
        assert np.array_equal(after.remove(100).x, before.x)
