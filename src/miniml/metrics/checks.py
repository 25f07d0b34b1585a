"""What every metric checks of its arguments."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml.labels import (
    MEND,
    refuse_scores,
    refuse_two_conventions,
    refuse_words_beside_numbers,
)
from miniml.types import Array


def same_length(y: ArrayLike, other: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays; a ValueError if they are not two equally long, non-empty lists."""
    y, other = np.asarray(y), np.asarray(other)
    if y.ndim != 1 or y.shape != other.shape or not y.size:
        raise ValueError(
            f"the labels have shape {y.shape} and the predictions {other.shape}: "
            "both must be (n,), with at least one point"
        )
    return y, other


def labels(y: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays; a ValueError if they are not labels of one kind."""
    y, predicted = same_length(y, predicted)
    refuse_words_beside_numbers(y, predicted)
    refuse_two_conventions(y, predicted)
    refuse_scores(y, predicted)
    return y, predicted


def binary(y: ArrayLike, numbers: ArrayLike) -> tuple[NDArray[np.bool_], Array]:
    """Return which points are positive, and the numbers; a ValueError unless y is -1 and +1."""
    y, numbers = same_length(y, numbers)
    if strangers := np.setdiff1d(y, [-1, 1]).tolist():
        raise ValueError(f"the labels {strangers} occur; {MEND}")
    values: Array = numbers if numbers.dtype.kind == "f" else numbers.astype(np.float64)
    if np.isnan(values).any():
        raise ValueError(f"{int(np.isnan(values).sum())} of the {len(values)} predictions are NaN")
    return y == 1, values
