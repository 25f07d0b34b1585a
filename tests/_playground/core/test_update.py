"""The effect of each message on a session."""

import pytest

from miniml._playground.core import messages as m
from miniml._playground.core.creation import session_from_config
from miniml._playground.core.errors import RequestError
from miniml._playground.core.session import Session
from miniml._playground.core.training import train
from miniml._playground.core.update import update
from miniml.tree import named_leaves, tree_equal


@pytest.fixture
def session() -> Session:
    return session_from_config()


def losses(session: Session) -> list[float]:
    return [moment.loss for moment in session.history.since(0)]


class TestSet:
    def test_turns_one_scalar(self, session: Session) -> None:
        """One scalar of one leaf changes, and the loss with it."""
        after = update(session, m.Set("w", 1, 0.25))
        assert named_leaves(after.params)["w"].tolist() == [1.0, 0.25]
        assert named_leaves(session.params)["w"].tolist() == [1.0, 1.0]
        assert after.moment.loss != session.moment.loss

    def test_a_drag_is_one_moment(self, session: Session) -> None:
        """Turning the same knob again replaces the moment; another knob adds one."""
        for value in (0.1, 0.2, 0.3):
            session = update(session, m.Set("b", 0, value))
        assert len(session.history) == 2
        assert len(update(session, m.Set("w", 0, 1.0)).history) == 3

    @pytest.mark.parametrize(
        ("message", "says"),
        [
            (m.Set("oops", 0, 1.0), "no parameter 'oops'"),
            (m.Set("w", 2, 1.0), "no number 2"),
            (m.Set("w", 0, float("nan")), "finite"),
            (m.Seek(5), "no moment 5"),
            (m.Tune(optimizer="magic"), "no optimiser 'magic'"),
            (m.Tune(loss="magic"), "no loss 'magic'"),
            (m.Build(model="magic"), "no model 'magic'"),
            (m.Load(data="magic"), "no data set 'magic'"),
            (m.Remove(1000), "no point 1000"),
            (m.Recall(0), "no bookmark 0"),
            (m.Switch(0), "no branch 0"),
            (m.Compare(9), "no moment 9"),
            (m.Lesson(99), "no step 100"),
            (m.Open("!!"), "damaged"),
            (m.Look(axes=(0, 7)), "do not exist"),
            (m.Build(model="mlp", hidden=(3,)), "1 hidden layers and 2 activations"),
        ],
    )
    def test_refusals_say_what_is_wrong(
        self, session: Session, message: m.Change, says: str
    ) -> None:
        """A request that cannot be met gives a sentence."""
        with pytest.raises(RequestError, match=says):
            update(session, message)


class TestTime:
    def test_training_repeats_from_the_start(self, session: Session) -> None:
        """After a reset, training gives the same losses, bit for bit."""
        once = train(session, 50)
        again = train(update(once, m.Reset()), 50)
        assert losses(once) == losses(again)

    def test_editing_the_past_branches(self, session: Session) -> None:
        """After an edit in the past, the old future is a branch."""
        trained = train(session, 20)
        edited = update(update(trained, m.Seek(5)), m.Set("b", 0, 0.0))
        assert len(edited.history) == 7
        back = update(edited, m.Switch(0))
        assert losses(back) == losses(trained)
        assert len(back.branches) == 1

    def test_the_loss_is_that_of_its_own_moment(self, session: Session) -> None:
        """Every moment's loss is the loss at its own parameters."""
        trained = train(session, 5)
        for at in range(6):
            moment = update(trained, m.Seek(at)).moment
            again = update(update(trained, m.Seek(at)), m.Tune(loss="hinge_loss"))
            again = update(again, m.Tune(loss="logistic_loss"))
            assert again.moment.loss == pytest.approx(moment.loss, rel=1e-12)

    def test_a_compared_moment_stays(self, session: Session) -> None:
        """The compared moment stays after further changes of knobs and history."""
        turned = update(update(session, m.Set("b", 0, 0.5)), m.Compare(1))
        assert turned.compared is not None
        again = update(turned, m.Set("b", 0, 3.0))
        assert again.compared is not None
        assert named_leaves(again.compared.moment.params)["b"] == 0.5
        other = train(update(update(train(again, 9), m.Seek(0)), m.Set("w", 0, 3.0)), 9)
        assert other.compared is not None
        assert other.compared.moment is turned.compared.moment

    def test_going_back_past_another_optimiser(self, session: Session) -> None:
        """The state of one optimiser is not used by another, which starts with a new one."""
        before = update(train(session, 1), m.Tune(optimizer="rmsprop"))
        back = train(update(before, m.Seek(1)), 3)
        fresh = train(update(update(before, m.Seek(2)), m.Tune(learning_rate=0.1)), 3)
        assert tree_equal(back.params, fresh.params)

    def test_bookmarks_survive_a_branch(self, session: Session) -> None:
        """A bookmark leads back to its moment after the history has branched."""
        marked = update(train(session, 10), m.Bookmark("good"))
        loss = marked.moment.loss
        elsewhere = train(update(update(marked, m.Seek(2)), m.Set("b", 0, 3.0)), 4)
        assert update(elsewhere, m.Recall(0)).moment.loss == loss


class TestPlace:
    def test_over_a_line_is_on_it(self, session: Session) -> None:
        """In the view of a line, added points and the pointer are on the line."""
        shows_line = update(update(session, m.Load(data="gauss")), m.Look(mode="line"))
        added = update(shows_line, m.Add(1.0, 40.0, 1))
        assert added.points.x[-1].tolist() == [1.0, shows_line.plane.middle]
        assert update(shows_line, m.Probe(1.0, 40.0)).view.probe == (1.0, shows_line.plane.middle)

    def test_is_forgotten_with_another_view(self, session: Session) -> None:
        """A change from plane to line removes the pointer's position."""
        assert update(update(session, m.Probe(0.2, 0.3)), m.Look(mode="line")).view.probe is None
