"""Losses over a data set, from point losses; and the softmax cross-entropy."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from miniml.datasets import Dataset
from miniml.datasets.labels import refuse_negative
from miniml.nn._as_arrays import as_array
from miniml.nn._softmax import log_softmax
from miniml.nn.point_losses import PointLoss, logistic_loss
from miniml.nn.scorers import check_scorer
from miniml.types import Array, IntArray, Scalar

Scorer: TypeAlias = Callable[[Array], Array]
"""A function such as a model: it maps points `(n, d)` to scores `(n,)`."""


def full_loss(params: Scorer, data: Dataset, point_loss: PointLoss = logistic_loss) -> Scalar:
    """Sum the point losses `point_loss(m(x), y)` over a data set.

    The lecture's slide negates this sum for its plot; here it is not negated, since training
    minimises it.

    Args:
        params: The model: a tree that maps points of shape `(n, d)` to scores `(n,)`.
        data: Points `x` of shape `(n, d)` and labels or targets `y` of shape `(n,)`.
        point_loss: The loss of each point, a function of scores and labels.

    Returns:
        A scalar.

    Raises:
        TypeError: If `point_loss` does not take scores and labels.
        ValueError: If the point loss refuses the labels, or the scores have another shape.

    Example:
        >>> from miniml import Dataset, Linear, perceptron_loss
        >>> model = Linear(np.array([1.0, 1.0]), -1.0)
        >>> data = Dataset(np.array([[0.5, 0.2], [0.9, 0.7]]), np.array([1.0, 1.0]))
        >>> round(float(full_loss(model, data, perceptron_loss)), 6)
        0.3
    """
    return np.sum(_losses(params, data, point_loss))


def mean_loss(params: Scorer, data: Dataset, point_loss: PointLoss = logistic_loss) -> Scalar:
    """Average the point losses over a data set.

    Unlike the sum, the mean does not change with the number of points, nor does the step size.

    Args:
        params: The model: a tree that maps points of shape `(n, d)` to scores `(n,)`.
        data: Points `x` of shape `(n, d)` and labels or targets `y` of shape `(n,)`.
        point_loss: The loss of each point, a function of scores and labels.

    Returns:
        A scalar.

    Raises:
        TypeError: If `point_loss` does not take scores and labels.
        ValueError: If the point loss refuses the labels, or the scores have another shape.

    Example:
        >>> from miniml import Dataset, Linear, perceptron_loss
        >>> model = Linear(np.array([1.0, 1.0]), -1.0)
        >>> data = Dataset(np.array([[0.5, 0.2], [0.9, 0.7]]), np.array([1.0, 1.0]))
        >>> round(float(mean_loss(model, data, perceptron_loss)), 6)
        0.15
    """
    return np.mean(_losses(params, data, point_loss))


def _losses(params: Scorer, data: Dataset, point_loss: PointLoss) -> Array:
    """Return the loss of each point, after a check of the shapes."""
    check_point_loss("point_loss", point_loss)
    check_scorer("the model", params)
    scores = params(data.x)
    shape, wanted = np.shape(scores), np.shape(data.y)
    of_classes = data.y.dtype.kind in "iu" and len(shape) > 1 and shape[-1] > 1
    if shape != wanted and not (of_classes and shape[:-1] == wanted):
        raise ValueError(
            f"the model returns scores of shape {shape} for points of shape {np.shape(data.x)}, but "
            f"the labels have shape {wanted}: the shapes must be equal, one score per label"
        )
    losses = point_loss(scores, data.y)
    found = np.shape(losses)
    if found != wanted and (len(shape) < 2 or found != shape[:-1]):
        raise ValueError(
            f"point_loss returns an array of shape {found} for scores of shape {shape} and labels of "
            f"shape {wanted}: it must return one number per label"
        )
    return losses


def check_point_loss(name: str, point_loss: object) -> None:
    """Refuse a ufunc of one argument: NumPy would write its results over the targets.

    Raises:
        TypeError: If `point_loss` is such a ufunc.
    """
    if isinstance(point_loss, np.ufunc) and point_loss.nin != 2:
        raise TypeError(
            f"{name} is np.{point_loss.__name__}, a function of {point_loss.nin} argument: a point "
            "loss takes predictions and targets, as miniml.squared_error does"
        )


def softmax_cross_entropy(logits: Array, labels: IntArray | Array) -> Array:
    """Compute the negative log-probability of each point's class under the softmax.

    Args:
        logits: Scores of shape `(n, classes)`; more leading axes are allowed.
        labels: Class numbers of shape `(n,)`, from 0 to `classes - 1`; or the probability of each
            class, floats of the shape of `logits`, such as smoothed labels or a teacher's output.

    Returns:
        The losses, of the shape of `logits` without its last axis.

    Raises:
        IndexError: If a label is negative, or not below `classes`.
        TypeError: If the labels are neither integers nor one float per score.
        ValueError: If there is not one integer label per row of scores.

    Example:
        >>> softmax_cross_entropy(np.zeros((1, 4)), np.array([2]))
        array([1.38629436])
        >>> softmax_cross_entropy(np.array([[2.0, 0.0]]), np.array([[0.95, 0.05]]))  # smoothed
        array([0.22692801])
    """
    logs, labels = log_softmax(logits), as_array(labels)
    kind, shape, wanted = labels.dtype.kind, np.shape(labels), np.shape(logits)
    if kind == "f" and shape == wanted:
        # A class of probability 0 may have the score -inf, and 0 * inf is NaN.
        losses: Array = -np.sum(labels * np.where(labels == 0.0, 0.0, logs), axis=-1)
        return losses
    if kind not in "iu":
        raise TypeError(
            f"the labels have dtype {labels.dtype} and shape {shape}, but class numbers are integers: "
            "use labels.astype(int); or pass the probability of each class, floats of the shape of "
            f"the scores, {wanted}"
        )
    if shape != wanted[:-1]:
        raise ValueError(
            f"the labels have shape {shape} and the scores {wanted}: class numbers must have shape "
            f"{wanted[:-1]}; for one column use labels.ravel(), for one-hot labels "
            "labels.astype(float)"
        )
    numbers: Any = labels
    if labels.dtype.kind == "i":
        refuse_negative(labels)
        # The check sees neither later batches nor computed labels; NumPy would count from the end.
        numbers = np.where(labels < 0, labels - np.shape(logits)[-1], labels)
    chosen = np.take_along_axis(logs, numbers[..., None], axis=-1)
    return -chosen[..., 0]
