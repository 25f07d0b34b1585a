"""The evaluation of a model: scores, losses, gradients, outcomes."""

from collections.abc import Callable
from functools import cache, lru_cache

import attrs
import numpy as np

from miniml._playground.core.errors import RequestError
from miniml._playground.core.session import Loss, Session
from miniml._playground.core.session_config import OWN
from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.nn.losses import mean_loss
from miniml.nn.point_losses import POINT_LOSSES
from miniml.transforms import value_and_grad
from miniml.types import Array, Scalar

CHUNK = 1000
"""The points of one call of a model: more leave the cache, and start the threads of BLAS."""

_quiet = np.errstate(all="ignore")
"""As in programs: parameters may be so large that scores overflow, which the page shows."""


@cache
def named_loss(name: str) -> Loss:
    """Return the mean of a point loss of the catalogue; the same function each time."""
    if name not in POINT_LOSSES:
        raise RequestError(f"There is no loss {name!r}; there are {', '.join(POINT_LOSSES)}.")
    point_loss = POINT_LOSSES[name]

    def loss(params: Layer, data: Dataset) -> Scalar:
        return mean_loss(params, data, point_loss)

    return loss


def loss_of(session: Session) -> Loss:
    """Return the loss that the session trains."""
    if session.config.loss != OWN:
        return named_loss(session.config.loss)
    if session.inputs.loss is None:
        raise RequestError("There is no loss of yours here; choose one by name.")
    return session.inputs.loss


@lru_cache(maxsize=16)
def gradient_of(loss: Loss) -> Callable[[Layer, Dataset], tuple[float, Layer]]:
    """Return the loss's value and gradient; the same function, and so one program, each time."""
    return value_and_grad(loss)


@_quiet
def scores(model: Layer, x: Array) -> Array:
    """Return one score for each point, `(n,)`, also if the model returns a trailing axis of one."""
    if len(x) > CHUNK:
        return np.concatenate([scores(model, x[i : i + CHUNK]) for i in range(0, len(x), CHUNK)])
    found = np.asarray(model(x), dtype=np.float64)
    if found.size != len(x):
        raise RequestError(
            f"The model returned an array of shape {found.shape} for points of shape {x.shape}; "
            "the playground needs one score for each point."
        )
    return found.reshape(-1)


@_quiet
def loss_value(loss: Loss, model: Layer, data: Dataset) -> float:
    """Evaluate a loss; NaN without points."""
    return float(loss(model, data)) if len(data) else float("nan")


@_quiet
def point_losses(session: Session, found: Array) -> Array:
    """Return the loss of each point `(n,)`; of a named point loss, from the scores `found`."""
    y = session.points.y
    name = session.config.loss
    if name in POINT_LOSSES:
        return POINT_LOSSES[name](found, y)
    loss, x, params = loss_of(session), session.points.x, session.params
    return np.array(
        [loss_value(loss, params, Dataset(x[i : i + 1], y[i : i + 1])) for i in range(len(y))]
    )


@attrs.frozen
class Outcomes:
    """The confusion matrix of scores against labels, and the number of scores that are NaN."""

    true_positive: int
    false_positive: int
    true_negative: int
    false_negative: int
    not_a_number: int = 0

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The four counts of the confusion matrix."""
        return self.true_positive, self.false_positive, self.true_negative, self.false_negative

    @property
    def accuracy(self) -> float:
        """The share that is right; NaN without points."""
        total = sum(attrs.astuple(self))
        return (self.true_positive + self.true_negative) / total if total else float("nan")


def count_outcomes(found: Array, y: Array) -> Outcomes:
    """Count scores `(n,)` against labels `(n,)`; a score of zero counts as negative."""
    above, below, true = found > 0, found <= 0, y > 0
    return Outcomes(
        int(np.count_nonzero(above & true)),
        int(np.count_nonzero(above & ~true)),
        int(np.count_nonzero(below & ~true)),
        int(np.count_nonzero(below & true)),
        int(np.count_nonzero(np.isnan(found))),
    )
