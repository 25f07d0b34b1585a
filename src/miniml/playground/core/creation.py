"""Beginnings: a session from its settings, and new starts of one that exists."""

import attrs
import msgspec
import numpy as np

from miniml.nn.layers import Layer
from miniml.playground.core.from_config import make_model, make_points
from miniml.playground.core.history import History
from miniml.playground.core.messages import RequestError
from miniml.playground.core.plane import plane_of
from miniml.playground.core.points import Points
from miniml.playground.core.session import Moment, Notice, Session, UserInputs, View
from miniml.playground.core.session_config import OWN, SessionConfig
from miniml.playground.core.training import optimizer_of, with_metrics
from miniml.tree import named_leaves


def start(origin: UserInputs | None = None, config: SessionConfig | None = None) -> Session:
    """Begin: make the data and the model that the settings name.

    Args:
        origin: What the script brought along.
        config: What was chosen by name or number.

    Returns:
        A session of one moment.

    Raises:
        RequestError: If a name is unknown, or model and data do not fit.
    """
    origin, config = origin or UserInputs(), config or SessionConfig()
    points = _points(origin, config)
    return begin(origin, config, points, _model(origin, config, points))


def begin(origin: UserInputs, config: SessionConfig, points: Points, model: Layer) -> Session:
    """Begin with these points and this model."""
    _check_fit(model, points)
    _check_leaves(model)
    session = Session(origin, config, points, plane_of(points, None), History())
    return restart(session, model)


def restart(session: Session, model: Layer) -> Session:
    """Give the session a new history that starts with this model."""
    optimizer_state = optimizer_of(session).init(model)
    name = session.config.optimizer
    first = with_metrics(session, Moment(0, model, optimizer_state, name, float("nan")))
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


def reset(session: Session) -> Session:
    """Go back to the very same start: the same model, points, and order of batches."""
    return restart(session, session.history[0].params)


def rebuild(session: Session, config: SessionConfig) -> Session:
    """Start over with the model that the settings name, on the same points."""
    model = _model(session.inputs, config, session.points)
    _check_fit(model, session.points)
    view = attrs.evolve(session.view, knobs=(0, 1))
    return restart(attrs.evolve(session, config=config, view=view), model)


def reload(session: Session, config: SessionConfig, origin: UserInputs | None = None) -> Session:
    """Start over with the points that the settings name; keep the model's start if it fits."""
    origin = origin or session.inputs
    points = _points(origin, config)
    model = session.history[0].params
    if points.x.shape[1] != session.points.x.shape[1]:
        try:
            model = _model(origin, config, points)
            _check_fit(model, points)
        except (RequestError, ValueError):
            config = msgspec.structs.replace(config, model="linear")
            model = make_model(config, points.x.shape[1])
    fresh = attrs.evolve(
        session,
        inputs=origin,
        config=config,
        points=points,
        plane=plane_of(points, None),
        view=attrs.evolve(session.view, axes=None, probe=None, knobs=(0, 1)),
    )
    after = restart(fresh, model)
    if config.model != session.config.model:
        text = (
            f"The model took {session.points.x.shape[1]} features and these points have "
            f"{points.x.shape[1]}: a linear model has taken its place."
        )
        return attrs.evolve(after, notice=Notice(text))
    return after


def reseed(session: Session, seed: int | None) -> Session:
    """Start over with everything drawn anew."""
    config = msgspec.structs.replace(
        session.config, seed=session.config.seed + 1 if seed is None else seed
    )
    points = _points(session.inputs, config)
    model = _model(session.inputs, config, points)
    drawn = attrs.evolve(session, config=config, points=points, plane=plane_of(points, None))
    return restart(looking(drawn, session.view), model)


def replotted(session: Session, points: Points) -> Session:
    """Put other points in the same picture, and measure the present moment on them."""
    changed = attrs.evolve(session, points=points)
    moment = with_metrics(changed, changed.moment)
    history = session.history.truncate(session.cursor).extend([moment])
    branches = session.branches
    if session.cursor < len(session.history) - 1:
        branches = (*branches, session.history)[-8:]
    return attrs.evolve(changed, history=history, branches=branches)


def looking(session: Session, view: View) -> Session:
    """Give the session looked at in this way."""
    return attrs.evolve(session, view=view, plane=plane_of(session.points, view.axes))


def _points(origin: UserInputs, config: SessionConfig) -> Points:
    if config.data != OWN:
        return make_points(config)
    if origin.points is None:
        raise RequestError("There are no points of one's own here; drop a CSV file on the page.")
    return origin.points


def _model(origin: UserInputs, config: SessionConfig, points: Points) -> Layer:
    if config.model != OWN:
        return make_model(config, points.x.shape[1])
    if origin.model is None:
        raise RequestError("There is no model of one's own here; choose one by name.")
    return origin.model(config.seed, points.x.shape[1])


def _check_leaves(model: Layer) -> None:
    """Refuse a model without parameters, or with one that is no number."""
    leaves = named_leaves(model)
    if not leaves:
        raise RequestError("The model has no parameters: there is nothing to turn or to train.")
    for name, leaf in leaves.items():
        if np.asarray(leaf).dtype.kind not in "biuf":
            raise RequestError(
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
        raise RequestError(
            f"The model gave an array of shape {shape} for points of shape {points.x.shape}; "
            f"the playground needs one score a point, of shape ({len(points.x)},)."
        )
