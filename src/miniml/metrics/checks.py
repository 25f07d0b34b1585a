"""Checks of the arguments of metrics."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml.datasets.labels import LABELS_HINT, is_missing
from miniml.types import Array


def check_same_length(y: ArrayLike, other: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays; refuse all but two non-empty 1-d arrays of equal length."""
    y, other = np.asarray(y), np.asarray(other)
    if y.ndim != 1 or y.shape != other.shape or not y.size:
        raise ValueError(
            f"the labels have shape {y.shape} and the predictions {other.shape}: "
            "both must be (n,), with at least one point"
        )
    return y, other


def check_labels(y: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays; refuse labels of different kinds."""
    y, predicted = check_same_length(y, predicted)
    _refuse_gaps(y, predicted)
    y, predicted = _plain(y), _plain(predicted)
    _refuse_mixed_kinds(y, predicted)
    _refuse_mixed_conventions(y, predicted)
    _refuse_scores(y, predicted)
    return y, predicted


def check_binary(y: ArrayLike, numbers: ArrayLike) -> tuple[NDArray[np.bool_], Array]:
    """Return which points are positive, and the numbers; refuse labels other than -1 and +1."""
    y, numbers = check_same_length(y, numbers)
    if strangers := np.setdiff1d(y, [-1, 1]).tolist():
        shown = ", ".join(map(str, strangers[:5])) + (", ..." if len(strangers) > 5 else "")
        raise ValueError(f"the labels [{shown}] occur; {LABELS_HINT}")
    values: Array = numbers if numbers.dtype.kind == "f" else numbers.astype(np.float64)
    if np.isnan(values).any():
        raise ValueError(f"{int(np.isnan(values).sum())} of the {len(values)} predictions are NaN")
    return y == 1, values


def positive_masks(
    y: NDArray[Any], predicted: NDArray[Any], positive: object
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where each equals the positive label; refuse an ambiguous positive label."""
    seen: NDArray[Any] = np.unique(np.concatenate([y, predicted]))
    if positive is None and len(seen) > 2:
        raise ValueError(
            f"{len(seen)} labels occur, the first {seen.tolist()[:5]}: pass positive=... for one "
            "of them; for a mean over classes, average the metrics of each"
        )
    positive = 1 if positive is None else positive
    if len(seen) > 1 and positive not in seen.tolist():
        raise ValueError(
            f"no label is {positive!r}; they are {seen.tolist()[:5]}: pass positive=... for one of "
            "them"
        )
    return y == positive, predicted == positive


def _plain(labels: NDArray[Any]) -> NDArray[Any]:
    """Convert labels that are Python objects, as in DataFrames, to an array of one dtype."""
    return np.array(labels.tolist()) if labels.dtype.kind in "OT" else labels


def _refuse_gaps(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse missing labels: no prediction equals them."""
    for name, some in (("labels", y), ("predictions", predicted)):
        count = 0
        if some.dtype.kind == "f":
            count = int(np.isnan(some).sum())
        elif some.dtype.kind in "OT":
            count = sum(map(is_missing, some.tolist()))
        if count:
            raise ValueError(f"{count:,} of the {len(some):,} {name} are missing")


def _refuse_mixed_kinds(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse text beside numbers or bytes: no prediction equals a label."""
    names = {"U": "text", "S": "bytes"}
    kinds = [names.get(some.dtype.kind, "numbers") for some in (y, predicted)]
    if kinds[0] != kinds[1]:
        hint = "; convert bytes by .astype(str)" if "bytes" in kinds else ""
        raise ValueError(f"the labels are {kinds[0]}, and the predictions {kinds[1]}{hint}")


def _refuse_mixed_conventions(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse labels 0 and 1 beside predictions -1 and +1, and the reverse."""
    of_labels, of_predictions = (set(np.unique(some).tolist()) for some in (y, predicted))
    if _are_two_conventions(of_labels, of_predictions):
        raise ValueError(f"the labels are 0 and 1, and the predictions -1 and +1; {LABELS_HINT}")
    if _are_two_conventions(of_predictions, of_labels):
        raise ValueError(f"the predictions are 0 and 1, and the labels -1 and +1; {LABELS_HINT}")


def _are_two_conventions(zeros: set[Any], signs: set[Any]) -> bool:
    both = zeros == {0, 1} or signs == {-1, 1}  # a few points of three classes may be of one
    return both and 0 in zeros and -1 in signs and zeros <= {0, 1} and signs <= {-1, 1}


def _refuse_scores(y: NDArray[Any], predicted: NDArray[Any]) -> None:
    """Refuse fractions beside integer labels: they are scores."""
    if y.dtype.kind not in "biuf" or predicted.dtype.kind not in "biuf":
        return
    of_labels, of_predictions = (some[some != np.floor(some)] for some in (y, predicted))
    if of_predictions.size and not of_labels.size:
        raise ValueError(
            f"{of_predictions.size:,} of the {predicted.size:,} predictions are not labels, such as "
            f"{of_predictions[0]:.4g}: convert scores by np.where(scores > 0, 1, -1)"
        )
    if of_labels.size and not of_predictions.size:
        raise ValueError(
            f"{of_labels.size:,} of the {y.size:,} labels are fractions, such as "
            f"{of_labels[0]:.4g}, but no prediction is: pass the labels first, then the predictions"
        )
