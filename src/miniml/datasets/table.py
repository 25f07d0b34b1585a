"""A data set with the names of its features and classes."""

import math
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import attrs
import numpy as np

from miniml.datasets.dataset import Dataset
from miniml.datasets.labels import is_missing
from miniml.types import Array

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null"})


class DataError(ValueError):
    """Data that a model cannot be trained on; the message is one sentence on one line."""

    def __init__(self, message: str) -> None:
        # Names in a file may have line breaks and codes that terminals obey.
        super().__init__(
            "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in message)
        )


def _one_name_per_column(
    table: "Table", _: "attrs.Attribute[tuple[str, ...]]", features: tuple[str, ...]
) -> None:
    if table.data.x.shape[1:] != (len(features),):
        raise ValueError(
            f"there are {len(features)} feature names for points of shape {table.data.x.shape}"
        )


@attrs.frozen(eq=False)
class Table:
    """Labelled points in two classes, with the names of the features and of the classes.

    Attributes:
        data: The points `(n, d)` and their labels `(n,)`, -1.0 or +1.0.
        features: The names of the d columns of `data.x`.
        classes: The names of the classes with the labels -1 and +1.
        name: The name of the data, for titles.

    Example:
        >>> data = Dataset(np.array([[0.5, 0.2]]), np.array([1.0]))
        >>> Table(data, ("x1", "x2"), ("blue", "red"), "toy").features
        ('x1', 'x2')
    """

    data: Dataset
    features: tuple[str, ...] = attrs.field(validator=_one_name_per_column)
    classes: tuple[str, str]
    name: str


def class_name(value: Any) -> str | None:
    """Return a class as text, None if it is missing."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return None if is_missing(value) or text.strip().lower() in MISSING else text


def encode_labels(
    values: Sequence[str], where: str, positive: str | None = None
) -> tuple[Array, tuple[str, str]]:
    """Encode classes as labels -1.0 and +1.0.

    Args:
        values: The class of each point; numbers are ordered as numbers, anything else as text.
        where: The source of the classes, for error messages.
        positive: The class with the label +1.0; all others have -1.0.

    Returns:
        The labels, of shape `(n,)`, and the classes with the labels -1.0 and +1.0.

    Raises:
        DataError: If there are not exactly two classes and `positive` is not given, if `positive`
            is not one of them, or if two of them are the same number.

    Example:
        >>> encode_labels(["benign", "malignant", "benign"], "column 'diagnosis'")
        (array([-1.,  1., -1.]), ('benign', 'malignant'))
        >>> encode_labels(["setosa", "virginica", "versicolor"], "column 'species'", "setosa")
        (array([ 1., -1., -1.]), ('not setosa', 'setosa'))
    """
    words = sorted(set(values))
    if not words:
        raise DataError(f"{where} holds no classes: there are no points")
    same: list[tuple[str, str]] = []
    with suppress(ValueError):  # not numbers: sorted as text
        words.sort(key=_number)
        same = [pair for pair in pairwise(words) if _number(pair[0]) == _number(pair[1])]
    if same:
        raise DataError(
            f"{where} holds {same[0][0]!r} and {same[0][1]!r}, which are the same number: write it one way"
        )
    if len(words) == 1:
        raise DataError(f"{where} holds only one class, {words[0]!r}: two are needed")
    shown = ", ".join(repr(word) for word in words[:5]) + (", ..." if len(words) > 5 else "")
    if positive is not None and positive not in words:
        raise DataError(f"{where} holds no class {positive!r}; it holds {shown}")
    if positive is None and len(words) > 2:
        raise DataError(
            f"{where} holds {len(words)} classes ({shown}): it must hold exactly two, or `positive` "
            "must name one of them; for real targets, or more classes, use "
            "Dataset(frame[features], frame[target])"
        )
    high = words[-1] if positive is None else positive
    others = [word for word in words if word != high]
    low = others[0] if len(others) == 1 else f"not {high}"
    return signs(values, high), (low, high)


def signs(values: Sequence[str], high: str) -> Array:
    """Return +1.0 for each value that is the class `high`, -1.0 for the others."""
    # An array of text would drop NUL at the end, and make all values as wide as the widest.
    return np.array([1.0 if value == high else -1.0 for value in values])


def _number(word: str) -> Decimal:
    """Return the number of a class, exactly: as floats, two long integers can be equal."""
    if not math.isfinite(float(word)):
        raise ValueError(word)
    try:
        return Decimal(word)
    except InvalidOperation:  # an exponent of twenty digits
        raise ValueError(word) from None
