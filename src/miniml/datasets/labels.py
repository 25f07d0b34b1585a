"""Labels: those that are missing, and those that are no class of a loss."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml.program import check_input

MEND = "the two classes are -1 and +1 here: of labels 0 and 1 make 2.0 * y - 1.0"


def is_missing(label: Any) -> bool:
    """Whether a label is none: None, NaN, or what frames write in its place."""
    try:
        return label is None or bool(label != label)  # noqa: PLR0124 - NaN
    except TypeError:  # pandas.NA equals nothing, and differs from nothing
        return True


def refuse_zeros(y: Any) -> None:
    """Refuse labels of which 0 is the lowest: the margin of a point of class 0 would be 0.

    Traced labels are checked when the program is made, and when a run of training begins.

    Raises:
        ValueError: If 0 is the lowest label, or they are truth values or of a dtype that has no
            negative numbers.
    """
    dtype = getattr(y, "dtype", None)
    if dtype == np.bool_:
        raise ValueError("the labels are True and False; make -1 and +1: np.where(y, 1.0, -1.0)")
    if getattr(dtype, "kind", "") == "u":  # minus such a label is a large one
        raise ValueError(f"the labels are of dtype {dtype}, which has no -1; {MEND}")
    check_input(y, _refuse_zeros)


def _refuse_zeros(labels: NDArray[Any]) -> None:
    if labels.size and labels.dtype.kind in "if" and labels.min() == 0:
        count = np.count_nonzero(labels == 0)
        raise ValueError(f"{count:,} of the {labels.size:,} labels are 0; {MEND}")


def refuse_negative(labels: Any) -> None:
    """Refuse numbers of classes below 0: NumPy would count them from the last class.

    Traced labels are checked when the program is made, and when a run of training begins.

    Raises:
        IndexError: If a label is negative.
    """
    check_input(labels, _refuse_negative)


def _refuse_negative(labels: NDArray[Any]) -> None:
    if labels.size and labels.min() < 0:
        count = np.count_nonzero(labels < 0)
        raise IndexError(
            f"{count:,} of the {labels.size:,} labels are negative, down to {labels.min()}, and "
            "classes are numbered from 0: of labels -1 and +1 make (y > 0).astype(int); what is to "
            "be left out takes a number from 0 on, and a weight of 0"
        )
