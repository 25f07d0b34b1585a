"""Metrics of predicted labels."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml.metrics.checks import check_labels, positive_masks


def accuracy(y: ArrayLike, predicted: ArrayLike) -> float:
    """Compute the proportion of points whose predicted label is right.

    Args:
        y: The labels, `(n,)`, of any kind.
        predicted: The predicted labels, `(n,)`.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If the shapes differ, there are no points, the labels are 0 and 1 but the
            predictions -1 and +1, or the predictions are scores.

    Example:
        >>> accuracy([-1, 1, 1, 1], [-1, 1, 1, -1])
        0.75
    """
    y, predicted = check_labels(y, predicted)
    return float(np.count_nonzero(y == predicted) / len(y))


def confusion(
    y: ArrayLike, predicted: ArrayLike, labels: ArrayLike | None = None
) -> NDArray[np.int64]:
    """Count the points with each label (row) and each predicted label (column).

    Args:
        y: The labels, `(n,)`.
        predicted: The predicted labels, `(n,)`.
        labels: The labels in the order of rows and columns, `(k,)`; by default all labels,
            sorted.

    Returns:
        The counts, `(k, k)`.

    Raises:
        ValueError: If a label is not in `labels`, or `labels` has one twice.

    Example:
        >>> confusion([-1, 1, 1, 1], [-1, 1, 1, -1])
        array([[1, 0],
               [1, 2]])
    """
    y, predicted = check_labels(y, predicted)
    seen: NDArray[Any] = np.unique(np.concatenate([y, predicted]))
    order: NDArray[Any] = seen if labels is None else np.asarray(labels)
    known, place = np.unique(order, return_index=True)
    if len(known) != len(order):
        raise ValueError(f"the labels {order.tolist()} contain one of them twice")
    if strangers := np.setdiff1d(seen, known).tolist():
        raise ValueError(f"the labels {strangers} are not among {order.tolist()}")
    row, column = (place[np.searchsorted(known, some)] for some in (y, predicted))
    cells = np.bincount(row * len(order) + column, minlength=len(order) ** 2)
    return cells.reshape(len(order), len(order))


def precision(y: ArrayLike, predicted: ArrayLike, positive: object = None) -> float:
    """Compute the proportion of the predicted positives that are positive.

    Args:
        y: The labels, `(n,)`.
        predicted: The predicted labels, `(n,)`.
        positive: The label that counts as positive; by default 1, if there are at most two.

    Returns:
        A number from 0 to 1; 0 if no point is predicted positive.

    Raises:
        ValueError: If `positive` is not one of the labels, or is not given for more than two; or
            as for `accuracy`.

    Example:
        >>> precision([-1, -1, 1, 1], [-1, 1, 1, 1])
        0.6666666666666666
    """
    hits, _, claimed = _hits(y, predicted, positive)
    return hits / claimed if claimed else 0.0


def recall(y: ArrayLike, predicted: ArrayLike, positive: object = None) -> float:
    """Compute the proportion of the positive points that are predicted positive.

    Args:
        y: The labels, `(n,)`.
        predicted: The predicted labels, `(n,)`.
        positive: The label that counts as positive; by default 1, if there are at most two.

    Returns:
        A number from 0 to 1; 0 if no point is positive.

    Raises:
        ValueError: If `positive` is not one of the labels, or is not given for more than two; or
            as for `accuracy`.

    Example:
        >>> recall([-1, 1, 1, 1], [-1, 1, 1, -1])
        0.6666666666666666
    """
    hits, actual, _ = _hits(y, predicted, positive)
    return hits / actual if actual else 0.0


def f1(y: ArrayLike, predicted: ArrayLike, positive: object = None) -> float:
    """Compute the harmonic mean of precision and recall.

    Args:
        y: The labels, `(n,)`.
        predicted: The predicted labels, `(n,)`.
        positive: The label that counts as positive; by default 1, if there are at most two.

    Returns:
        A number from 0 to 1; 0 if no point is positive or predicted positive.

    Raises:
        ValueError: If `positive` is not one of the labels, or is not given for more than two; or
            as for `accuracy`.

    Example:
        >>> f1([-1, -1, 1, 1], [-1, 1, 1, 1])
        0.8
    """
    hits, actual, claimed = _hits(y, predicted, positive)
    return 2 * hits / (actual + claimed) if actual + claimed else 0.0


def _hits(y: ArrayLike, predicted: ArrayLike, positive: Any) -> tuple[int, int, int]:
    """Count the true positives, the positives, and the predicted positives."""
    actual, claimed = positive_masks(*check_labels(y, predicted), positive)
    hits, positives, claims = map(np.count_nonzero, (actual & claimed, actual, claimed))
    return int(hits), int(positives), int(claims)
