"""Training: from one session to the next, some steps later."""

from collections.abc import Sequence
from itertools import islice

import attrs
import numpy as np

from miniml._playground.core.evaluation import count_outcomes, loss_of, loss_value, scores
from miniml._playground.core.from_config import choose
from miniml._playground.core.history import History
from miniml._playground.core.session import Moment, Session
from miniml.catalogue import OPTIMIZERS
from miniml.nn.layers import Layer
from miniml.optimizers import Optimizer, OptimizerState
from miniml.training import batches, step_program
from miniml.tree import tree_leaves

LONGEST = 200_000
"""The most moments of a history."""

KEPT = 16
"""One call keeps the optimiser's state at each multiple of this many steps, and at its end."""


def optimizer_of(session: Session) -> Optimizer:
    """Return the session's optimiser."""
    entry = choose(OPTIMIZERS, session.config.optimizer, "optimiser")
    return entry.make(session.config.learning_rate)


def optimizer_state_of(session: Session) -> OptimizerState[Layer]:
    """Return the optimiser's state at the present moment; a new one if the moment kept none."""
    moment = session.moment
    kept = moment.optimizer_state if moment.optimizer == session.config.optimizer else None
    return kept or optimizer_of(session).init(moment.params)


def with_metrics(session: Session, moment: Moment) -> Moment:
    """Return the moment with its losses and its accuracy."""
    loss, points = loss_of(session), session.points
    seen = points.test if len(points.test) else points.train
    return attrs.evolve(
        moment,
        loss=loss_value(loss, moment.params, points.train),
        test_loss=loss_value(loss, moment.params, points.test),
        accuracy=count_outcomes(scores(moment.params, seen.x), seen.y).accuracy,
    )


def with_history(session: Session, model: Layer) -> Session:
    """Return the session with a new history that starts with a model."""
    state, name = optimizer_of(session).init(model), session.config.optimizer
    first = with_metrics(session, Moment(0, model, state, name))
    return attrs.evolve(
        session,
        history=History[Moment]().extend([first]),
        cursor=0,
        playing=False,
        branches=(),
        bookmarks=(),
        compared=None,
        notice=None,
    )


def train(session: Session, steps: int) -> Session:
    """Make training steps from the present moment: those of `miniml.train`, bit for bit.

    Args:
        session: The session before; moments after the present one become a branch.
        steps: The most steps to make.

    Returns:
        The session after. If a stop rule is met or a number is not finite, it is paused, with a
        notice.
    """
    rule = _met_rule(session)
    if rule and session.playing:
        return session.pause(rule)
    if not len(session.points.train):
        return session.pause("There are no points to train on; add some to the picture.")
    if len(session.history) >= LONGEST:
        return session.pause(f"The history holds {LONGEST:,} moments. Reset to start a new one.")
    moments = _steps(session, _allowed(session, steps))
    after = session.append(moments)
    broken = _first_not_finite(moments)
    if broken is not None:
        text = (
            f"The numbers stopped being finite at step {moments[broken].step}. "
            "Training is paused; a smaller learning rate often helps."
        )
        return after.pause(text, len(after.history) - len(moments) + broken - 1)
    rule = _met_rule(after)
    return after.pause(rule) if rule and session.playing else after


def _steps(session: Session, steps: int) -> list[Moment]:
    """Return the moments after the present one, until a loss is not finite."""
    config, optimizer, last = session.config, optimizer_of(session), session.moment
    program = step_program(loss_of(session), last.params)
    state = optimizer_state_of(session)
    stream = batches(session.points.train, config.batch or None, config.seed, start=last.step)
    moments: list[Moment] = []
    for _, batch in islice(stream, steps):
        before = state
        value, params, state = program(last.params, None, state, optimizer, batch)
        if moments:
            # A step returns the loss before it, so that of the last moment costs nothing.
            kept = before if last.step % KEPT == 0 else None
            moments[-1] = attrs.evolve(last, loss=float(value), optimizer_state=kept)
        last = Moment(last.step + 1, params, state, config.optimizer)
        moments.append(last)
        if not np.isfinite(value):
            break
    moments[-1] = with_metrics(session, last)
    return moments


def _allowed(session: Session, steps: int) -> int:
    """Return how many of these steps the stop rule allows."""
    end = session.config.stop_step
    return steps if end is None or not session.playing else min(steps, end - session.moment.step)


def _first_not_finite(moments: Sequence[Moment]) -> int | None:
    """Return the index of the first moment whose loss or parameters are not finite."""
    for index, moment in enumerate(moments):
        known = index == len(moments) - 1 or not np.isnan(moment.loss)
        finite = np.isfinite(moment.loss) if known else True
        if not finite or not all(np.isfinite(leaf).all() for leaf in tree_leaves(moment.params)):
            return index
    return None


def _met_rule(session: Session) -> str | None:
    """Return a sentence about the stop rule that the present moment meets, if any."""
    rules, moment = session.config, session.moment
    if rules.stop_step is not None and moment.step >= rules.stop_step:
        return f"Paused at step {moment.step}, as the stop rule says."
    if rules.stop_loss is not None and moment.loss <= rules.stop_loss:
        return f"Paused: the training loss fell to {moment.loss:.4g}."
    if rules.stop_accuracy is not None and moment.accuracy >= rules.stop_accuracy:
        return f"Paused: {moment.accuracy:.1%} of the points are right."
    return None
