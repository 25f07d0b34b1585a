"""The parts of a frame's header that summarise a session."""

import numpy as np

from miniml._playground.core.evaluation import count_outcomes, loss_of, loss_value
from miniml._playground.core.lessons import LESSONS
from miniml._playground.core.session import SavedMoment, Session
from miniml._playground.core.session_config import OWN
from miniml._playground.view.arrays import score_anywhere
from miniml._playground.view.header import Axes, Bookmark, LessonText, Menus, ProbeResult, Stats
from miniml.catalogue import ACTIVATIONS, DATA, LOSSES, MODELS, OPTIMIZERS
from miniml.types import Array


def stats(session: Session, found: Array, losses: Array, *, test: bool) -> Stats:
    """Return loss and outcomes of the training or the test points, from all scores and losses."""
    points = session.points
    data, rows = (points.test, points.held) if test else (points.train, ~points.held)
    outcomes = count_outcomes(found[rows], points.y[rows])
    # The user's own loss need not be the mean of the losses of single points.
    if session.config.loss == OWN:
        mean = loss_value(loss_of(session), session.params, data)
    else:
        mean = float(losses[rows].mean()) if len(data) else float("nan")
    return Stats(len(data), _finite(mean), _finite(outcomes.accuracy), outcomes.cells)


def full_loss(session: Session, losses: Array) -> float | None:
    """Return the sum of the training points' losses, if the loss is the mean of point losses."""
    if session.config.loss == OWN:
        return None
    return _finite(float(np.sum(losses[~session.points.held])))


def probe_result(session: Session) -> ProbeResult | None:
    """Return the score at the pointer and its slope, by central differences."""
    if session.view.probe is None:
        return None
    u, v = session.view.probe
    plane = session.plane
    h, k = (1e-4 * (plane.high - plane.low)).tolist()
    stencil = np.array([[u, v], [u + h, v], [u - h, v], [u, v + k], [u, v - k]])
    found, _ = score_anywhere(session.params, plane.lift(stencil))
    score, right, left, up, down = map(float, found)
    slope = ((right - left) / (2 * h), (up - down) / (2 * k))
    return ProbeResult(u, v, _finite(score), (_finite(slope[0]), _finite(slope[1])))


def bookmark(session: Session, saved: SavedMoment) -> Bookmark:
    """Return a saved moment, with its index if the present history has it."""
    return Bookmark(saved.name, saved.at if saved.is_in(session.history) else None)


def menus(session: Session) -> Menus:
    """Return the contents of the menus: the user's own inputs, then the catalogue."""
    inputs = session.inputs
    return Menus(
        models=((OWN,) if inputs.model else ()) + tuple(MODELS),
        data={**({"Own": (OWN,)} if inputs.points else {}), **DATA},
        activations=tuple(ACTIVATIONS),
        optimizers=tuple(OPTIMIZERS),
        losses=((OWN,) if inputs.loss else ()) + tuple(LOSSES),
        lessons=tuple(LessonText(step.title, step.says, step.tries) for step in LESSONS),
    )


def axes(session: Session) -> Axes:
    """Return the extent of the picture and its labels."""
    plane, points = session.plane, session.points
    low, high = plane.low.tolist(), plane.high.tolist()
    return Axes((low[0], low[1]), (high[0], high[1]), plane.labels, points.features, points.classes)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
