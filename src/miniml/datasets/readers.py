"""The reader of CSV files, and checks that other readers share."""

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from miniml.datasets.dataset import Dataset
from miniml.datasets.table import MISSING, DataError, Table, class_name, encode_labels
from miniml.types import Array

FilePath: TypeAlias = str | os.PathLike[str]


def read_csv(path: FilePath, target: str, *, positive: str | None = None) -> Table:
    r"""Read a CSV file of numbers with a header line and one column of classes.

    Args:
        path: The file: UTF-8, comma-separated, with the names of the columns in the first line.
        target: The column that holds the class; every other column is a feature.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.

    Returns:
        The table. Without `positive`, the classes are ordered as numbers if both are numbers,
        else as text; the first has the label -1.0, the second +1.0.

    Raises:
        DataError: If a value is missing or not a number, a row has a wrong length, the target
            column is missing, or the classes are not valid; the message names the line.
        OSError: If the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "toy.csv"
        >>> _ = path.write_text("height,weight,kind\n1.8,80,cat\n1.7,60,dog\n")
        >>> table = read_csv(path, target="kind")
        >>> table.features, table.classes, table.data.y
        (('height', 'weight'), ('cat', 'dog'), array([-1.,  1.]))
    """
    path = Path(path)
    # utf-8-sig: spreadsheets write a byte order mark before the first name.
    with path.open(newline="", encoding="utf-8-sig") as file:
        return parse_csv(file, path.name, target, positive=positive)


def parse_csv(text: Iterable[str], name: str, target: str, *, positive: str | None = None) -> Table:
    """Read a table from the lines of a CSV file with a name; see `read_csv`."""
    header, rows, lines = _records(text, name)
    if target not in header:
        raise DataError(f"{name} has no column {target!r}; it has {', '.join(header)}")
    at = header.index(target)
    features = (*header[:at], *header[at + 1 :])
    if not features:
        raise DataError(f"{name} has no column except {target!r}: there are no features")
    words = [row.pop(at) for row in rows]
    for word, line in zip(words, lines, strict=True):
        if class_name(word) is None:
            raise DataError(f"{name}, line {line}, column {target!r}: the class is missing")
    y, classes = encode_labels(words, f"column {target!r} of {name}", positive)
    x = _numbers(name, features, rows, lines)
    return Table(Dataset(x, y), features, classes, Path(name).stem)


def _records(text: Iterable[str], name: str) -> tuple[list[str], list[list[str]], list[int]]:
    """Return the header, the rows, and the number of the last line of each row."""
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(text, skipinitialspace=True, strict=True)
    try:
        for row in reader:
            if row:
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise DataError(f"{name}, line {reader.line_num}: {error}") from None
    except UnicodeDecodeError:
        raise DataError(f"{name} is not a UTF-8 text file") from None
    if len(rows) < 2:
        raise DataError(f"{name} holds no data: it needs a header line and rows")
    header = rows[0]
    check_header(header, name)
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(header):
            raise DataError(
                f"{name}, line {line}: the row has {len(row)} values, the "
                f"header {len(header)} columns"
            )
    return header, rows[1:], lines[1:]


def check_header(header: Sequence[str], name: str) -> None:
    """Refuse a header that is not separated by commas, or with a missing or repeated name."""
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if mark in header[0] and len(header) == 1:
            raise DataError(
                f"{name} is separated by {word}: it must have commas, and decimal points"
            )
    refuse_unnamed(header, name)
    refuse_repeated(header, name)


def refuse_repeated(columns: Sequence[object], name: str) -> None:
    """Refuse two columns with the same name."""
    for column in columns:
        if columns.count(column) > 1:
            raise DataError(f"{name} has two columns named {column!r}: rename one")


def refuse_unnamed(columns: Sequence[object], name: str) -> None:
    """Refuse a column without a name, such as the index that pandas writes."""
    for position, column in enumerate(columns, start=1):
        if _UNNAMED.fullmatch(str(column)):
            called = f" ({column!r} is a placeholder)" if column else ""
            raise DataError(
                f"{name}: column {position} has no name{called}: name it; if it is the index, drop it "
                "by to_csv(..., index=False)"
            )


_UNNAMED = re.compile(r"|Unnamed: \d+|__index_level_\d+__")
"""No name, and the placeholders of pandas in DataFrames and in Parquet files."""


def _numbers(
    name: str, features: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int]
) -> Array:
    try:
        x = np.array([[_number(cell) for cell in row] for row in rows])  # the usual case: fast
    except ValueError:
        x = np.empty((len(rows), len(features)))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                try:
                    x[row, column] = np.nan if cell.lower() in MISSING else _number(cell)
                except ValueError:
                    raise DataError(
                        f"{name}, row {row + 1} (line {lines[row]}), column {features[column]!r}: "
                        f"{cell!r} is not a number"
                    ) from None
    refuse_gaps(x, name, features)
    return x


def _number(cell: str) -> float:
    """Convert text to a number; unlike Python, refuse 1_000, as other readers do."""
    return float("_" if "_" in cell else cell)


def refuse_gaps(x: Array, name: str, features: Sequence[str], first: int = 0) -> None:
    """Refuse points that are not finite; the message names the first. Rows count from `first`."""
    gaps = np.argwhere(~np.isfinite(x))
    if len(gaps):
        row, column = gaps[0]
        values = "1 value is" if len(gaps) == 1 else f"{len(gaps)} values are"
        raise DataError(
            f"{name}: {values} missing, NaN or infinite, the first in row {first + row + 1}, "
            f"column {features[column]!r}; fill or drop them"
        )
