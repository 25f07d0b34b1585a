"""The points of a session: training and test points, their columns and classes."""

from functools import cached_property
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.datasets import Dataset
from miniml.types import Array

MOST: Final = 5000
"""The most points of a page."""


@attrs.frozen(eq=False)
class Points:
    """Labelled points in two classes, some of them held back as test points.

    Attributes:
        x: The points, of shape `(n, d)`.
        y: Their labels, -1.0 or +1.0, of shape `(n,)`.
        held: True for the test points, of shape `(n,)`.
        features: The names of the d columns.
        classes: The names of the classes -1 and +1.
    """

    x: Array
    y: Array
    held: NDArray[np.bool_]
    features: tuple[str, ...]
    classes: tuple[str, str] = ("−1", "+1")

    @cached_property
    def train(self) -> Dataset:
        """The training points."""
        return Dataset(self.x[~self.held], self.y[~self.held])

    @cached_property
    def test(self) -> Dataset:
        """The test points, if any."""
        return Dataset(self.x[self.held], self.y[self.held])

    def add(self, x: Array, label: float) -> "Points":
        """Return these points with one more training point, `x` of shape `(d,)`."""
        return Points(
            np.concatenate([self.x, x[None].astype(self.x.dtype)]),
            np.append(self.y, label).astype(self.y.dtype),
            np.append(self.held, False),
            self.features,
            self.classes,
        )

    def remove(self, row: int) -> "Points":
        """Return these points without one."""
        kept = np.arange(len(self.y)) != row
        return Points(self.x[kept], self.y[kept], self.held[kept], self.features, self.classes)


def hold_back(
    data: Dataset,
    train_share: float,
    seed: int,
    features: tuple[str, ...] | None = None,
    classes: tuple[str, str] = ("−1", "+1"),
) -> Points:
    """Choose the test points: of each class the same share, but never all.

    Args:
        data: Points `(n, d)` and labels `(n,)`.
        train_share: The share of training points.
        seed: The seed of the choice.
        features: The names of the columns; x1, x2, ... if None.
        classes: The names of the two classes.

    Returns:
        The points, in the order of `data`.
    """
    rng = np.random.default_rng((seed, 1))
    held = np.zeros(len(data), np.bool_)
    for label in np.unique(data.y):
        members = rng.permutation(np.flatnonzero(data.y == label))
        # At least one point of each class is trained on.
        held[members[: min(round((1.0 - train_share) * len(members)), len(members) - 1)]] = True
    names = features or tuple(f"x{column + 1}" for column in range(data.x.shape[1]))
    return Points(data.x, data.y, held, names, classes)
