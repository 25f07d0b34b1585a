"""What is left out so that a hand is answered at once."""

from miniml.playground.pace import Pace


def test_the_first_frame_after_a_rest_leaves_the_landscape_out() -> None:
    """A knob turned after a rest is answered without the slow panels; they follow soon."""
    pace = Pace()
    pace.drew(pace.quality(0.0, sharper=False), 0.001, 0.0)
    pace.drew(pace.quality(0.5, sharper=True), 0.005, 0.5)  # what a surface costs is known now
    assert pace.quality(10.0, sharper=False).landscape == 0
    pace.drew(pace.quality(10.0, sharper=False), 0.001, 10.0)
    assert pace.quality(10.1, sharper=False).landscape > 0
