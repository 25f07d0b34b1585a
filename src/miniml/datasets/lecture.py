"""The lecture's six data sets: points in the unit square, in two classes.

Each takes a `numpy.random.Generator`, so that equal seeds give equal points.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from miniml.datasets.dataset import Dataset
from miniml.types import Array
from miniml.validation import check_generator

LectureSet: TypeAlias = Callable[[Generator, int], Dataset]
"""A function that draws a number of labelled points in the unit square."""


def _square(rng: Generator, points: int) -> Array:
    check_generator(rng)
    return rng.random((points, 2))


def _labelled(x: Array, positive: NDArray[np.bool_]) -> Dataset:
    return Dataset(x, np.where(positive, 1.0, -1.0))


def simple(rng: Generator, points: int = 50) -> Dataset:
    """Draw points that a vertical line separates: +1 where `x1 < 0.5`.

    Args:
        rng: The random generator.
        points: The number of points.

    Returns:
        A data set of shapes `(points, 2)` and `(points,)`.

    Example:
        >>> data = simple(np.random.default_rng(0), 4)
        >>> data.x.round(2)
        array([[0.64, 0.27],
               [0.04, 0.02],
               [0.81, 0.91],
               [0.61, 0.73]])
        >>> data.y
        array([-1.,  1., -1., -1.])
    """
    x = _square(rng, points)
    return _labelled(x, x[:, 0] < 0.5)


def diag(rng: Generator, points: int = 50) -> Dataset:
    """Draw points that a diagonal line separates: +1 where `x1 + x2 < 0.5`.

    Args:
        rng: The random generator.
        points: The number of points.

    Returns:
        A data set of shapes `(points, 2)` and `(points,)`.

    Example:
        >>> diag(np.random.default_rng(0), 4).y
        array([-1.,  1., -1., -1.])
    """
    x = _square(rng, points)
    return _labelled(x, x[:, 0] + x[:, 1] < 0.5)


def split(rng: Generator, points: int = 50) -> Dataset:
    """Draw points that two vertical lines separate: +1 where `x1 < 0.2` or `x1 > 0.8`.

    Args:
        rng: The random generator.
        points: The number of points.

    Returns:
        A data set of shapes `(points, 2)` and `(points,)`.

    Example:
        >>> split(np.random.default_rng(0), 4).y
        array([-1.,  1.,  1., -1.])
    """
    x = _square(rng, points)
    return _labelled(x, (x[:, 0] < 0.2) | (x[:, 0] > 0.8))


def xor(rng: Generator, points: int = 50) -> Dataset:
    """Draw a checkerboard of four fields: +1 where exactly one of `x1 < 0.5`, `x2 < 0.5` holds.

    Args:
        rng: The random generator.
        points: The number of points.

    Returns:
        A data set of shapes `(points, 2)` and `(points,)`.

    Example:
        >>> xor(np.random.default_rng(0), 4).y
        array([ 1., -1., -1., -1.])
    """
    x = _square(rng, points)
    return _labelled(x, (x[:, 0] < 0.5) ^ (x[:, 1] < 0.5))


def circle(rng: Generator, points: int = 50) -> Dataset:
    """Draw a disc and its surroundings: +1 where `(x1 - 0.5)**2 + (x2 - 0.5)**2 > 0.1`.

    Args:
        rng: The random generator.
        points: The number of points.

    Returns:
        A data set of shapes `(points, 2)` and `(points,)`.

    Example:
        >>> circle(np.random.default_rng(0), 4).y
        array([-1.,  1.,  1., -1.])
    """
    x = _square(rng, points)
    return _labelled(x, np.sum((x - 0.5) ** 2, axis=1) > 0.1)


def spiral(rng: Generator, points: int = 50) -> Dataset:
    """Draw two interleaved arms `r = t / 20` about the centre, a quarter turn apart.

    `t` is between 0.5 and 10 radians, drawn such that the points are uniform along the arms.

    Args:
        rng: The random generator.
        points: The number of points; half of them, rounded down, are in the arm of +1.

    Returns:
        A data set of shapes `(points, 2)` and `(points,)`.

    Example:
        >>> spiral(np.random.default_rng(0), 4).y
        array([-1., -1.,  1.,  1.])
    """
    # The length of an arm grows as t**2, so t**2 is uniform.
    check_generator(rng)
    t = np.sqrt(rng.uniform(0.5**2, 10.0**2, points))
    positive = np.arange(points) >= (points + 1) // 2
    angle = np.where(positive, t - np.pi / 2, t)
    x = 0.5 + t[:, None] / 20 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _labelled(x, positive)


LECTURE: Mapping[str, LectureSet] = MappingProxyType(
    {
        "simple": simple,
        "diag": diag,
        "split": split,
        "xor": xor,
        "circle": circle,
        "spiral": spiral,
    }
)
"""The lecture's data sets by name, for command lines and menus."""
