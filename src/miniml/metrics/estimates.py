"""Standard errors and confidence intervals of metrics."""

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
        error: Its standard deviation over data sets of this size.
    """

    value: float
    error: float


def mean_estimate(values: ArrayLike) -> Estimate:
    """Compute a mean with its standard error, such as a mean loss or an accuracy.

    Args:
        values: One number per point, `(n,)`.

    Returns:
        The mean, and the standard deviation divided by sqrt(n); NaN for a single point.

    Raises:
        ValueError: If the values do not have shape `(n,)` with n > 0.

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
    """Compute a 95 % confidence interval of a proportion, such as an accuracy.

    It is Wilson's interval (1927). Unlike the proportion plus or minus two standard errors, it is
    within 0 and 1, and has a width above 0 if all hits are equal.

    Args:
        hits: Whether each point counts, such as whether it is right, `(n,)`.

    Returns:
        The lower and the upper bound.

    Raises:
        ValueError: If the hits do not have shape `(n,)` with n > 0, or are not booleans.

    Example:
        >>> [round(end, 3) for end in share_interval([True] * 20)]
        [0.839, 1.0]
    """
    if not np.isin(np.asarray(hits), (False, True)).all():
        raise ValueError("all hits must be True or False")
    proportion, points = mean_estimate(hits).value, np.size(hits)
    squared = 1.959963984540054**2 / points  # the 97.5 % quantile of the normal distribution
    middle = (proportion + squared / 2.0) / (1.0 + squared)
    reach = np.sqrt(squared * (proportion * (1.0 - proportion) + squared / 4.0)) / (1.0 + squared)
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def bootstrap(
    metric: Callable[..., float], *arrays: ArrayLike, samples: int = 1000, seed: int = 0
) -> Estimate:
    """Compute any metric with its standard error, by the bootstrap (Efron 1979).

    Args:
        metric: A function of the arrays.
        arrays: Labels, predictions and the other arguments of the metric; the first axis of each
            is the points.
        samples: The number of data sets to draw.
        seed: The seed of the draws.

    Returns:
        The metric of the given data, and its standard deviation over the drawn data sets.

    Raises:
        ValueError: If `samples` is less than 2, the lengths of the arrays differ, or the metric
            fails for a drawn data set, such as `roc_auc` for a single class.

    Example:
        >>> from miniml.metrics import f1
        >>> y = np.array([-1, 1, 1, 1] * 25)
        >>> predicted = np.array([-1, 1, 1, -1] * 25)
        >>> estimate = bootstrap(f1, y, predicted)
        >>> round(estimate.value, 3), round(estimate.error, 3)
        (0.8, 0.04)
    """
    if samples < 2:
        raise ValueError(f"samples is {samples}: there must be at least two")
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
                f"the metric fails for a data set drawn from the {points:,} points: {error}; there are "
                "too few points, or too few of a class"
            ) from error
    return Estimate(value, float(np.std(draws, ddof=1)))
