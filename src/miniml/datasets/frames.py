"""Tables from DataFrames of pandas and polars, and from Parquet files."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml._distribution import install_hint
from miniml.datasets.dataset import Dataset
from miniml.datasets.readers import FilePath, refuse_gaps, refuse_repeated, refuse_unnamed, shown
from miniml.datasets.table import DataError, Table, class_name, encode_labels
from miniml.types import Array


def from_frame(
    frame: Any, target: str, name: str = "frame", *, positive: str | None = None
) -> Table:
    """Convert a DataFrame of pandas or polars to a table.

    Args:
        frame: Columns of numbers, and one column of classes.
        target: The column that holds the class; every other column is a feature.
        name: The name of the data, for titles.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.

    Returns:
        The table, its points in float64. The classes are ordered as in `read_csv`.

    Raises:
        DataError: If a value is missing or not a number, the target column is missing, or the
            classes are not valid.
        TypeError: If `frame` is not a DataFrame.

    Example:
        >>> import polars
        >>> frame = polars.DataFrame({"height": [1.8, 1.7], "kind": ["cat", "dog"]})
        >>> from_frame(frame, "kind").data.y
        array([-1.,  1.])
    """
    if not all(hasattr(frame, part) for part in ("to_numpy", "columns")):
        raise TypeError(
            f"the frame is of type {type(frame).__name__}: it must be a DataFrame of pandas or "
            "polars; collect a LazyFrame first"
        )
    features = feature_columns(list(frame.columns), target, name)
    x = frame_points(frame[list(features)], features, name)
    words = class_names(frame[target].to_list(), target, name)
    y, classes = encode_labels(words, f"column {target!r} of {name}", positive)
    return Table(Dataset(x, y), features, classes, name)


def read_parquet(path: FilePath, target: str, *, positive: str | None = None) -> Table:
    """Read a Parquet file of numbers with one column of classes.

    Args:
        path: The file.
        target: The column that holds the class; every other column is a feature.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.

    Returns:
        The table, as from `from_frame`.

    Raises:
        DataError: As for `from_frame`, or if the file is not a Parquet file.
        ImportError: If polars is not installed.
        OSError: If the file cannot be read.
    """
    pl, path = import_polars(), Path(path)
    with polars_errors(f"{path.name} is not a Parquet file"):
        frame = pl.read_parquet(path, glob=False)  # brackets in a name are not a pattern
    return from_frame(frame, target, path.stem, positive=positive)


@contextmanager
def polars_errors(complaint: str) -> Generator[None]:
    """Turn what polars raises for a damaged file into a `DataError`."""
    errors = import_polars().exceptions
    try:
        yield
    except (errors.PolarsError, errors.PanicException) as error:  # a panic is not an Exception
        said = str(error).partition("\n")[0]
        if re.search(r"`\S*\d,\d", said):
            said += "; if the comma is a decimal mark, pass decimal=','"
        raise DataError(f"{complaint}: {said}") from error


def import_polars() -> Any:
    """Return the library; raise ImportError with the command that installs it."""
    try:
        import polars as pl  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise ImportError(f"Parquet and large files need polars: {install_hint('io')}") from error
    return pl


def feature_columns(columns: list[str], target: str, name: str) -> tuple[str, ...]:
    """Return the names of the features: all columns except the target."""
    if target not in columns:
        raise DataError(f"{name} has no column {target!r}; it has {shown(columns)}")
    refuse_repeated(columns, name)
    refuse_unnamed(columns, name)
    if len(columns) == 1:
        raise DataError(f"{name} has no column except {target!r}: there are no features")
    return tuple(column for column in columns if column != target)


def frame_points(frame: Any, features: tuple[str, ...], name: str, first: int = 0) -> Array:
    """Return the points of a frame in float64; refuse missing values. Rows count from `first`."""
    x: Array = frame_array(frame, name).astype(np.float64)
    refuse_gaps(x, name, features, first)
    return x


def frame_array(frame: Any, name: str) -> NDArray[Any]:
    """Return the rows of a frame, `(n, d)`, in the common dtype of its columns."""
    whole: NDArray[Any] = frame.to_numpy()
    if whole.dtype.kind in "biuf" and not any(map(_is_not_number, frame.dtypes)):
        return whole
    refuse_repeated(list(frame.columns), name)
    columns: list[NDArray[Any]] = [frame[column].to_numpy() for column in frame.columns]
    for column, values in zip(frame.columns, columns, strict=True):
        if values.dtype.kind not in "biuf" or _is_not_number(frame[column].dtype):
            raise DataError(
                f"{name}: column {column!r} has dtype {frame[column].dtype}, not numbers: convert it "
                "to numbers, or drop it"
            )
    return np.column_stack(columns)


def class_names(values: list[Any], target: str, name: str, first: int = 0) -> list[str]:
    """Return the classes as text; refuse missing ones. Rows count from `first`."""
    words: list[str] = []
    for row, value in enumerate(values, start=first + 1):
        word = class_name(value)
        if word is None:
            raise DataError(f"{name}, row {row}, column {target!r}: the class is missing")
        words.append(word)
    return words


def _is_not_number(dtype: Any) -> bool:
    """Return whether a column of polars has a nested dtype, dates or times.

    Beside a column of numbers, polars converts dates to days since 1970, times to microseconds.
    """
    return hasattr(dtype, "is_nested") and bool(dtype.is_nested() or dtype.is_temporal())
