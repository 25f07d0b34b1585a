"""Preprocessing of data: a stratified split, and standardisation."""

from collections.abc import Iterator

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
        scale: Their standard deviations, `(d,)`; 1 for a feature that is constant up to rounding:
            its values differ by at most four units of the last place of the largest.

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
        mean, scale = _moments(x)
        return cls(mean.astype(x.dtype), scale.astype(x.dtype))

    def __call__(self, x: Array) -> Array:
        """Map points `(n, d)` to standardised points `(n, d)`."""
        return (x - self.mean) / self.scale


def _moments(x: Array) -> tuple[Array, Array]:
    """Return the means and the standard deviations of the columns, 1 for a constant column.

    Each column is multiplied by a power of two, so that no square overflows or underflows, and
    shifted by its middle, so that an offset costs no digits. Sums are in float64 at least: in
    float32 the sum over a million points is wrong in its second digit.
    """
    starts = range(0, len(x), _ROWS_AT_ONCE)
    wide = np.result_type(x, np.float64)

    def pieces() -> Iterator[Array]:
        return (x[lo : lo + _ROWS_AT_ONCE].astype(wide) for lo in starts)

    low = np.min([piece.min(axis=0) for piece in pieces()], axis=0)
    high = np.max([piece.max(axis=0) for piece in pieces()], axis=0)
    # A power of two below 2**1000 exists, and so does its inverse.
    exponents = np.clip(np.frexp(np.maximum(-low, high))[1], -1000, 1000)
    unit: Array = np.ldexp(np.ones_like(low), exponents)
    middle = low / unit / 2.0 + high / unit / 2.0
    offset = sum((piece / unit - middle).sum(axis=0) for piece in pieces()) / len(x)
    mean = middle + offset
    squares = sum(np.square(piece / unit - middle - offset).sum(axis=0) for piece in pieces())
    largest = np.maximum(-low, high) / unit
    constant = high / unit - low / unit <= 4.0 * np.finfo(x.dtype).eps * largest
    scale = np.maximum(np.sqrt(squares / len(x)) * unit, np.finfo(x.dtype).smallest_subnormal)
    return mean * unit, np.where(constant, 1.0, scale)
