"""Metrics of predicted probabilities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml.metrics.checks import check_binary
from miniml.tree import model
from miniml.types import Array


def log_loss(y: ArrayLike, probability: ArrayLike) -> float:
    """Compute the mean negative logarithm of the probability of the right label.

    Args:
        y: The labels, `(n,)`, -1 or +1.
        probability: The predicted probabilities of +1, `(n,)`.

    Returns:
        A number of at least 0. Probabilities are clipped by the machine epsilon of their dtype,
        so a wrong label with probability 1 does not give infinity.

    Raises:
        ValueError: If a probability is not in [0, 1].

    Example:
        >>> round(log_loss([-1, 1], [0.1, 0.9]), 6)
        0.105361
    """
    positive, probability = _probabilities(y, probability)
    epsilon = np.finfo(probability.dtype).eps
    right = np.where(positive, probability, 1.0 - probability)
    return float(-np.mean(np.log(np.clip(right, epsilon, 1.0 - epsilon))))


@model
class Calibration:
    """Predicted probabilities and observed proportions, in bins of equal width.

    Attributes:
        predicted: The mean predicted probability of each bin, `(bins,)`; NaN if it is empty.
        observed: The proportion of positive points of each bin, `(bins,)`; NaN if it is empty.
        count: The number of points of each bin, `(bins,)`.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    count: NDArray[np.int64]

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of the two, weighted by `count`."""
        distance = np.abs(self.predicted - self.observed)
        return float(np.nansum(self.count * distance) / self.count.sum())

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """The binomial standard error of `observed`, `(bins,)`."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(self.observed * (1.0 - self.observed) / self.count)


def calibration(y: ArrayLike, probability: ArrayLike, bins: int = 10) -> Calibration:
    """Compare predicted probabilities with observed proportions.

    Args:
        y: The labels, `(n,)`, -1 or +1.
        probability: The predicted probabilities of +1, `(n,)`.
        bins: The number of bins of equal width in the unit interval.

    Returns:
        The bins.

    Raises:
        ValueError: If `bins` is less than 1, or a probability is not in [0, 1].

    Example:
        >>> calibration([-1, -1, 1, 1], [0.1, 0.3, 0.6, 0.8], bins=2)
        Calibration(predicted=array([0.2, 0.7]), observed=array([0., 1.]), count=array([2, 2]))
    """
    if bins < 1:
        raise ValueError(f"bins is {bins}: there must be at least one")
    positive, probability = _probabilities(y, probability)
    edges = np.linspace(0.0, 1.0, bins + 1)[1:-1]
    index = np.searchsorted(edges, probability)
    count = np.bincount(index, minlength=bins)
    with np.errstate(invalid="ignore"):
        predicted, observed = (
            np.bincount(index, some, minlength=bins) / count for some in (probability, positive)
        )
    return Calibration(predicted, observed, count)


def _probabilities(y: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.bool_], Array]:
    positive, values = check_binary(y, probability)
    if values.min() < 0.0 or values.max() > 1.0:
        raise ValueError(
            f"the probabilities are between {values.min()} and {values.max()}: they must be in "
            "[0, 1]; convert scores by `sigmoid`"
        )
    return positive, values
