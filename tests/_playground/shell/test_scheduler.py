"""The quality of frames, chosen by their cost."""

from miniml._playground.shell.scheduler import Scheduler


def test_the_first_frame_after_a_rest_leaves_the_landscape_out() -> None:
    """The first frame after a rest leaves the slow panels out; they follow soon."""
    scheduler = Scheduler()
    scheduler.drew(scheduler.quality(0.0, at_rest=False), 0.001, 0.0)
    scheduler.drew(
        scheduler.quality(0.5, at_rest=True), 0.005, 0.5
    )  # what a surface costs is known now
    assert scheduler.quality(10.0, at_rest=False).landscape == 0
    scheduler.drew(scheduler.quality(10.0, at_rest=False), 0.001, 10.0)
    assert scheduler.quality(10.1, at_rest=False).landscape > 0


def test_a_loss_too_slow_is_not_surveyed() -> None:
    """A loss that is too slow for its surface is drawn without it, at full resolution."""
    scheduler = Scheduler()
    scheduler.drew(scheduler.quality(0.0, at_rest=False), 0.001, 0.0)
    at = 1.0
    while scheduler.wants_refinement(at):
        scheduler.evaluated(0.3)
        quality = scheduler.quality(at, at_rest=True)
        assert quality.landscape == 0
        scheduler.drew(quality, 0.02, at)
        at += 1.0
    assert quality.resolution == 100
    assert scheduler.refinement_in(at) is None


def test_a_picture_too_slow_stays_coarse() -> None:
    """A resolution that takes more than a second is not drawn."""
    scheduler = Scheduler()
    scheduler.drew(scheduler.quality(0.0, at_rest=False), 0.8, 0.0)
    scheduler.evaluated(0.001)
    assert scheduler.quality(1.0, at_rest=True).resolution == 20
