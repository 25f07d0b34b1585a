"""Training: one session to the next, some steps further."""

from itertools import islice

import attrs
import numpy as np

from miniml.catalogue import OPTIMIZERS
from miniml.nn.layers import Layer
from miniml.optimizers import Optimizer, OptimizerState
from miniml.playground.core.evaluation import count, loss_of, loss_value, scores
from miniml.playground.core.from_config import choose
from miniml.playground.core.session import Moment, Notice, Session
from miniml.training import batches, step_program
from miniml.tree import tree_leaves


def optimizer_of(session: Session) -> Optimizer:
    """Make the session's optimiser."""
    entry = choose(OPTIMIZERS, session.config.optimizer, "optimiser")
    return entry.make(session.config.learning_rate)


def optimizer_state_of(session: Session) -> OptimizerState[Layer]:
    """Return the optimiser's state at the present moment; a new one if the moment kept none."""
    moment = session.moment
    kept = moment.optimizer_state if moment.optimizer == session.config.optimizer else None
    return kept or optimizer_of(session).init(moment.params)


def with_metrics(session: Session, moment: Moment) -> Moment:
    """Give the moment with its losses and accuracy filled in."""
    loss, points = loss_of(session), session.points
    seen = points.test if len(points.test) else points.train
    return attrs.evolve(
        moment,
        loss=loss_value(loss, moment.params, points.train),
        test_loss=loss_value(loss, moment.params, points.test),
        accuracy=count(scores(moment.params, seen.x), seen.y).accuracy,
    )


LONGEST = 200_000
"""Moments that a history may hold."""

KEPT = 16
"""Within one call, the optimiser's memory is kept at every so many steps, and at the end."""


def train(session: Session, steps: int) -> Session:
    """Make training steps from the present moment.

    Args:
        session: The session before; if it stands in its past, the rest becomes a branch.
        steps: How many steps to make at most.

    Returns:
        The session after. It is paused, with a notice, where a stop rule was met or a number
        stopped being finite.
    """
    rule = _stop(session, session.moment)
    if rule and session.playing:
        return attrs.evolve(session, playing=False, notice=Notice(rule))
    if not len(session.points.train):
        return _pause(session, "There are no points to train on; add some to the picture.")
    if len(session.history) >= LONGEST:
        return _pause(session, f"The history holds {LONGEST:,} moments. Reset to begin anew.")
    last, moments = session.moment, list[Moment]()
    optimizer, config = optimizer_of(session), session.config
    program, optimizer_state = (
        step_program(loss_of(session), last.params, optimizer),
        optimizer_state_of(session),
    )
    stream = batches(session.points.train, config.batch or None, config.seed, start=last.step)
    for _, batch in islice(stream, _allowed(session, steps)):
        before = optimizer_state
        value, params, optimizer_state = program(
            last.params, None, optimizer_state, optimizer, batch
        )
        if moments:
            # A step gives the loss at the parameters before it: the last moment's, for nothing.
            kept = before if last.step % KEPT == 0 else None
            moments[-1] = attrs.evolve(last, loss=float(value), optimizer_state=kept)
        last = Moment(last.step + 1, params, optimizer_state, config.optimizer, float("nan"))
        moments.append(last)
        if not np.isfinite(value):
            break
    moments[-1] = with_metrics(session, last)
    after = append(session, moments)
    broken = _first_broken(moments)
    if broken is not None:
        good = len(after.history) - len(moments) + broken - 1
        text = (
            f"The numbers stopped being finite at step {moments[broken].step}. "
            "Training is paused; a smaller learning rate often helps."
        )
        return attrs.evolve(after, playing=False, notice=Notice(text, good))
    stopped = _stop(after, after.moment) if session.playing else None
    return _pause(after, stopped) if stopped else after


def append(session: Session, moments: list[Moment]) -> Session:
    """Put moments after the present one; what lay there before becomes a branch."""
    history, branches = session.history, session.branches
    if session.cursor < len(history) - 1:
        branches = (*branches, history)[-8:]
        history = history.truncate(session.cursor + 1)
    grown = history.extend(moments)
    return attrs.evolve(session, history=grown, cursor=len(grown) - 1, branches=branches)


def _allowed(session: Session, steps: int) -> int:
    end = session.config.stop_step
    return steps if end is None or not session.playing else min(steps, end - session.moment.step)


def _first_broken(moments: list[Moment]) -> int | None:
    """Find the first moment whose loss or parameters are not finite."""
    for index, moment in enumerate(moments):
        known = index == len(moments) - 1 or not np.isnan(moment.loss)
        finite = np.isfinite(moment.loss) if known else True
        if not finite or not all(np.isfinite(leaf).all() for leaf in tree_leaves(moment.params)):
            return index
    return None


def _stop(session: Session, moment: Moment) -> str | None:
    """Say which stop rule the moment meets, if one."""
    rules = session.config
    if rules.stop_step is not None and moment.step >= rules.stop_step:
        return f"Paused at step {moment.step}, as the stop rule says."
    if rules.stop_loss is not None and moment.loss <= rules.stop_loss:
        return f"Paused: the training loss fell to {moment.loss:.4g}."
    if rules.stop_accuracy is not None and moment.accuracy >= rules.stop_accuracy:
        return f"Paused: {moment.accuracy:.1%} of the points are right."
    return None


def _pause(session: Session, text: str) -> Session:
    return attrs.evolve(session, playing=False, notice=Notice(text))
