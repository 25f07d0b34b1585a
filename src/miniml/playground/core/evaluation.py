"""What can be read off a model without changing it: scores, losses, counts, slopes."""

from collections.abc import Callable
from functools import cache, lru_cache

import attrs
import numpy as np

from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.nn.losses import POINT_LOSSES, mean_loss
from miniml.playground.core.messages import RequestError
from miniml.playground.core.session import Loss, Session
from miniml.playground.core.session_config import OWN
from miniml.transforms import value_and_grad
from miniml.types import Array, Scalar


@cache
def named_loss(name: str) -> Loss:
    """Give the mean of a point loss of the catalogue; the same function each time."""
    if name not in POINT_LOSSES:
        raise RequestError(f"There is no loss {name!r}; there are {', '.join(POINT_LOSSES)}.")
    point_loss = POINT_LOSSES[name]

    def loss(params: Layer, data: Dataset) -> Scalar:
        return mean_loss(params, data, point_loss)

    return loss


def loss_of(session: Session) -> Loss:
    """Give the loss that the session trains."""
    if session.config.loss != OWN:
        return named_loss(session.config.loss)
    if session.inputs.loss is None:
        raise RequestError("There is no loss of one's own here; choose one by name.")
    return session.inputs.loss


@lru_cache(maxsize=16)
def gradient_of(loss: Loss) -> Callable[[Layer, Dataset], tuple[float, Layer]]:
    """Give the loss's value and gradient; the same function, and so one program, each time."""
    return value_and_grad(loss)


CHUNK = 1000
"""Points that a model is given at a time: more leave the cache, and wake BLAS's threads."""


def scores(model: Layer, x: Array) -> Array:
    """Give one score a point, `(n,)`, whatever trailing axis of one the model gives."""
    if len(x) > CHUNK:
        return np.concatenate([scores(model, x[i : i + CHUNK]) for i in range(0, len(x), CHUNK)])
    found = np.asarray(model(x), dtype=np.float64)
    if found.size != len(x):
        raise RequestError(
            f"The model gave an array of shape {found.shape} for points of shape {x.shape}; "
            "the playground needs one score a point."
        )
    return found.reshape(-1)


def loss_value(loss: Loss, model: Layer, data: Dataset) -> float:
    """Evaluate a loss; NaN where there are no points."""
    return float(loss(model, data)) if len(data) else float("nan")


@attrs.frozen
class ConfusionCounts:
    """How many points of each class are scored on which side of zero, or are not scored."""

    true_positive: int
    false_positive: int
    true_negative: int
    false_negative: int
    not_a_number: int = 0

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The four counts of points that have a side."""
        return self.true_positive, self.false_positive, self.true_negative, self.false_negative

    @property
    def accuracy(self) -> float:
        """The share that is right; NaN where there are no points."""
        total = attrs.astuple(self)
        right = self.true_positive + self.true_negative
        return right / sum(total) if sum(total) else float("nan")


def count(found: Array, y: Array) -> ConfusionCounts:
    """Count scores `(n,)` against labels `(n,)`; a score of zero counts as negative."""
    above, below, true = found > 0, found <= 0, y > 0
    return ConfusionCounts(
        int(np.sum(above & true)),
        int(np.sum(above & ~true)),
        int(np.sum(below & ~true)),
        int(np.sum(below & true)),
        int(np.sum(np.isnan(found))),
    )


def point_losses(session: Session, found: Array) -> Array:
    """Give each point's loss `(n,)`, from its score where the point loss is known by name."""
    y = session.points.y
    name = session.config.loss
    if name in POINT_LOSSES:
        return POINT_LOSSES[name](-y * found)
    loss, x, params = loss_of(session), session.points.x, session.params
    return np.array(
        [loss_value(loss, params, Dataset(x[i : i + 1], y[i : i + 1])) for i in range(len(y))]
    )
