"""Preprocessing of data: a stratified split, and standardisation."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from miniml.datasets.dataset import Dataset
from miniml.datasets.frames import frame_array
from miniml.datasets.labels import is_missing
from miniml.datasets.table import DataError
from miniml.tree import model
from miniml.types import Array
from miniml.validation import check_generator

_ROWS_AT_ONCE = 1 << 16
"""The number of points read at once, since they may be on disk."""


def train_test_split(
    data: Dataset, rng: Generator, test_share: float = 0.25, *, stratify: bool = True
) -> tuple[Dataset, Dataset]:
    """Split the points at random, each class in the same proportion.

    Args:
        data: Points `(n, d)` and labels `(n,)`.
        rng: The random generator.
        test_share: The proportion of each class in the test part, between 0 and 1; it is rounded, but
            each part has at least one point of each class.
        stratify: Whether `y` holds classes; if not, the points are split as one class.

    Returns:
        The training part and the test part, each in the order of `data`.

    Raises:
        ValueError: If `test_share` is not between 0 and 1.
        DataError: If a class has only one point, or a label is missing.
        TypeError: If `rng` is not a generator.

    Example:
        >>> data = Dataset(np.arange(16.0)[:, None], np.repeat([-1.0, 1.0], [4, 12]))
        >>> train, test = train_test_split(data, np.random.default_rng(0))
        >>> test.y
        array([-1.,  1.,  1.,  1.])
    """
    check_generator(rng)
    if not 0.0 < test_share < 1.0:
        raise ValueError(f"test_share must lie between 0 and 1, got {test_share}")
    in_test = np.zeros(len(data), np.bool_)
    classes = data.y if stratify else np.zeros(len(data))
    if gaps := sum(map(is_missing, classes.tolist())):
        raise DataError(f"{gaps:,} of the {len(data):,} labels are missing")
    for label in np.unique(classes).tolist():
        members = np.flatnonzero(classes == label)
        if len(members) < 2:
            shown = f"{label:+g}" if isinstance(label, (int, float)) else repr(label)
            what = f"the class with label {shown} has" if stratify else "the data have"
            way_out = "; if y holds no classes, pass stratify=False" if stratify else ""
            raise DataError(f"{what} only one point, but both parts need one{way_out}")
        size = min(max(round(test_share * len(members)), 1), len(members) - 1)
        in_test[rng.permutation(members)[:size]] = True
    return _take(data, ~in_test), _take(data, in_test)


def _take(data: Dataset, chosen: NDArray[np.bool_]) -> Dataset:
    return Dataset(data.x[chosen], data.y[chosen])


@model
class Standardizer:
    """An affine map that gives each feature of a data set mean 0 and standard deviation 1.

    Attributes:
        mean: The means of the features, `(d,)`.
        scale: Their standard deviations, `(d,)`; 1 for a constant feature.

    Example:
        >>> x = np.array([[1.0, 7.0], [3.0, 7.0]])
        >>> Standardizer.of(x)(x)
        array([[-1.,  0.],
               [ 1.,  0.]])
    """

    mean: Array
    scale: Array

    @classmethod
    def of(cls, x: Array) -> "Standardizer":
        """Compute the map from the points of a training set.

        Args:
            x: Points of shape `(n, d)`: an array, or a DataFrame of numbers.

        Returns:
            The map that standardises these points; apply it to the test set too.

        Raises:
            DataError: If there are no points, or they are not numbers, or some are masked.

        Example:
            >>> Standardizer.of(np.array([[1.0], [3.0]])).mean
            array([2.])
        """
        if np.ma.is_masked(x):
            raise DataError("some of the points are masked, but a model ignores masks: fill them")
        x = frame_array(x, "the points") if hasattr(x, "columns") else np.asarray(x)
        if not x.size:
            raise DataError(f"the data hold no points: their shape is {x.shape}")
        if x.dtype.kind not in "biuf":  # NumPy would convert dates and text
            raise DataError(
                f"the points have dtype {x.dtype}, not numbers: convert them to numbers"
            )
        if x.dtype.kind != "f":
            x = x.astype(np.float64)
        # In float32 the sum over a million points is wrong in its second digit.
        mean: Array = x.mean(axis=0, dtype=np.float64)
        squares = sum(
            np.square(x[lo : lo + _ROWS_AT_ONCE] - mean).sum(axis=0)
            for lo in range(0, len(x), _ROWS_AT_ONCE)
        )
        scale: Array = np.sqrt(squares / len(x))
        # The deviation of a constant column is a rounding error.
        constant = scale <= 10 * np.finfo(x.dtype).eps * np.abs(mean)
        return cls(mean.astype(x.dtype), np.where(constant, 1.0, scale).astype(x.dtype))

    def __call__(self, x: Array) -> Array:
        """Map points `(n, d)` to standardised points `(n, d)`."""
        return (x - self.mean) / self.scale
