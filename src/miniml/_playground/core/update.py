"""The effect of each message on a session: a pure, total function."""

import math
from typing import Any, assert_never

import attrs
import msgspec
import numpy as np
from msgspec import UNSET

from miniml._playground.core import messages as m
from miniml._playground.core.csv_points import points_from_csv
from miniml._playground.core.errors import RequestError
from miniml._playground.core.evaluation import loss_of
from miniml._playground.core.from_config import choose
from miniml._playground.core.knobs import turn
from miniml._playground.core.lessons import teach
from miniml._playground.core.permalink import open_link
from miniml._playground.core.points import MOST
from miniml._playground.core.restarts import (
    rebuild,
    reload,
    reseed,
    reset,
    with_points,
    with_view,
)
from miniml._playground.core.session import Moment, SavedMoment, Session
from miniml._playground.core.session_config import OWN, SessionConfig
from miniml._playground.core.training import optimizer_of, train, with_metrics
from miniml.catalogue import OPTIMIZERS

BOOKMARKS = 50
"""The most bookmarks of a session."""


def update(session: Session, message: m.Change) -> Session:
    """Return the session after a message.

    Args:
        session: The session before.
        message: The user's change.

    Returns:
        The session after; if it has a notice, the notice is new.

    Raises:
        RequestError: If the message cannot be applied; the session before is still valid.
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
            _check_moment(session, message.at)
            return attrs.evolve(session, cursor=message.at, playing=False)
        case m.Tune():
            return _tune(session, message)
        case m.Build():
            return rebuild(session, _merged(session.config, message))
        case m.Load():
            return reload(session, _merged(session.config, message))
        case m.Csv():
            inputs = attrs.evolve(session.inputs, points=points_from_csv(message, session.config))
            return reload(session, msgspec.structs.replace(session.config, data=OWN), inputs)
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
            saved = SavedMoment(message.name, session.history, session.cursor)
            return attrs.evolve(session, bookmarks=(*session.bookmarks, saved)[-BOOKMARKS:])
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
        raise RequestError(f"{message.name} cannot be {message.value}; it must be finite.")
    now = session.moment
    knob = f"{message.name}[{message.index}]"
    params = turn(now.params, message.name, message.index, message.value)
    turned = with_metrics(session, attrs.evolve(now, params=params, edited=knob))
    # A drag is one edit: it replaces its last moment.
    is_drag = now.edited == knob and session.cursor == len(session.history) - 1 > 0
    return session.replace_moment(turned) if is_drag else session.append([turned])


def _check_moment(session: Session, at: int) -> None:
    if at >= len(session.history):
        raise RequestError(f"There is no moment {at}; the history holds {len(session.history)}.")


def _compare(session: Session, at: int | None) -> Session:
    if at is None:
        return attrs.evolve(session, compared=None)
    _check_moment(session, at)
    return attrs.evolve(session, compared=SavedMoment(f"moment {at}", session.history, at))


def _merged(config: SessionConfig, message: m.Tune | m.Build | m.Load) -> SessionConfig:
    """Return the configuration with the keys of a message."""
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
        state = optimizer_of(tuned).init(moment.params)
        moment = attrs.evolve(moment, optimizer_state=state, optimizer=tuned.config.optimizer)
    if tuned.config.loss != before.loss:
        moment = with_metrics(tuned, moment)
    return tuned if moment is tuned.moment else _changed(tuned, moment)


def _changed(session: Session, moment: Moment) -> Session:
    """Replace the first moment of a new history; append to any other."""
    is_new = len(session.history) == 1
    return session.replace_moment(moment) if is_new else session.append([moment])


def _add(session: Session, message: m.Add) -> Session:
    if not (math.isfinite(message.u) and math.isfinite(message.v)):
        raise RequestError("The coordinates of a point must be finite.")
    if len(session.points.y) >= MOST:
        raise RequestError(f"There are {MOST:,} points already; remove some first.")
    x = session.plane.lift(np.array([_position(session, message.u, message.v)]))[0]
    return with_points(session, session.points.add(x, float(message.label)))


def _remove(session: Session, row: int) -> Session:
    if row >= len(session.points.y):
        raise RequestError(f"There is no point {row}; there are {len(session.points.y)}.")
    return with_points(session, session.points.remove(row))


def _look(session: Session, message: m.Look) -> Session:
    view = attrs.evolve(session.view, **_given(message))
    width = len(session.points.features)
    if view.axes is not None and not all(axis < width for axis in view.axes):
        raise RequestError(f"The axes {view.axes} do not exist; the points have {width} columns.")
    same_axes = view.axes == session.view.axes
    if not same_axes or view.mode != session.view.mode:
        view = attrs.evolve(view, probe=None)
    return attrs.evolve(session, view=view) if same_axes else with_view(session, view)


def _probe(session: Session, message: m.Probe) -> Session:
    at = None
    if message.u is not None and message.v is not None:
        if not (math.isfinite(message.u) and math.isfinite(message.v)):
            raise RequestError("The coordinates of the pointer must be finite.")
        at = _position(session, message.u, message.v)
    return attrs.evolve(session, view=attrs.evolve(session.view, probe=at))


def _position(session: Session, u: float, v: float) -> tuple[float, float]:
    """Return the position in the plane; if the picture shows a line, the nearest on it."""
    return (u, session.plane.middle) if session.shows_line else (u, v)


def _recall(session: Session, index: int) -> Session:
    if index >= len(session.bookmarks):
        raise RequestError(f"There is no bookmark {index}; there are {len(session.bookmarks)}.")
    saved = session.bookmarks[index]
    if not saved.is_in(session.history):
        session = attrs.evolve(session.keep_branch(), history=saved.history)
    return attrs.evolve(session, cursor=saved.at, playing=False, compared=None)


def _switch(session: Session, branch: int) -> Session:
    if branch >= len(session.branches):
        raise RequestError(f"There is no branch {branch}; there are {len(session.branches)}.")
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
