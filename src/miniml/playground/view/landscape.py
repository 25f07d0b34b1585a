"""The loss as a function of its parameters: along one knob, and over two."""

import math

import attrs
import numpy as np

from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.playground.core.evaluation import loss_of, loss_value
from miniml.playground.core.knobs import knob_setter, values
from miniml.playground.core.session import Loss, Session
from miniml.types import Array

STEPS = 61
"""Places along one knob."""


@attrs.frozen(eq=False)
class Surface:
    """The loss over two knobs.

    Attributes:
        along: The values of the first knob, `(2,)`: the smallest and the largest.
        across: The values of the second, likewise.
        losses: The loss `(r, r)`, rows from the largest value of the second knob down.
        path: Where the history went, `(k, 2)`.
    """

    along: Array
    across: Array
    losses: Array
    path: Array


def reach(value: float) -> float:
    """Give how far a knob's range goes on either side of zero: 1, 2 or 5 times a power of ten.

    Args:
        value: The knob's value.

    Returns:
        At least 2, and at least a quarter more than the value.

    Example:
        >>> reach(0.0), reach(3.0), reach(-70.0)
        (2.0, 5.0, 100.0)
    """
    size = 1.25 * abs(value) if math.isfinite(value) else 0.0
    if size <= 2.0:
        return 2.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= size)


def sweep(session: Session, knob: int) -> Array:
    """Give the training loss along one knob `(61, 2)`: its value, and the loss there."""
    here = float(values(session.params)[knob])
    at = np.linspace(-reach(here), reach(here), STEPS)
    turned, loss, data = knob_setter(session.params, knob), loss_of(session), session.points.train
    losses = [_tried(loss, turned(value), data) for value in at.tolist()]
    return np.stack([at, np.array(losses)], axis=1)


def surface(session: Session, knobs: tuple[int, int], resolution: int) -> Surface:
    """Give the training loss over two knobs, the others as they are, and the path walked."""
    here = values(session.params)
    path = _path(session, knobs)
    far_a = reach(float(np.abs(np.append(path[:, 0], here[knobs[0]])).max()))
    far_b = reach(float(np.abs(np.append(path[:, 1], here[knobs[1]])).max()))
    loss, data = loss_of(session), session.points.train
    losses = np.empty((resolution, resolution))
    first, second = np.linspace(-far_a, far_a, resolution), np.linspace(far_b, -far_b, resolution)
    across = knob_setter(session.params, knobs[1])
    for row, b in enumerate(second.tolist()):
        along = knob_setter(across(b), knobs[0])
        losses[row] = [_tried(loss, along(a), data) for a in first.tolist()]
    return Surface(np.array([-far_a, far_a]), np.array([-far_b, far_b]), losses, path)


def _tried(loss: Loss, model: Layer, data: Dataset) -> float:
    """Evaluate a loss where nobody turned to: NaN where the model or the loss will not have it."""
    try:
        return loss_value(loss, model, data)
    except Exception:  # noqa: BLE001 - the person's code may raise anything
        return float("nan")


def _path(session: Session, knobs: tuple[int, int], most: int = 200) -> Array:
    """Give where the history went up to now, thinned to at most `most` moments."""
    rows = np.unique(np.linspace(0, session.cursor, most).astype(int))
    return np.array([values(session.history[int(row)].params)[list(knobs)] for row in rows])
