"""Metrics of scores as a ranking of the points."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml.metrics.checks import check_binary
from miniml.metrics.estimates import Estimate
from miniml.types import Array


def roc_auc(y: ArrayLike, scores: ArrayLike) -> float:
    """Compute the area under the ROC curve.

    It is the probability that a positive point scores above a negative one; a tie counts half
    (Mann and Whitney 1947).

    Args:
        y: The labels, `(n,)`, -1 or +1, with both present.
        scores: The scores, `(n,)`; infinities are allowed.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If all labels are equal, or a score is NaN.

    Example:
        >>> roc_auc([-1, -1, 1, 1], [0.1, 0.4, 0.35, 0.8])
        0.75
    """
    return roc_auc_estimate(y, scores).value


def roc_auc_estimate(y: ArrayLike, scores: ArrayLike) -> Estimate:
    """Compute the area under the ROC curve with its standard error (DeLong et al. 1988).

    Args:
        y: The labels, `(n,)`, -1 or +1, with both present.
        scores: The scores, `(n,)`.

    Returns:
        The area and its standard error; the error is NaN if a label has fewer than two points.

    Raises:
        ValueError: If all labels are equal, or a score is NaN.

    Example:
        >>> roc_auc_estimate([-1, -1, 1, 1], [0.1, 0.4, 0.35, 0.8])
        Estimate(value=0.75, error=0.3535533905932738)
    """
    positive, scores = check_binary(y, scores)
    ups, downs = scores[positive], scores[~positive]
    if not len(ups) or not len(downs):
        raise ValueError("an ROC curve needs points of both labels, but all have the same")
    # The number of negatives that a positive point beats is its rank among all points minus its
    # rank among the positives (Sun and Xu 2014).
    ranks = _ranks(scores)
    wins_up = (ranks[positive] - _ranks(ups)) / len(downs)
    wins_down = 1.0 - (ranks[~positive] - _ranks(downs)) / len(ups)
    variance = sum(
        wins.var(ddof=1) / len(wins) if len(wins) > 1 else np.nan for wins in (wins_up, wins_down)
    )
    return Estimate(float(wins_up.mean()), float(np.sqrt(variance)))


def _ranks(scores: Array) -> NDArray[np.float64]:
    """Return the ranks from 1; tied scores have their mean rank."""
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2.0)[group]
    return ranks
