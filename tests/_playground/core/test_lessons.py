"""The steps of the lecture: what each says is true."""

import numpy as np
import pytest

from miniml._playground.core import messages as m
from miniml._playground.core.creation import session_from_config
from miniml._playground.core.evaluation import scores
from miniml._playground.core.lessons import LESSONS, LectureStep
from miniml._playground.core.session import Session
from miniml._playground.core.training import train
from miniml._playground.core.update import update
from miniml._playground.view.frame import ClientState, frame
from miniml._playground.view.packing import unpack
from miniml.tree import named_leaves, tree_equal


def step(number: int) -> Session:
    """Set up a step, counted from 1 as on the page."""
    return update(session_from_config(), m.Lesson(number - 1))


def turned(session: Session, **knobs: float) -> Session:
    """Turn knobs: `b`, `w0` and `w1`, or `m1_b` for the `b` of `m1`."""
    for knob, value in knobs.items():
        name, index = (knob[0], int(knob[1])) if knob in {"w0", "w1"} else (knob, 0)
        session = update(session, m.Set(name.replace("_", "."), index, value))
    return session


def accuracy(session: Session) -> float:
    return session.moment.accuracy


def test_there_are_eight() -> None:
    """The lecture has eight steps, each with a title, something to read and something to do."""
    assert len(LESSONS) == 8
    assert all(each.title and each.says and each.tries for each in LESSONS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_are_short(lesson: LectureStep) -> None:
    """A step has at most 70 words to read and 50 to do."""
    assert len(lesson.says.split()) <= 70
    assert len(lesson.tries.split()) <= 50


@pytest.mark.parametrize("number", range(1, 9))
def test_all_points_are_trained_on(number: int) -> None:
    """There are no test points, so the full loss is the sum of all rings."""
    session = step(number)
    header, arrays = unpack(frame(session, ClientState())[0])
    assert not session.points.held.any()
    assert header["full_loss"] == pytest.approx(arrays["losses"].sum(), rel=1e-5)


def test_leaving_changes_nothing() -> None:
    """Leaving the lecture keeps the page as it is."""
    session = train(step(7), 3)
    left = update(session, m.Lesson(None))
    assert (left.lesson, left.params) == (None, session.params)


class TestTheSteps:
    def test_1_has_the_slides_score(self) -> None:
        """At (0.5, 0.2) the line with w = (1, 1) and b = -1 gives -0.3, as on the slide."""
        assert scores(step(1).params, np.array([[0.5, 0.2]])) == pytest.approx([-0.3])

    def test_2_is_named_from_the_root(self) -> None:
        """The product of two lines has the names m1.w, m1.b, m2.w, m2.b; its knobs solve it."""
        session = step(2)
        assert list(named_leaves(session.params)) == ["m1.w", "m1.b", "m2.w", "m2.b"]
        assert accuracy(session) < 1.0
        assert accuracy(turned(session, m1_b=-0.2, m2_b=-0.8)) == 1.0

    def test_3_is_right_when_all_signs_are_turned(self) -> None:
        """At b = -0.5 the line separates the classes with every point wrong; with other signs, none is."""
        session = turned(step(3), b=-0.5)
        assert accuracy(session) == 0.0
        assert accuracy(turned(session, w0=-1.0, w1=-1.0, b=0.5)) == 1.0

    def test_3_undoes_the_rotation(self) -> None:
        """The rotation and the shift of the slide can be made from its model."""
        session = step(3)
        assert scores(session.params, np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [0.0, 0.0]
        rotated = turned(session, w0=0.5, w1=1.5)
        assert scores(rotated.params, np.array([[2.0, 0.0]])).tolist() == [0.0]

    def test_4_has_crosses_that_b_takes_away(self) -> None:
        """Some points are wrong at first, and none at b = 0.5."""
        assert 0.0 < accuracy(step(4)) < 1.0
        assert accuracy(turned(step(4), b=0.5)) == 1.0

    def test_5_can_reach_no_loss(self) -> None:
        """The loss is positive at first, and 0 at b = 1.5, with knobs that are not all zero."""
        session = step(5)
        assert session.config.loss == "perceptron_loss"
        assert session.moment.loss > 0.0
        assert turned(session, b=1.5).moment.loss == 0.0

    def test_6_charges_right_points_too(self) -> None:
        """The logistic loss of right points is above 0 and falls with their margin."""
        session = step(6)
        _, arrays = unpack(frame(session, ClientState())[0])
        margin = session.points.y * arrays["scores"]
        order = np.argsort(margin)
        assert (arrays["losses"] > 0).all()
        assert (np.diff(arrays["losses"][order]) <= 0).all()

    def test_7_goes_downhill(self) -> None:
        """Gradient descent lowers the loss at each of the first steps, and most points become right."""
        session = train(step(7), 1)
        for _ in range(10):
            after = train(session, 1)
            assert after.moment.loss < session.moment.loss
            session = after
        assert session.config.optimizer == "sgd"
        assert accuracy(train(session, 200)) > 0.9

    def test_8_stands_still_until_it_is_nudged(self) -> None:
        """With all knobs at 0 steps change nothing; after a change of b the model learns."""
        session = step(8)
        moved = train(session, 3)
        assert moved.moment.step == 3
        assert tree_equal(moved.params, session.params)
        for nudge in (0.04, -0.04):
            assert accuracy(train(turned(session, b=nudge), 200)) == 1.0

    def test_8_learns_by_the_logistic_loss(self) -> None:
        """The logistic loss has a slope there too."""
        tuned = update(step(8), m.Tune(loss="logistic_loss"))
        assert not tree_equal(train(tuned, 1).params, tuned.params)
