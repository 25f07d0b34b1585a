"""The loss landscape: the loss along one knob, and over two."""

import math

import attrs
import numpy as np

from miniml._playground.core.evaluation import loss_of, loss_value
from miniml._playground.core.knobs import knob_setter, values
from miniml._playground.core.session import Loss, Session
from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.types import Array

STEPS = 61
"""The number of values of one knob."""


@attrs.frozen(eq=False)
class Surface:
    """The loss over two knobs.

    Attributes:
        along: The smallest and the largest value of the first knob, `(2,)`.
        across: The same of the second knob.
        losses: The loss `(r, r)`; the first row has the largest value of the second knob.
        path: The values of both knobs along the history, `(k, 2)`.
    """

    along: Array
    across: Array
    losses: Array
    path: Array


def reach(value: float) -> float:
    """Return the half-width of a knob's range: 1, 2 or 5 times a power of ten.

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
    """Return pairs of a knob's value and the training loss `(61, 2)`."""
    here = float(values(session.params)[knob])
    at = np.linspace(-reach(here), reach(here), STEPS)
    turned, loss, data = knob_setter(session.params, knob), loss_of(session), session.points.train
    losses = [_loss_or_nan(loss, turned(value), data) for value in at.tolist()]
    return np.stack([at, np.array(losses)], axis=1)


def surface(session: Session, knobs: tuple[int, int], resolution: int) -> Surface:
    """Return the training loss over two knobs, and the path of the history."""
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
        losses[row] = [_loss_or_nan(loss, along(a), data) for a in first.tolist()]
    return Surface(np.array([-far_a, far_a]), np.array([-far_b, far_b]), losses, path)


def _loss_or_nan(loss: Loss, model: Layer, data: Dataset) -> float:
    """Evaluate a loss; NaN if the model or the loss raises."""
    try:
        return loss_value(loss, model, data)
    except Exception:  # noqa: BLE001 - user code may raise anything
        return float("nan")


def _path(session: Session, knobs: tuple[int, int], most: int = 200) -> Array:
    """Return the two knobs at up to `most` moments, from the first to the present one."""
    rows = np.unique(np.linspace(0, session.cursor, most).astype(int))
    return np.array([values(session.history[int(row)].params)[list(knobs)] for row in rows])
