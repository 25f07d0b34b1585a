"""How sure a metric is: standard errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml.tree import model


@model
class Estimate:
    """A number with its standard error.

    Attributes:
        value: The number.
        error: The standard deviation it would have over data sets of this size.
    """

    value: float
    error: float


def mean_estimate(values: ArrayLike) -> Estimate:
    """Give a mean with its standard error, as of the point losses, or of which points are right.

    Args:
        values: One number a point, `(n,)`.

    Returns:
        The mean, and the standard deviation over the root of n; NaN for a single point.

    Raises:
        ValueError: If there are no values, or they are no list.

    Example:
        >>> right = np.array([-1, 1, 1, 1]) == np.array([-1, 1, 1, -1])
        >>> mean_estimate(right)
        Estimate(value=0.75, error=0.25)
    """
    numbers: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or not numbers.size:
        raise ValueError(
            f"the values have shape {numbers.shape}: they must be (n,), with at least one point"
        )
    spread = numbers.std(ddof=1) if len(numbers) > 1 else np.nan
    return Estimate(float(numbers.mean()), float(spread / np.sqrt(len(numbers))))


def share_interval(hits: ArrayLike) -> tuple[float, float]:
    """Give an interval for a share, such as the accuracy, that holds it in 95 % of data sets.

    It is Wilson's (1927): unlike two standard errors to either side it stays within 0 and 1, and
    of 20 right points in 20 it does not say that the model is never wrong.

    Args:
        hits: Whether each point counts, as whether it is right, `(n,)`.

    Returns:
        The lower and the upper end.

    Raises:
        ValueError: If there are no points, they are no list, or one is neither True nor False.

    Example:
        >>> [round(end, 3) for end in share_interval([True] * 20)]
        [0.839, 1.0]
    """
    if not np.isin(np.asarray(hits), (False, True)).all():
        raise ValueError("a share is of what counts or does not: all hits must be True or False")
    share, points = mean_estimate(hits).value, np.size(hits)
    squared = 1.959963984540054**2 / points  # the normal distribution's 97.5 % point
    middle = (share + squared / 2.0) / (1.0 + squared)
    reach = np.sqrt(squared * (share * (1.0 - share) + squared / 4.0)) / (1.0 + squared)
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def bootstrap(
    metric: Callable[..., float], *arrays: ArrayLike, samples: int = 1000, seed: int = 0
) -> Estimate:
    """Give any metric with its standard error, by drawing points again (Efron 1979).

    Args:
        metric: A function of the arrays.
        arrays: Labels, predictions and whatever else the metric takes; their first axis, the
            points, is the same.
        samples: How many data sets to draw.
        seed: The seed of the draws.

    Returns:
        The metric of the data as given, and its standard deviation over the drawn data sets.

    Raises:
        ValueError: If fewer than two samples are asked for, the arrays differ in length, or a data
            set that was drawn cannot be measured, as one of a single class by `roc_auc`.

    Example:
        >>> from miniml.metrics import f1
        >>> y = np.array([-1, 1, 1, 1] * 25)
        >>> predicted = np.array([-1, 1, 1, -1] * 25)
        >>> estimate = bootstrap(f1, y, predicted)
        >>> round(estimate.value, 3), round(estimate.error, 3)
        (0.8, 0.04)
    """
    if samples < 2:
        raise ValueError(f"{samples} samples were asked for: a spread needs at least two")
    columns: list[NDArray[Any]] = [np.asarray(array) for array in arrays]
    shapes = [column.shape for column in columns]
    if len({shape[:1] for shape in shapes} - {()}) != 1 or () in shapes or not shapes[0][0]:
        raise ValueError(f"the arrays have shapes {shapes}: their first axis must be the points")
    rng = np.random.default_rng(seed)
    points = len(columns[0])
    value, draws = metric(*columns), list[float]()
    for _ in range(samples):
        rows = rng.integers(points, size=points)
        try:
            draws.append(metric(*(column[rows] for column in columns)))
        except ValueError as error:
            raise ValueError(
                f"of the {points:,} points a data set was drawn that cannot be measured: {error}; "
                "there are too few, as of a class, for a bootstrap"
            ) from error
    return Estimate(value, float(np.std(draws, ddof=1)))
