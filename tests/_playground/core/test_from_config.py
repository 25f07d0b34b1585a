"""Models and points of a configuration."""

import numpy as np
import pytest

from miniml._playground.core.from_config import make_points
from miniml._playground.core.session_config import SessionConfig
from miniml.catalogue import DATA


class TestCatalogue:
    @pytest.mark.parametrize("name", [n for names in DATA.values() for n in names])
    def test_sets_follow_from_the_seed(self, name: str) -> None:
        """A configuration draws the same set each time, with both classes."""
        one, other = make_points(SessionConfig(data=name)), make_points(SessionConfig(data=name))
        assert np.array_equal(one.x, other.x)
        assert set(one.y.tolist()) == {-1.0, 1.0}

    @pytest.mark.parametrize("name", ["gauss", "rings", "quadrants", "two-spirals", "simple"])
    def test_noise_moves_points(self, name: str) -> None:
        """Noise moves the points and keeps their labels."""
        still, noisy = (make_points(SessionConfig(data=name, noise=noise)) for noise in (0.0, 0.5))
        assert not np.allclose(still.x, noisy.x)
        assert np.array_equal(still.y, noisy.y)
