"""The computed arrays of a frame: picture, compared picture, loss landscape, gradient."""

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml._playground.core.evaluation import gradient_of, loss_of, scores
from miniml._playground.core.knobs import values
from miniml._playground.core.plane import Plane
from miniml._playground.core.session import Notice, Session
from miniml._playground.view.heatmap import color_scale, delta_encode, quantize
from miniml._playground.view.landscape import surface, sweep
from miniml.nn.layers import Layer
from miniml.types import Array

Arrays = dict[str, NDArray[Any]]

SurfaceRange = tuple[float, float, float, float, int]
"""The ranges of two knobs, and the number of rows and columns."""


@attrs.frozen
class Quality:
    """How much to compute.

    Attributes:
        resolution: The rows and columns of the heatmap.
        landscape: The rows and columns of the loss surface; 0 leaves the slow panels out.
    """

    resolution: int = 100
    landscape: int = 21


FINEST = Quality()
"""The quality of the picture at rest."""


@attrs.frozen
class ComparedKey:
    """What the compared picture depends on; compared by identity."""

    params: Layer = attrs.field(eq=id)
    plane: Plane = attrs.field(eq=id)
    resolution: int

    @classmethod
    def of(cls, session: Session, quality: Quality) -> "ComparedKey | None":
        """Return the key of the session's compared moment, if it has one."""
        if session.compared is None:
            return None
        return cls(session.compared.moment.params, session.plane, quality.resolution)


def draw_picture(session: Session, quality: Quality) -> tuple[Arrays, float, Notice | None]:
    """Return the picture's array, the score at the end of its colours, and the model's error."""
    plane, params = session.plane, session.params
    if session.shows_line:
        found, error = score_anywhere(params, plane.line(201))
        return {"line": found}, color_scale(found), error
    found, error = score_anywhere(params, plane.grid(quality.resolution))
    scale = color_scale(found)
    return {"heat": _encoded(found, scale, quality)}, scale, error


def draw_compared(session: Session, params: Layer, quality: Quality) -> Arrays:
    """Return the picture and the knobs of the compared moment."""
    found, _ = score_anywhere(params, session.plane.grid(quality.resolution))
    heat = _encoded(found, color_scale(found), quality)
    return {"ghost": heat, "ghost_values": values(params)}


def draw_landscape(session: Session, quality: Quality) -> tuple[Arrays, SurfaceRange | None]:
    """Return the loss along one knob and over two, if their panels are open."""
    if not quality.landscape or not len(session.points.train):
        return {}, None
    arrays: Arrays = {}
    along, across = chosen_knobs(session)
    if "sweep" in session.view.panels:
        arrays["sweep"] = sweep(session, along)
    if "surface" not in session.view.panels or along == across:
        return arrays, None
    found = surface(session, (along, across), quality.landscape)
    arrays |= {"surface": found.losses, "path": found.path}
    (left, right), (low, high) = found.along.tolist(), found.across.tolist()
    return arrays, (left, right, low, high, quality.landscape)


def chosen_knobs(session: Session) -> tuple[int, int]:
    """Return the view's two knobs, within range, and different if there are two."""
    size = len(values(session.params))
    along, across = (min(knob, size - 1) for knob in session.view.knobs)
    return along, (along + 1) % size if across == along else across


def gradient(session: Session) -> tuple[Array | None, Notice | None]:
    """Return the gradient of the training loss by knob, or the reason why there is none."""
    if not len(session.points.train):
        return None, None
    try:
        _, grads = gradient_of(loss_of(session))(session.params, session.points.train)
    except TypeError as error:  # the loss cannot be traced; the knobs still turn
        text = f"There is no gradient, so training is not possible: {error}"
        return None, Notice(text, kind="trouble")
    return values(grads), None


def score_anywhere(model: Layer, x: Array) -> tuple[Array, Notice | None]:
    """Score points that are not data; if the model raises, the scores are NaN."""
    try:
        return scores(model, x), None
    except Exception as error:  # noqa: BLE001 - user code may raise anything
        text = f"The model fails between the points: {type(error).__name__}: {error}"
        return np.full(len(x), np.nan), Notice(text, kind="trouble")


def _encoded(found: Array, scale: float, quality: Quality) -> NDArray[np.uint8]:
    return delta_encode(quantize(found, scale), quality.resolution)
