"""New starts of a session: the same start, another model, other points, another seed."""

import attrs
import msgspec

from miniml._playground.core.creation import check_fit, choose_model, choose_points
from miniml._playground.core.errors import RequestError
from miniml._playground.core.from_config import make_model
from miniml._playground.core.plane import plane_of
from miniml._playground.core.points import Points
from miniml._playground.core.session import Notice, Session, UserInputs, View
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import with_history, with_metrics


def reset(session: Session) -> Session:
    """Return to the same start: the same model, points, and order of batches."""
    return with_history(session, session.history[0].params)


def rebuild(session: Session, config: SessionConfig) -> Session:
    """Start with the model that a configuration names, on the same points."""
    model = choose_model(config, session.inputs, session.points)
    check_fit(model, session.points)
    view = attrs.evolve(session.view, knobs=(0, 1))
    return with_history(attrs.evolve(session, config=config, view=view), model)


def reload(session: Session, config: SessionConfig, inputs: UserInputs | None = None) -> Session:
    """Start with the points that a configuration names; keep the initial model if it fits."""
    inputs = inputs or session.inputs
    points = choose_points(config, inputs)
    model = session.history[0].params
    before, features = session.points.x.shape[1], points.x.shape[1]
    if features != before:
        try:
            model = choose_model(config, inputs, points)
            check_fit(model, points)
        except (RequestError, ValueError):
            config = msgspec.structs.replace(config, model="linear")
            model = make_model(config, features)
    fresh = attrs.evolve(
        session,
        inputs=inputs,
        config=config,
        points=points,
        plane=plane_of(points, None),
        view=attrs.evolve(session.view, axes=None, probe=None, knobs=(0, 1)),
    )
    after = with_history(fresh, model)
    if config.model == session.config.model:
        return after
    text = (
        f"The model takes {before} features and these points have {features}: "
        "a linear model replaces it."
    )
    return attrs.evolve(after, notice=Notice(text))


def reseed(session: Session, seed: int | None) -> Session:
    """Draw everything again from a seed; from the next one if None."""
    seed = session.config.seed + 1 if seed is None else seed
    config = msgspec.structs.replace(session.config, seed=seed)
    points = choose_points(config, session.inputs)
    model = choose_model(config, session.inputs, points)
    drawn = attrs.evolve(session, config=config, points=points, plane=plane_of(points, None))
    return with_history(with_view(drawn, session.view), model)


def with_points(session: Session, points: Points) -> Session:
    """Return the session with other points in the same plane, and the present moment on them."""
    changed = attrs.evolve(session, points=points)
    return changed.replace_moment(with_metrics(changed, changed.moment))


def with_view(session: Session, view: View) -> Session:
    """Return the session with another view."""
    return attrs.evolve(session, view=view, plane=plane_of(session.points, view.axes))
