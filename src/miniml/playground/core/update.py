"""How each message turns one session into the next: a pure function, and total."""

import math
from typing import Any, assert_never

import attrs
import msgspec
import numpy as np
from msgspec import UNSET

from miniml.catalogue import OPTIMIZERS
from miniml.playground.core import messages as m
from miniml.playground.core.creation import rebuild, reload, replotted, reseed, reset
from miniml.playground.core.csv_points import points_from_csv
from miniml.playground.core.evaluation import loss_of
from miniml.playground.core.from_config import choose
from miniml.playground.core.knobs import turn
from miniml.playground.core.lessons import teach
from miniml.playground.core.permalink import open_link
from miniml.playground.core.plane import plane_of
from miniml.playground.core.points import MOST
from miniml.playground.core.session import Moment, SavedMoment, Session
from miniml.playground.core.session_config import OWN, SessionConfig
from miniml.playground.core.training import append, optimizer_of, train, with_metrics


def update(session: Session, message: m.Change) -> Session:
    """Give the session after a message.

    Args:
        session: The session before.
        message: What the person did.

    Returns:
        The session after; any notice in it is new.

    Raises:
        RequestError: If it cannot be done; the session before still stands.
    """
    session = attrs.evolve(session, notice=None)
    match message:
        case m.Set():
            return _set(session, message)
        case m.Play():
            return attrs.evolve(session, playing=True)
        case m.Pause():
            return attrs.evolve(session, playing=False)
        case m.Step():
            return train(attrs.evolve(session, playing=False), message.steps)
        case m.Seek():
            return _seek(session, message.at)
        case m.Tune():
            return _tune(session, message)
        case m.Build():
            return rebuild(session, _merged(session.config, message))
        case m.Load():
            return reload(session, _merged(session.config, message))
        case m.Csv():
            points = points_from_csv(message, session.config)
            origin = attrs.evolve(session.inputs, points=points)
            return reload(session, msgspec.structs.replace(session.config, data=OWN), origin)
        case m.Reset():
            return reset(session)
        case m.Reseed():
            return reseed(session, message.seed)
        case m.Add():
            return _add(session, message)
        case m.Remove():
            return _remove(session, message.row)
        case m.Look():
            return _look(session, message)
        case m.Probe():
            return _probe(session, message)
        case m.Bookmark():
            mark = SavedMoment(message.name, session.history, session.cursor)
            return attrs.evolve(session, bookmarks=(*session.bookmarks, mark)[-50:])
        case m.Recall():
            return _recall(session, message.index)
        case m.Switch():
            return _switch(session, message.branch)
        case m.Compare():
            return _compare(session, message.at)
        case m.Lesson():
            return teach(session, message.index)
        case m.Open():
            return open_link(session, message.link)
        case _:
            assert_never(message)


def _set(session: Session, message: m.Set) -> Session:
    if not math.isfinite(message.value):
        raise m.RequestError(
            f"{message.name} cannot be {message.value}; a finite number is needed."
        )
    now = session.moment
    knob = f"{message.name}[{message.index}]"
    params = turn(now.params, message.name, message.index, message.value)
    turned = with_metrics(session, attrs.evolve(now, params=params, edited=knob))
    # A drag is one edit: it replaces its own last moment instead of leaving a trail.
    if now.edited == knob and session.cursor == len(session.history) - 1 and session.cursor > 0:
        history = session.history.truncate(session.cursor).extend([turned])
        return attrs.evolve(session, history=history)
    return append(session, [turned])


def _seek(session: Session, at: int) -> Session:
    _check_moment(session, at)
    return attrs.evolve(session, cursor=at, playing=False)


def _check_moment(session: Session, at: int) -> None:
    if at >= len(session.history):
        raise m.RequestError(f"There is no moment {at}; the history holds {len(session.history)}.")


def _compare(session: Session, at: int | None) -> Session:
    if at is None:
        return attrs.evolve(session, compared=None)
    _check_moment(session, at)
    return attrs.evolve(session, compared=SavedMoment(f"moment {at}", session.history, at))


def _merged(config: SessionConfig, message: m.Tune | m.Build | m.Load) -> SessionConfig:
    """Take over the keys that the message brings."""
    return msgspec.structs.replace(config, **_given(message))


def _given(message: msgspec.Struct) -> dict[str, Any]:
    return {
        key: value for key, value in msgspec.structs.asdict(message).items() if value is not UNSET
    }


def _tune(session: Session, message: m.Tune) -> Session:
    before = session.config
    tuned = attrs.evolve(session, config=_merged(before, message))
    choose(OPTIMIZERS, tuned.config.optimizer, "optimiser")
    loss_of(tuned)
    moment = tuned.moment
    if tuned.config.optimizer != before.optimizer:
        optimizer_state = optimizer_of(tuned).init(moment.params)
        moment = attrs.evolve(
            moment, optimizer_state=optimizer_state, optimizer=tuned.config.optimizer
        )
    if tuned.config.loss != before.loss:
        moment = with_metrics(tuned, moment)
    return tuned if moment is tuned.moment else _replaced(tuned, moment)


def _replaced(session: Session, moment: Moment) -> Session:
    """Put another moment in the present one's place; a past beyond it becomes a branch."""
    if session.cursor == 0 and len(session.history) == 1:
        return attrs.evolve(session, history=session.history.truncate(0).extend([moment]))
    return append(session, [moment])


def _add(session: Session, message: m.Add) -> Session:
    if not (math.isfinite(message.u) and math.isfinite(message.v)):
        raise m.RequestError("A point needs finite coordinates.")
    if len(session.points.y) >= MOST:
        raise m.RequestError(f"There are {MOST:,} points already; remove some first.")
    x = session.plane.lift(np.array([_place(session, message.u, message.v)]))[0]
    return replotted(session, session.points.add(x, float(message.label)))


def _remove(session: Session, row: int) -> Session:
    if row >= len(session.points.y):
        raise m.RequestError(f"There is no point {row}; there are {len(session.points.y)}.")
    return replotted(session, session.points.remove(row))


def _look(session: Session, message: m.Look) -> Session:
    view = attrs.evolve(session.view, **_given(message))
    width = len(session.points.features)
    if view.axes is not None and not all(axis < width for axis in view.axes):
        raise m.RequestError(f"The axes {view.axes} do not exist; the points have {width} columns.")
    if view.mode != session.view.mode:
        view = attrs.evolve(view, probe=None)
    if view.axes == session.view.axes:
        return attrs.evolve(session, view=view)
    view = attrs.evolve(view, probe=None)
    return attrs.evolve(session, view=view, plane=plane_of(session.points, view.axes))


def _probe(session: Session, message: m.Probe) -> Session:
    at = None if message.u is None or message.v is None else (message.u, message.v)
    if at is not None and not all(map(math.isfinite, at)):
        raise m.RequestError("The pointer needs finite coordinates.")
    at = None if at is None else _place(session, *at)
    return attrs.evolve(session, view=attrs.evolve(session.view, probe=at))


def _place(session: Session, u: float, v: float) -> tuple[float, float]:
    """Give the place of the plane that was pointed at: over a line, that of the line."""
    return (u, session.plane.middle) if session.shows_line else (u, v)


def _recall(session: Session, index: int) -> Session:
    if index >= len(session.bookmarks):
        raise m.RequestError(f"There is no bookmark {index}; there are {len(session.bookmarks)}.")
    mark = session.bookmarks[index]
    branches = session.branches
    if not mark.lies_in(session.history):
        branches = (*branches, session.history)[-8:]
        session = attrs.evolve(session, history=mark.history, branches=branches)
    return attrs.evolve(session, cursor=mark.at, playing=False, compared=None)


def _switch(session: Session, branch: int) -> Session:
    if branch >= len(session.branches):
        raise m.RequestError(f"There is no branch {branch}; there are {len(session.branches)}.")
    chosen = session.branches[branch]
    others = (*session.branches[:branch], *session.branches[branch + 1 :])
    return attrs.evolve(
        session,
        history=chosen,
        cursor=len(chosen) - 1,
        branches=(*others, session.history),
        playing=False,
        compared=None,
    )
