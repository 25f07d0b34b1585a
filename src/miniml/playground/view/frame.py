"""The pure function from a session, and what the page has of it, to the bytes it lacks."""

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.catalogue import ACTIVATIONS, DATA, LOSSES, MODELS, OPTIMIZERS
from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.playground.core.evaluation import (
    count,
    gradient_of,
    loss_of,
    loss_value,
    point_losses,
    scores,
)
from miniml.playground.core.history import History, shared_length
from miniml.playground.core.knobs import LeafSchema, schema, values
from miniml.playground.core.lessons import LESSONS
from miniml.playground.core.plane import Plane
from miniml.playground.core.points import Points
from miniml.playground.core.session import Moment, Notice, SavedMoment, Session
from miniml.playground.core.session_config import OWN
from miniml.playground.view.header import (
    Axes,
    Bookmark,
    Header,
    LessonText,
    Menus,
    ProbeResult,
    Stats,
    ViewState,
)
from miniml.playground.view.heatmap import color_scale, delta_encode, quantize
from miniml.playground.view.landscape import surface, sweep
from miniml.playground.view.packing import compact, pack
from miniml.types import Array

Arrays = dict[str, NDArray[Any]]

CURVE = np.linspace(-3.0, 3.0, 121)
"""Negated margins at which the point loss is drawn."""


@attrs.frozen(eq=False)
class ClientState:
    """What the page has; a new page has nothing.

    Attributes:
        leaves: The knobs that it has.
        points: The points that it has.
        plane: The plane that it has.
        history: The history whose loss curve it has.
        loss: The name of the point loss whose curve it has.
        ghost: The compared moment, plane and resolution whose heat it has.
    """

    leaves: tuple[LeafSchema, ...] | None = None
    points: Points | None = None
    plane: Plane | None = None
    history: History[Moment] = attrs.field(factory=History[Moment])
    loss: str = ""
    ghost: tuple[object, ...] = ()


@attrs.frozen
class Quality:
    """How much to compute.

    Attributes:
        resolution: Rows and columns of the heat.
        landscape: Rows and columns of the loss surface; 0 leaves the slow panels out.
    """

    resolution: int = 100
    landscape: int = 21


@attrs.frozen
class FrameExtras:
    """What a shell adds to a frame, since the session does not know it."""

    undo: bool = False
    redo: bool = False
    answered: int = 0
    notice: Notice | None = None
    link: str | None = None
    file: tuple[str, str] | None = None


def frame(
    session: Session,
    seen: ClientState,
    quality: Quality = Quality(),
    extras: FrameExtras = FrameExtras(),
    payload: bytes = b"",
) -> tuple[bytes, ClientState]:
    """Give the bytes that bring the page up to date.

    Args:
        session: The session to show.
        seen: What the page has.
        quality: How much to compute.
        extras: What the shell adds.
        payload: The contents of a file to be saved.

    Returns:
        The message, and what the page has once it has drawn it.
    """
    with np.errstate(all="ignore"):
        return _frame(session, seen, quality, extras, payload)


def _frame(
    session: Session, seen: ClientState, quality: Quality, extras: FrameExtras, payload: bytes
) -> tuple[bytes, ClientState]:
    arrays: Arrays = {}
    points, plane = session.points, session.plane
    found = scores(session.params, points.x) if len(points.x) else np.zeros(0)
    losses = point_losses(session, found)
    arrays |= {
        "values": values(session.params),
        "scores": compact(found),
        "losses": compact(losses),
    }
    slope, trouble = _slope(session)
    if slope is not None:
        arrays["gradient"] = compact(slope)
    scale, unseen = _draw(session, quality, arrays)
    start = shared_length(seen.history, session.history)
    fresh = list(session.history.since(start))
    arrays["train_curve"] = np.array([moment.loss for moment in fresh])
    arrays["test_curve"] = np.array([moment.test_loss for moment in fresh])
    new_points = seen.points is not points or seen.plane is not plane
    if new_points:
        arrays["positions"] = plane.project(points.x)
        arrays["labels"] = points.y.astype(np.int8)
        arrays["held"] = points.held.astype(np.uint8)
    if seen.loss != session.config.loss and session.config.loss in LOSSES:
        arrays["point_loss"] = LOSSES[session.config.loss](CURVE)
    ghost = _ghost(session, quality, seen, arrays)
    landscape = _landscape(session, quality, arrays)
    if payload:
        arrays["file"] = np.frombuffer(payload, np.uint8)
    leaves = schema(session.params)
    train = _counted(session, found, losses, ~points.held, points.train)
    test = _counted(session, found, losses, points.held, points.test)
    header = Header(
        at=session.cursor,
        count=len(session.history),
        step=session.moment.step,
        edited=session.moment.edited,
        playing=session.playing,
        undo=extras.undo,
        redo=extras.redo,
        answered=extras.answered,
        config=session.config,
        view=ViewState(session.view.mode, session.view.axes, session.view.panels, _knobs(session)),
        train=train,
        test=test,
        full_loss=_full(session, losses),
        scale=scale,
        resolution=quality.resolution,
        curve=start,
        branches=tuple(map(len, session.branches)),
        bookmarks=tuple(_marked(session, mark) for mark in session.bookmarks),
        compared=_marked(session, session.compared) if session.compared else None,
        lesson=session.lesson,
        notice=extras.notice or session.notice or trouble or unseen,
        probe=_probed(session),
        menus=_menus(session) if seen.leaves is None else None,
        leaves=leaves if seen.leaves != leaves else None,
        axes=_axes(points, plane) if new_points else None,
        surface=landscape,
        link=extras.link,
        file=extras.file,
    )
    now = ClientState(leaves, points, plane, session.history, session.config.loss, ghost)
    return pack(header, arrays), now


def _slope(session: Session) -> tuple[Array | None, Notice | None]:
    """Give the gradient of the training loss by knob, or why there is none."""
    if not len(session.points.train):
        return None, None
    try:
        _, grads = gradient_of(loss_of(session))(session.params, session.points.train)
    except TypeError as error:  # the loss cannot be traced: the knobs still turn
        return None, Notice(
            f"There is no gradient, so training is not possible: {error}", kind="trouble"
        )
    return values(grads), None


def _draw(session: Session, quality: Quality, arrays: Arrays) -> tuple[float, Notice | None]:
    """Add the picture; give the score at which its colours end, and why it is empty if it is."""
    plane, params = session.plane, session.params
    if session.shows_line:
        at, trouble = _seen(params, plane.line(201))
        arrays["line"] = at
        return color_scale(at), trouble
    heat, trouble = _seen(params, plane.grid(quality.resolution))
    scale = color_scale(heat)
    arrays["heat"] = delta_encode(quantize(heat, scale), quality.resolution)
    return scale, trouble


def _seen(model: Layer, places: Array) -> tuple[Array, Notice | None]:
    """Score places that are not among the data: a model that fails there can still be turned."""
    try:
        return scores(model, places), None
    except Exception as error:  # noqa: BLE001 - the person's code may raise anything
        text = f"The model fails on places between the points: {type(error).__name__}: {error}"
        return np.full(len(places), np.nan), Notice(text, kind="trouble")


def _ghost(
    session: Session, quality: Quality, seen: ClientState, arrays: Arrays
) -> tuple[object, ...]:
    """Add the compared moment's picture and knobs, where the page lacks them."""
    if session.compared is None:
        return ()
    params = session.compared.moment.params
    key = (id(params), id(session.plane), quality.resolution)
    if seen.ghost != key:
        heat, _ = _seen(params, session.plane.grid(quality.resolution))
        arrays["ghost"] = delta_encode(quantize(heat, color_scale(heat)), quality.resolution)
        arrays["ghost_values"] = values(params)
    return key


def _landscape(
    session: Session, quality: Quality, arrays: Arrays
) -> tuple[float, float, float, float, int] | None:
    """Add the loss along one knob and over two, where they are shown."""
    along, across = _knobs(session)
    if not quality.landscape or not len(session.points.train):
        return None
    if "sweep" in session.view.panels:
        arrays["sweep"] = sweep(session, along)
    if "surface" not in session.view.panels or along == across:
        return None
    found = surface(session, (along, across), quality.landscape)
    arrays |= {"surface": found.losses, "path": found.path}
    (left, right), (low, high) = found.along.tolist(), found.across.tolist()
    return (left, right, low, high, quality.landscape)


def _knobs(session: Session) -> tuple[int, int]:
    """Give two knobs that are there, and differ where there are two."""
    size = len(values(session.params))
    along, across = (min(knob, size - 1) for knob in session.view.knobs)
    return along, (along + 1) % size if across == along else across


def _counted(
    session: Session, found: Array, losses: Array, chosen: NDArray[np.bool_], part: Dataset
) -> Stats:
    counted = count(found[chosen], session.points.y[chosen])
    # A loss of one's own need be no mean of the losses of single points.
    own = session.config.loss == OWN
    mean = loss_value(loss_of(session), session.params, part) if own else _mean(losses[chosen])
    return Stats(len(part), _finite(mean), _finite(counted.accuracy), counted.cells)


def _mean(losses: Array) -> float:
    return float(losses.mean()) if len(losses) else float("nan")


def _full(session: Session, losses: Array) -> float | None:
    """Give the sum of the point losses, where the loss is the mean of such."""
    if session.config.loss == OWN:
        return None
    return _finite(float(np.sum(losses[~session.points.held])))


def _probed(session: Session) -> ProbeResult | None:
    """Measure the score and its slope at the pointer, by central differences."""
    if session.view.probe is None:
        return None
    u, v = session.view.probe
    plane = session.plane
    h, k = (1e-4 * (plane.high - plane.low)).tolist()
    places = np.array([[u, v], [u + h, v], [u - h, v], [u, v + k], [u, v - k]])
    found, _ = _seen(session.params, plane.lift(places))
    score, right, left, up, down = map(float, found)
    slope = ((right - left) / (2 * h), (up - down) / (2 * k))
    return ProbeResult(u, v, _finite(score), (_finite(slope[0]), _finite(slope[1])))


def _marked(session: Session, mark: SavedMoment) -> Bookmark:
    return Bookmark(mark.name, mark.at if mark.lies_in(session.history) else None)


def _menus(session: Session) -> Menus:
    origin = session.inputs
    return Menus(
        models=((OWN,) if origin.model else ()) + tuple(MODELS),
        data={**({"Own": (OWN,)} if origin.points else {}), **DATA},
        activations=tuple(ACTIVATIONS),
        optimizers=tuple(OPTIMIZERS),
        losses=((OWN,) if origin.loss else ()) + tuple(LOSSES),
        lessons=tuple(LessonText(step.title, step.says, step.tries) for step in LESSONS),
    )


def _axes(points: Points, plane: Plane) -> Axes:
    low, high = plane.low.tolist(), plane.high.tolist()
    return Axes((low[0], low[1]), (high[0], high[1]), plane.labels, points.features, points.classes)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
