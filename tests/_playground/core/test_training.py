"""Training on the page."""

import numpy as np
import pytest

from miniml._playground.core import messages as m
from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session import Session
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.core.update import update
from miniml.tree import named_leaves


@pytest.fixture
def session() -> Session:
    return session_from_config()


def losses(session: Session) -> list[float]:
    return [moment.loss for moment in session.history.since(0)]


class TestTraining:
    def test_a_stop_rule_pauses(self, session: Session) -> None:
        """Training pauses exactly at the step of the rule, with a notice."""
        playing = update(update(session, m.Tune(stop_step=7)), m.Play())
        after = train(playing, 100)
        assert (after.moment.step, after.playing) == (7, False)
        assert after.notice is not None
        assert "step 7" in after.notice.text

    def test_divergence_pauses_and_leads_back(self, session: Session) -> None:
        """If a number is not finite, training pauses and the notice offers the last good moment."""
        wild = update(session, m.Tune(loss="squared_error", optimizer="sgd", learning_rate=1000.0))
        with np.errstate(all="ignore"):
            after = train(update(wild, m.Play()), 500)
        assert not after.playing
        assert after.notice is not None
        assert after.notice.seek is not None
        good = update(after, m.Seek(after.notice.seek))
        assert np.isfinite(good.moment.loss)
        leaves = named_leaves(good.params).values()
        assert all(np.isfinite(leaf).all() for leaf in leaves)

    def test_batches_follow_from_the_seed(self) -> None:
        """Batches depend on the seed only."""
        runs = [
            losses(train(session_from_config(SessionConfig(batch=5, seed=seed, data="xor")), 30))
            for seed in (1, 1, 2)
        ]
        assert runs[0] == runs[1] != runs[2]
