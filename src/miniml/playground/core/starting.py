"""Beginnings: a session from its settings, and new starts of one that exists."""

import attrs
import msgspec
import numpy as np

from miniml.nn.layers import Layer
from miniml.playground.core.catalogue import make_model, make_points
from miniml.playground.core.history import History
from miniml.playground.core.learning import measured, optimizer_of
from miniml.playground.core.messages import Refused
from miniml.playground.core.plane import plane_of
from miniml.playground.core.points import Points
from miniml.playground.core.session import Moment, Notice, Origin, Session, View
from miniml.playground.core.settings import OWN, Settings
from miniml.tree import named_leaves


def start(origin: Origin | None = None, settings: Settings | None = None) -> Session:
    """Begin: make the data and the model that the settings name.

    Args:
        origin: What the script brought along.
        settings: What was chosen by name or number.

    Returns:
        A session of one moment.

    Raises:
        Refused: If a name is unknown, or model and data do not fit.
    """
    origin, settings = origin or Origin(), settings or Settings()
    points = _points(origin, settings)
    return begin(origin, settings, points, _model(origin, settings, points))


def begin(origin: Origin, settings: Settings, points: Points, model: Layer) -> Session:
    """Begin with these points and this model."""
    _check_fit(model, points)
    _check_leaves(model)
    session = Session(origin, settings, points, plane_of(points, None), History())
    return restart(session, model)


def restart(session: Session, model: Layer) -> Session:
    """Give the session a new history that starts with this model."""
    memory = optimizer_of(session).init(model)
    name = session.settings.optimizer
    first = measured(session, Moment(0, model, memory, name, float("nan")))
    return attrs.evolve(
        session,
        history=History[Moment]().extend([first]),
        cursor=0,
        playing=False,
        branches=(),
        marks=(),
        compared=None,
        notice=None,
    )


def reset(session: Session) -> Session:
    """Go back to the very same start: the same model, points, and order of batches."""
    return restart(session, session.history[0].params)


def rebuild(session: Session, settings: Settings) -> Session:
    """Start over with the model that the settings name, on the same points."""
    model = _model(session.origin, settings, session.points)
    _check_fit(model, session.points)
    view = attrs.evolve(session.view, knobs=(0, 1))
    return restart(attrs.evolve(session, settings=settings, view=view), model)


def reload(session: Session, settings: Settings, origin: Origin | None = None) -> Session:
    """Start over with the points that the settings name; keep the model's start if it fits."""
    origin = origin or session.origin
    points = _points(origin, settings)
    model = session.history[0].params
    if points.x.shape[1] != session.points.x.shape[1]:
        try:
            model = _model(origin, settings, points)
            _check_fit(model, points)
        except (Refused, ValueError):
            settings = msgspec.structs.replace(settings, model="linear")
            model = make_model(settings, points.x.shape[1])
    fresh = attrs.evolve(
        session,
        origin=origin,
        settings=settings,
        points=points,
        plane=plane_of(points, None),
        view=attrs.evolve(session.view, axes=None, probe=None, knobs=(0, 1)),
    )
    after = restart(fresh, model)
    if settings.model != session.settings.model:
        text = (
            f"The model took {session.points.x.shape[1]} features and these points have "
            f"{points.x.shape[1]}: a linear model has taken its place."
        )
        return attrs.evolve(after, notice=Notice(text))
    return after


def reseed(session: Session, seed: int | None) -> Session:
    """Start over with everything drawn anew."""
    settings = msgspec.structs.replace(
        session.settings, seed=session.settings.seed + 1 if seed is None else seed
    )
    points = _points(session.origin, settings)
    model = _model(session.origin, settings, points)
    drawn = attrs.evolve(session, settings=settings, points=points, plane=plane_of(points, None))
    return restart(looking(drawn, session.view), model)


def replotted(session: Session, points: Points) -> Session:
    """Put other points in the same picture, and measure the present moment on them."""
    changed = attrs.evolve(session, points=points)
    moment = measured(changed, changed.moment)
    history = session.history.truncate(session.cursor).extend([moment])
    branches = session.branches
    if session.cursor < len(session.history) - 1:
        branches = (*branches, session.history)[-8:]
    return attrs.evolve(changed, history=history, branches=branches)


def looking(session: Session, view: View) -> Session:
    """Give the session looked at in this way."""
    return attrs.evolve(session, view=view, plane=plane_of(session.points, view.axes))


def _points(origin: Origin, settings: Settings) -> Points:
    if settings.data != OWN:
        return make_points(settings)
    if origin.points is None:
        raise Refused("There are no points of one's own here; drop a CSV file on the page.")
    return origin.points


def _model(origin: Origin, settings: Settings, points: Points) -> Layer:
    if settings.model != OWN:
        return make_model(settings, points.x.shape[1])
    if origin.model is None:
        raise Refused("There is no model of one's own here; choose one by name.")
    return origin.model(settings.seed, points.x.shape[1])


def _check_leaves(model: Layer) -> None:
    """Refuse a model without parameters, or with one that is no number."""
    leaves = named_leaves(model)
    if not leaves:
        raise Refused("The model has no parameters: there is nothing to turn or to train.")
    for name, leaf in leaves.items():
        if np.asarray(leaf).dtype.kind not in "biuf":
            raise Refused(
                f"The parameter {name} is of type {type(leaf).__name__}, and no real number: "
                "mark it Static."
            )


def _check_fit(model: Layer, points: Points) -> None:
    """Refuse a model that does not give one score a point."""
    if not len(points.x):
        return
    with np.errstate(all="ignore"):
        shape = np.shape(model(points.x))
    if shape != (len(points.x),):
        raise Refused(
            f"The model gave an array of shape {shape} for points of shape {points.x.shape}; "
            f"the playground needs one score a point, of shape ({len(points.x)},)."
        )
