"""The plane of the picture."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miniml._playground.core.from_config import make_points
from miniml._playground.core.plane import plane_of
from miniml._playground.core.points import Points
from miniml._playground.core.session_config import SessionConfig


class TestPlane:
    @given(st.integers(0, 99), st.sampled_from([None, (0, 1), (2, 0)]))
    def test_lifting_is_undone_by_projecting(self, seed: int, axes: tuple[int, int] | None) -> None:
        """Projection inverts lifting."""
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((20, 3)) * [1.0, 5.0, 0.1]
        points = Points(x, np.ones(20), np.zeros(20, bool), ("a", "b", "c"))
        plane = plane_of(points, axes)
        uv = rng.standard_normal((7, 2))
        assert np.allclose(plane.project(plane.lift(uv)), uv)
        shown = plane.project(x)
        assert (shown >= plane.low).all()
        assert (shown <= plane.high).all()

    def test_the_unit_square_is_shown_whole(self) -> None:
        """The lecture's points are shown in the unit square."""
        plane = plane_of(make_points(SessionConfig()), None)
        assert plane.low.tolist() == [0.0, 0.0]
        assert plane.high.tolist() == [1.0, 1.0]
