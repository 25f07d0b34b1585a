"""Point losses: of predictions and targets, elementwise, in plain NumPy, stable for large numbers.

The names, arguments and values are Optax's where it has them. All of them refuse shapes that NumPy
would broadcast: `(n, 1)` against `(n,)` is `(n, n)`, whose mean is another loss.

The losses of classification take scores and labels -1 and +1. They are functions of the negated
margin `z = -y * m(x)`, which training decreases. The others take any targets.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from miniml.datasets.labels import refuse_zeros
from miniml.nn.activations import relu, sigmoid
from miniml.types import Array
from miniml.validation import POSITIVE

PointLoss: TypeAlias = Callable[[Array, Array], Array]
"""A function of predictions and targets of one shape, elementwise."""


def negated_margins(scores: Array, labels: Array) -> Array:
    """Return `-labels * scores`: positive for points whose score has the wrong sign.

    Args:
        scores: Scores, of any shape.
        labels: Labels -1 and +1, of the same shape.

    Returns:
        An array of the shape of `scores`.

    Raises:
        ValueError: If the labels are 0 and 1, or the shapes differ.

    Example:
        >>> negated_margins(np.array([2.0, 3.0]), np.array([1.0, -1.0]))
        array([-2.,  3.])
    """
    refuse_zeros(labels)
    _check_shapes(scores, labels, "scores", "labels")
    margins: Array = -labels * scores
    return margins


def perceptron_loss(scores: Array, labels: Array) -> Array:
    """Compute `max(-labels * scores, 0)`: how far a wrong point is from the separator.

    It is the first point loss of the lecture, `relu` of the negated margin.

    Args:
        scores: Scores, of any shape.
        labels: Labels -1 and +1, of the same shape.

    Returns:
        An array of the shape of `scores`. The derivative at 0 is 0, as in PyTorch.

    Raises:
        ValueError: If the labels are 0 and 1, or the shapes differ.

    Example:
        >>> perceptron_loss(np.array([2.0, -2.0]), np.array([1.0, 1.0]))
        array([0., 2.])
    """
    return relu(negated_margins(scores, labels))


def sigmoid_loss(scores: Array, labels: Array) -> Array:
    """Compute `sigmoid(-labels * scores)`: a smooth count of the wrong points.

    It is not the negative log-likelihood, which is `logistic_loss`.

    Args:
        scores: Scores, of any shape.
        labels: Labels -1 and +1, of the same shape.

    Returns:
        An array of the shape of `scores`, between 0 and 1.

    Raises:
        ValueError: If the labels are 0 and 1, or the shapes differ.

    Example:
        >>> sigmoid_loss(np.array([1000.0, 0.0]), np.array([-1.0, 1.0]))
        array([1. , 0.5])
    """
    return sigmoid(negated_margins(scores, labels))


def logistic_loss(scores: Array, labels: Array) -> Array:
    """Compute `log(1 + exp(-labels * scores))`, the negative log-likelihood of the labels.

    It is `-log_sigmoid(labels * scores)`, the smooth form of `perceptron_loss`; for labels 0 and 1
    Optax calls it `sigmoid_binary_cross_entropy`.

    Args:
        scores: Scores, of any shape: the log-odds of label +1.
        labels: Labels -1 and +1, of the same shape.

    Returns:
        An array of the shape of `scores`.

    Raises:
        ValueError: If the labels are 0 and 1, or the shapes differ.

    Example:
        >>> logistic_loss(np.array([1000.0, 0.0, -1000.0]), np.ones(3))
        array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    losses: Array = np.logaddexp(0.0, negated_margins(scores, labels))
    return losses


def hinge_loss(scores: Array, labels: Array) -> Array:
    """Compute the point loss of the support vector machine, `max(1 - labels * scores, 0)`.

    It is zero from a margin of 1 on.

    Args:
        scores: Scores, of any shape.
        labels: Labels -1 and +1, of the same shape.

    Returns:
        An array of the shape of `scores`.

    Raises:
        ValueError: If the labels are 0 and 1, or the shapes differ.

    Example:
        >>> hinge_loss(np.array([2.0, 0.0, -1.0]), np.ones(3))
        array([0., 1., 2.])
    """
    losses: Array = np.maximum(1.0 + negated_margins(scores, labels), 0.0)
    return losses


def squared_error(predictions: Array, targets: Array) -> Array:
    """Compute `(predictions - targets)**2`, not halved.

    Args:
        predictions: Predictions, of any shape.
        targets: Targets, of the same shape.

    Returns:
        An array of the shape of `predictions`.

    Raises:
        ValueError: If the shapes differ.

    Example:
        >>> squared_error(np.array([1.0, 3.0]), np.array([1.0, 5.0]))
        array([0., 4.])
    """
    return np.square(_errors(predictions, targets))


def absolute_error(predictions: Array, targets: Array) -> Array:
    """Compute `abs(predictions - targets)`.

    Args:
        predictions: Predictions, of any shape.
        targets: Targets, of the same shape.

    Returns:
        An array of the shape of `predictions`. The derivative at 0 is 0.

    Raises:
        ValueError: If the shapes differ.

    Example:
        >>> absolute_error(np.array([1.0, 3.0]), np.array([1.0, 5.0]))
        array([0., 2.])
    """
    losses: Array = np.abs(_errors(predictions, targets))
    return losses


def huber_loss(predictions: Array, targets: Array, delta: float = 1.0) -> Array:
    """Compute half the squared error near the target, and go on in straight lines.

    For an error `e` it is `e**2 / 2` up to `abs(e) == delta`, and `delta * (abs(e) - delta / 2)`
    beyond, so that outliers have a bounded gradient (Huber 1964).

    Args:
        predictions: Predictions, of any shape.
        targets: Targets, of the same shape.
        delta: The absolute error, above 0, at which the lines begin.

    Returns:
        An array of the shape of `predictions`.

    Raises:
        ValueError: If the shapes differ, or `delta` is not above 0.

    Example:
        >>> huber_loss(np.array([0.5, 3.0]), np.zeros(2))
        array([0.125, 2.5  ])
    """
    POSITIVE.check("delta", delta)
    error = _errors(predictions, targets)
    near = np.clip(error, -delta, delta)  # by abs(error) the second derivative at 0 would be 0
    losses: Array = near * (error - 0.5 * near)
    return losses


def log_cosh(predictions: Array, targets: Array) -> Array:
    """Compute `log(cosh(predictions - targets))`: a smooth form of the absolute error.

    For small errors it is about half the squared error, for large ones `abs(e) - log(2)`.

    Args:
        predictions: Predictions, of any shape.
        targets: Targets, of the same shape.

    Returns:
        An array of the shape of `predictions`, to the precision of its dtype also near 0.

    Raises:
        ValueError: If the shapes differ.

    Example:
        >>> log_cosh(np.array([1e-6, 1000.0]), np.zeros(2))
        array([5.00000000e-13, 9.99306853e+02])
    """
    error = _errors(predictions, targets)
    # Near 0 the difference of the other form cancels: cosh(e) = 1 + 2 sinh(e / 2)**2.
    small = np.log1p(2.0 * np.square(np.sinh(0.5 * np.clip(error, -1.0, 1.0))))
    size = np.abs(error)
    large = size + (np.log1p(np.exp(-2.0 * size)) - math.log(2.0))
    losses: Array = np.where(size < 1.0, small, large)
    return losses


def _errors(predictions: Array, targets: Array) -> Array:
    """Return predictions minus targets, after a check of the shapes; integers become floats."""
    _check_shapes(predictions, targets, "predictions", "targets")
    if all(
        getattr(values, "dtype", np.dtype(float)).kind in "iub" for values in (predictions, targets)
    ):
        targets = 1.0 * targets  # unsigned integers have no negative differences
    errors: Array = np.subtract(predictions, targets)
    return errors


def _check_shapes(predictions: Array, targets: Array, *names: str) -> None:
    """Raise a ValueError unless there is one target a prediction."""
    shape, wanted = np.shape(predictions), np.shape(targets)
    if shape != wanted:
        one, other = names
        same = np.size(predictions) == np.size(targets)
        hint = f": write {one}.reshape({wanted}) if they are in the same order" if same else ""
        raise ValueError(
            f"the {one} have shape {shape} and the {other} {wanted}, which must be equal{hint}"
        )


POINT_LOSSES: Mapping[str, PointLoss] = MappingProxyType(
    {
        "perceptron_loss": perceptron_loss,
        "sigmoid_loss": sigmoid_loss,
        "logistic_loss": logistic_loss,
        "hinge_loss": hinge_loss,
        "squared_error": squared_error,
    }
)
"""The point losses of two classes by name, for command lines and menus."""

MARGIN_LOSSES: frozenset[PointLoss] = frozenset(
    {perceptron_loss, sigmoid_loss, logistic_loss, hinge_loss}
)
"""The losses of labels -1 and +1, which are wrong for other targets."""

FORMER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "relu": "perceptron_loss",
        "sigmoid": "sigmoid_loss",
        "logistic": "logistic_loss",
        "hinge": "hinge_loss",
        "squared": "squared_error",
    }
)
"""The names of point losses in earlier versions, when they were functions of negated margins."""


def unknown_name(module: str, name: str) -> AttributeError:
    """Return the error of a name that a module does not have; it names what a former name is now."""
    if name not in FORMER_NAMES:
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    now = FORMER_NAMES[name]
    return AttributeError(
        f"{module}.{name} was a function of negated margins; it is now {module}.{now}, a function of "
        f"predictions and targets: write {now}(scores, labels) for {name}(-labels * scores)"
    )
