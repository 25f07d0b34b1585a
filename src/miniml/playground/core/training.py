"""Training: one session to the next, some steps further."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import attrs
import numpy as np

from miniml.catalogue import OPTIMIZERS
from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.optimizers import Optimizer, OptimizerState, apply_updates
from miniml.playground.core.evaluation import count, gradient_of, loss_of, loss_value, scores
from miniml.playground.core.from_config import choose
from miniml.playground.core.session import Loss, Moment, Notice, Session
from miniml.transforms._grad import jit
from miniml.tree import tree_leaves
from miniml.types import Scalar

State: TypeAlias = OptimizerState[Layer]
StepProgram: TypeAlias = Callable[[Layer, State, Optimizer, Dataset], tuple[Scalar, Layer, State]]


@lru_cache(maxsize=16)
def step_program(loss: Loss) -> StepProgram:
    """Compile loss, gradient and update into one program; the same one each time."""
    slope = gradient_of(loss)

    def step(
        params: Layer, optimizer_state: State, optimizer: Optimizer, batch: Dataset
    ) -> tuple[Scalar, Layer, State]:
        value, grads = slope(params, batch)
        updates, optimizer_state = optimizer.update(grads, optimizer_state, params)
        return value, apply_updates(params, updates), optimizer_state

    return jit(step)


def optimizer_of(session: Session) -> Optimizer:
    """Make the session's optimiser."""
    entry = choose(OPTIMIZERS, session.config.optimizer, "optimiser")
    return entry.make(session.config.learning_rate)


def batch_of(session: Session, step: int) -> Dataset:
    """Give the points of one step: a pure function of the seed and the step's number."""
    data, size = session.points.train, session.config.batch
    if size == 0 or size >= len(data):
        return data
    epoch, at = divmod(step, len(data) // size)
    order = np.random.default_rng((session.config.seed, 3, epoch)).permutation(len(data))
    rows = order[at * size : (at + 1) * size]
    return Dataset(data.x[rows], data.y[rows])


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
    program, optimizer = step_program(loss_of(session)), optimizer_of(session)
    name = session.config.optimizer
    optimizer_state = last.optimizer_state if last.optimizer == name else None
    optimizer_state = optimizer_state or optimizer.init(last.params)
    for _ in range(_allowed(session, steps)):
        batch = batch_of(session, last.step)
        before = optimizer_state
        value, params, optimizer_state = program(last.params, optimizer_state, optimizer, batch)
        if moments:
            # A step gives the loss at the parameters before it: the last moment's, for nothing.
            kept = before if last.step % KEPT == 0 else None
            moments[-1] = attrs.evolve(last, loss=float(value), optimizer_state=kept)
        last = Moment(last.step + 1, params, optimizer_state, name, float("nan"))
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
