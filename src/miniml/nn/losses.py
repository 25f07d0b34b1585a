"""Point losses and the full loss, in plain NumPy, stable for large arguments.

Labels are -1 and +1. The *margin* of a point is `y * m(x)`: positive if the model is right.
A *point loss* is an elementwise function of the negated margin `z = -y * m(x)`, which training
decreases; the full loss is its sum over a data set.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from miniml.datasets import Dataset
from miniml.datasets.labels import refuse_negative, refuse_zeros
from miniml.nn._softmax import log_softmax
from miniml.nn.activations import relu, sigmoid
from miniml.types import Array, IntArray, Scalar

PointLoss: TypeAlias = Callable[[Array], Array]
"""An elementwise function of the negated margins."""

Scorer: TypeAlias = Callable[[Array], Array]
"""A function such as a model: it maps points `(n, d)` to scores `(n,)`."""


def logistic(z: Array) -> Array:
    """Compute the point loss `log(1 + exp(z)) = -log_sigmoid(-z)`, the smooth form of `relu`.

    Args:
        z: Negated margins, of any shape.

    Returns:
        An array of the shape and dtype of `z`.

    Example:
        >>> logistic(np.array([-1000.0, 0.0, 1000.0]))
        array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    losses: Array = np.logaddexp(0.0, z)
    return losses


def hinge(z: Array) -> Array:
    """Compute the point loss of the support vector machine, `max(1 + z, 0)`.

    It is zero from a margin of 1 on.

    Args:
        z: Negated margins, of any shape.

    Returns:
        An array of the shape and dtype of `z`.

    Example:
        >>> hinge(np.array([-2.0, 0.0, 1.0]))
        array([0., 1., 2.])
    """
    losses: Array = np.maximum(1.0 + z, 0.0)
    return losses


def squared(z: Array) -> Array:
    """Compute the point loss `(1 + z)**2`: the squared error `(m(x) - y)**2` for labels -1 and +1.

    Args:
        z: Negated margins, of any shape.

    Returns:
        An array of the shape and dtype of `z`.

    Example:
        >>> squared(np.array([-1.0, 0.0, 1.0]))
        array([0., 1., 4.])
    """
    losses: Array = np.square(1.0 + z)
    return losses


POINT_LOSSES: Mapping[str, PointLoss] = MappingProxyType(
    {
        "relu": relu,
        "sigmoid": sigmoid,
        "logistic": logistic,
        "hinge": hinge,
        "squared": squared,
    }
)
"""The point losses by name, for command lines and menus."""


def full_loss(params: Scorer, data: Dataset, point_loss: PointLoss = logistic) -> Scalar:
    """Sum the point losses `point_loss(-y * m(x))` over a data set.

    The lecture's slide negates this sum for its plot; here it is not negated, since training
    minimises it.

    Args:
        params: The model: a tree that maps points of shape `(n, d)` to scores `(n,)`.
        data: Points `x` of shape `(n, d)` and labels `y` of shape `(n,)`, -1 or +1.
        point_loss: An elementwise function of the negated margins.

    Returns:
        A scalar.

    Raises:
        ValueError: If the labels are 0 and 1, or the scores have another shape.

    Example:
        >>> from miniml import Dataset, Linear
        >>> model = Linear(np.array([1.0, 1.0]), -1.0)
        >>> data = Dataset(np.array([[0.5, 0.2], [0.9, 0.7]]), np.array([1.0, 1.0]))
        >>> round(float(full_loss(model, data, relu)), 6)
        0.3
    """
    return np.sum(point_loss(negated_margins(params, data)))


def mean_loss(params: Scorer, data: Dataset, point_loss: PointLoss = logistic) -> Scalar:
    """Average the point losses over a data set.

    Unlike the sum, the mean does not change with the number of points, nor does the step size.

    Args:
        params: The model: a tree that maps points of shape `(n, d)` to scores `(n,)`.
        data: Points `x` of shape `(n, d)` and labels `y` of shape `(n,)`, -1 or +1.
        point_loss: An elementwise function of the negated margins.

    Returns:
        A scalar.

    Raises:
        ValueError: If the labels are 0 and 1, or the scores have another shape.

    Example:
        >>> from miniml import Dataset, Linear
        >>> model = Linear(np.array([1.0, 1.0]), -1.0)
        >>> data = Dataset(np.array([[0.5, 0.2], [0.9, 0.7]]), np.array([1.0, 1.0]))
        >>> round(float(mean_loss(model, data, relu)), 6)
        0.15
    """
    return np.mean(point_loss(negated_margins(params, data)))


def negated_margins(params: Scorer, data: Dataset) -> Array:
    """Return `-y * m(x)` of each point, `(n,)`, after checks of labels and scores."""
    refuse_zeros(data.y)
    scores = params(data.x)
    shape, wanted = np.shape(scores), np.shape(data.y)
    try:
        fits = np.broadcast_shapes(shape, wanted) == wanted
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"the model returns scores of shape {shape} for points of shape {np.shape(data.x)}, but "
            f"the labels have shape {wanted}: the shapes must be equal, one score per label"
        )
    return -data.y * scores


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
    logs = log_softmax(logits)
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
