"""Labels are -1 and +1: what catches those that are 0 and 1."""

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


def refuse_words_beside_numbers(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse labels of which one list holds words, and the other numbers: none is right.

    Raises:
        ValueError: If that is how they are.
    """
    kinds = ["words" if some.dtype.kind in "US" else "numbers" for some in (y, predicted)]
    if kinds[0] != kinds[1]:
        raise ValueError(f"the labels are {kinds[0]}, and the predictions {kinds[1]}")


def refuse_two_conventions(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse labels 0 and 1 beside predictions -1 and +1, or the other way round.

    Raises:
        ValueError: If that is how they are.
    """
    sets = [set(np.unique(some).tolist()) for some in (y, predicted)]
    if sets in ([{0, 1}, {-1, 1}], [{-1, 1}, {0, 1}]):
        names = ("labels", "predictions") if sets[0] == {0, 1} else ("predictions", "labels")
        raise ValueError(f"the {names[0]} are 0 and 1, and the {names[1]} -1 and +1; {MEND}")


def refuse_scores(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse predictions that are fractions beside whole labels: they are scores.

    Raises:
        ValueError: If some are.
    """
    if predicted.dtype.kind != "f" or y.dtype.kind not in "biuf":
        return
    if y.dtype.kind == "f" and (y != np.floor(y)).any():
        return
    fractions = predicted[predicted != np.floor(predicted)]
    if fractions.size:
        raise ValueError(
            f"{fractions.size:,} of the {predicted.size:,} predictions are no labels, such as "
            f"{fractions[0]:.4g}: of scores make labels first, np.where(scores > 0, 1, -1)"
        )
