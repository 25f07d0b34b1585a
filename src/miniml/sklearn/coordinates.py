"""Coordinates in which a linear model is fitted: those where its features are independent."""

import warnings
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from miniml.datasets import Standardizer
from miniml.nn.layers import Linear
from miniml.nn.point_losses import PointLoss
from miniml.program import cached_on
from miniml.sklearn.points import Points
from miniml.transforms import value_and_grad
from miniml.tree import model, tree_norm
from miniml.types import Array, Scalar

_MOST_FEATURES = 256
"""Features up to which their correlations are removed, which takes `n d**2` multiplications."""

_LARGE_OFFSET = 30.0
"""A mean, in standard deviations, from which on a feature is not centred by any account."""


@model
class Coordinates:
    """Points in coordinates of their own, and the map from parameters there to weights and bias.

    Attributes:
        points: The points, `(n, d + 1)`: no bias is needed.
        parameters: The map to the weights of the features and the bias, `(d + 1, d + 1)`, for the
            penalty.
    """

    points: Points
    parameters: Array


@attrs.frozen
class Change:
    """A change of coordinates: weights and bias are those of standardised features, times a matrix."""

    standardizer: Standardizer
    matrix: Array
    inverse: Array

    def to(self, start: Linear) -> Array:
        """Return the parameters there, `(d + 1,)` or `(d + 1, k)`."""
        scale = self.standardizer.scale.reshape(-1, *[1] * (start.w.ndim - 1))
        bias = start.b + self.standardizer.mean @ start.w
        stacked = np.concatenate([scale * start.w, np.reshape(bias, (1, *start.w.shape[1:]))])
        found: Array = self.inverse @ stacked
        return found.astype(start.w.dtype)

    def back(self, parameters: Array, like: Linear) -> Linear:
        """Return the model of these parameters."""
        stacked = self.matrix @ parameters
        w = stacked[:-1] / self.standardizer.scale.reshape(-1, *[1] * (stacked.ndim - 1))
        b = stacked[-1] - self.standardizer.mean @ w
        kind: Any = float if isinstance(like.b, float) else np.asarray(like.b).dtype.type
        return Linear(w.astype(like.w.dtype), np.asarray(b, kind) if b.ndim else kind(b))


def has_coordinates(start: object) -> bool:
    """Return whether a model is an affine map with a bias for each score."""
    return type(start) is Linear and np.shape(start.b) == np.shape(start.w)[1:]


def change_for(points: Points, l2: float) -> tuple[Change, Coordinates]:
    """Return coordinates in which the curvature of the objective is about 1 in all directions.

    The features are centred and scaled, so that neither an offset nor a unit costs digits. Then the
    curvature of a squared error and the penalty is decomposed, and each direction is divided by
    the root of its own. The penalty is that of the weights and the bias of the features as given.

    Args:
        points: The points.
        l2: The penalty.
    """
    standardizer = Standardizer.of(points.x.astype(np.float64, copy=False))
    mean, scale = standardizer.mean, standardizer.scale
    rows = np.concatenate([standardizer(points.x), np.ones((len(points.x), 1))], axis=1)
    # From parameters of standardised features to weights and bias.
    plain = np.diag(np.append(1.0 / scale, 1.0))
    plain[-1, :-1] = -mean / scale
    weighted = rows if points.weight is None else rows * points.weight[:, None]
    if len(mean) <= _MOST_FEATURES:
        curvature = rows.T @ weighted / len(rows) + l2 * (plain.T @ plain)
        own = _inverse_roots(np.diag(curvature))
        values, directions = np.linalg.eigh(own[:, None] * curvature * own)
        least = len(values) * np.finfo(np.float64).eps
        lengths = _inverse_roots(np.maximum(values, least))
        matrix = own[:, None] * directions * lengths
        inverse = directions.T / own / lengths[:, None]
    else:
        squares = np.mean(rows * weighted, axis=0) + l2 * np.sum(np.square(plain), axis=0)
        own = _inverse_roots(squares)
        matrix, inverse = np.diag(own), np.diag(1.0 / own)
    there = Points(rows @ matrix, points.y, points.weight)
    return Change(standardizer, matrix, inverse), Coordinates(there, plain @ matrix)


def _inverse_roots(values: Array) -> Array:
    """Return one over the root of each value; 1 for 0, the curvature of a constant feature."""
    found: Array = 1.0 / np.sqrt(np.where(values > 0.0, values, 1.0))
    return found


def warn_if_bias_is_held(change: Change, l2: float, *, stacklevel: int) -> None:
    """Warn if a feature's offset needs a bias whose penalty exceeds the squared error it explains."""
    mean, scale = change.standardizer.mean, change.standardizer.scale
    offsets = np.abs(mean) / scale
    worst = int(np.argmax(offsets))
    if offsets[worst] > _LARGE_OFFSET and l2 * float(offsets[worst]) ** 2 > 1.0:
        warnings.warn(
            f"feature {worst} has the mean {mean[worst]:.3g} and the standard deviation "
            f"{scale[worst]:.3g}: the penalty l2={l2:g} of the bias, which must balance the mean, "
            "keeps its weight near 0; standardise the features first, as StandardScaler does, or "
            "use l2=0.0",
            UserWarning,
            stacklevel=stacklevel,
        )


def linear_objective(point_loss: PointLoss, l2: float) -> Callable[[Array, Coordinates], Scalar]:
    """Return the objective in such coordinates: the same function for the same loss."""

    def mean_loss(parameters: Array, data: Coordinates) -> Scalar:
        points = data.points
        losses = point_loss(points.x @ parameters, points.y)
        if points.weight is not None:
            losses = (losses.T * points.weight).T
        penalty = tree_norm(data.parameters @ parameters, squared=True)
        return np.sum(losses) / len(points.x) + 0.5 * l2 * penalty

    return cached_on(point_loss, ("linear estimator", l2), lambda: mean_loss)


def is_lowest(
    loss: Callable[[Array, Coordinates], Scalar], parameters: Array, data: Coordinates
) -> bool:
    """Return whether rounding hides any lower loss: half the squared gradient is the fall to come."""
    value, gradient = value_and_grad(loss)(parameters, data)
    noise = 10.0 * np.finfo(gradient.dtype).eps * abs(value)
    return bool(np.sum(np.square(gradient)) <= noise)
