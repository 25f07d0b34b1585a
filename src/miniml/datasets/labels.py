"""Checks of labels: missing ones, and those that a loss cannot use."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml.program import check_input

LABELS_HINT = "the two classes are -1 and +1: convert labels 0 and 1 by 2.0 * y - 1.0"


def is_missing(label: Any) -> bool:
    """Return whether a label is missing: None, NaN, or the missing value of a DataFrame."""
    try:
        return label is None or bool(label != label)  # noqa: PLR0124 - NaN
    except TypeError:  # comparisons with pandas.NA have no truth value
        return True


def refuse_zeros(y: Any) -> None:
    """Refuse labels whose minimum is 0: the margin of a point of class 0 would be 0.

    Traced labels are checked when the program is built, and when a training run starts.

    Raises:
        ValueError: If the lowest label is 0, or the dtype is bool or unsigned.
    """
    dtype = getattr(y, "dtype", None)
    if dtype == np.bool_:
        raise ValueError(
            "the labels are True and False: convert them to -1 and +1 by np.where(y, 1.0, -1.0)"
        )
    if getattr(dtype, "kind", "") == "u":  # the negative of such a label wraps around
        raise ValueError(f"the labels have dtype {dtype}, which has no -1; {LABELS_HINT}")
    check_input(y, _refuse_zeros)


def _refuse_zeros(labels: NDArray[Any]) -> None:
    if labels.size and labels.dtype.kind in "if" and labels.min() == 0:
        count = np.count_nonzero(labels == 0)
        raise ValueError(f"{count:,} of the {labels.size:,} labels are 0; {LABELS_HINT}")


def refuse_negative(labels: Any) -> None:
    """Refuse negative class numbers: NumPy would count them from the last class.

    Traced labels are checked when the program is built, and when a training run starts.

    Raises:
        IndexError: If a label is negative.
    """
    check_input(labels, _refuse_negative)


def _refuse_negative(labels: NDArray[Any]) -> None:
    if labels.size and labels.min() < 0:
        count = np.count_nonzero(labels < 0)
        raise IndexError(
            f"{count:,} of the {labels.size:,} labels are negative, down to {labels.min()}, but "
            "classes are numbered from 0: convert labels -1 and +1 by (y > 0).astype(int); to leave "
            "a point out, give it any class and the weight 0"
        )
