"""Labels are -1 and +1: those that are 0 and 1 are refused."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml.program import check_input

MEND = "the two classes are -1 and +1 here: of labels 0 and 1 make 2 * y - 1"


def refuse_zeros(y: Any) -> None:
    """Refuse labels of which 0 is the lowest: the margin of a point of class 0 would be 0.

    Traced labels are checked when the program is made, and when a run of training begins.

    Raises:
        ValueError: If 0 is the lowest label, or they are truth values.
    """
    if getattr(y, "dtype", None) == np.bool_:
        raise ValueError("the labels are True and False; make -1 and +1: np.where(y, 1.0, -1.0)")
    check_input(y, _refuse_zeros)


def _refuse_zeros(labels: NDArray[Any]) -> None:
    if labels.size and labels.dtype.kind in "biuf" and labels.min() == 0:
        count = np.count_nonzero(labels == 0)
        raise ValueError(f"{count:,} of the {labels.size:,} labels are 0; {MEND}")
