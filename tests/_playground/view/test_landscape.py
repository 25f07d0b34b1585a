"""The loss along and over knobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml._playground.core import messages as m
from miniml._playground.core.creation import session_from_config
from miniml._playground.core.update import update
from miniml._playground.view.landscape import reach, surface, sweep


class TestLandscape:
    @given(st.floats(-1e6, 1e6))
    def test_reach_holds_the_value(self, value: float) -> None:
        """A knob's range contains its value, with a margin, and starts with 1, 2 or 5."""
        far = reach(value)
        assert far >= max(2.0, 1.25 * abs(value) * (1 - 1e-12))
        assert f"{far:e}"[0] in "125"

    def test_surface_crosses_the_sweep(self) -> None:
        """At the second knob's value, the surface is the loss along the first."""
        session = update(session_from_config(), m.Set("w", 1, 0.0))
        line, found = sweep(session, 0), surface(session, (0, 1), 5)
        assert found.losses[2, ::2] == pytest.approx(line[::30, 1])
        assert found.path[-1].tolist() == [1.0, 0.0]
