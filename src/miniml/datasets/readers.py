"""The reader of CSV files, and checks that other readers share."""

import csv
import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import attrs
import numpy as np

from miniml.datasets.csv_format import (
    CsvFormat,
    check_names,
    decode,
    find_delimiter,
    is_number,
    with_points,
)
from miniml.datasets.dataset import Dataset
from miniml.datasets.table import MISSING, DataError, Table, class_name, encode_labels
from miniml.types import Array

FilePath: TypeAlias = str | os.PathLike[str]


def read_csv(
    path: FilePath,
    target: str,
    *,
    positive: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
) -> Table:
    r"""Read a CSV file of numbers with one column of classes.

    The encoding (UTF-8, UTF-16 with its mark, Latin-1), the delimiter (comma, semicolon, tab, bar)
    and the decimal mark are recognised. If two readings are possible, the error names the argument
    that decides.

    Args:
        path: The file.
        target: The column that holds the class; every other column is a feature.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.
        header: Whether the first line holds the names of the columns. By default it does, and a
            line of numbers is refused. Without a header the names are `column_1`, `column_2`, ...
        delimiter: The character between columns.
        decimal: The decimal mark, `"."` or `","`.
        encoding: The encoding of the text, by Python's name.

    Returns:
        The table. Without `positive`, the classes are ordered as numbers if both are numbers,
        else as text; the first has the label -1.0, the second +1.0.

    Raises:
        DataError: If a value is missing or not a number, a row has a wrong length, the target
            column is missing, or the classes are not valid; the message names the line. If the
            file can be read in two ways, or an argument is not valid.
        OSError: If the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "toy.csv"
        >>> _ = path.write_text("height,weight,kind\n1.8,80,cat\n1.7,60,dog\n")
        >>> table = read_csv(path, target="kind")
        >>> table.features, table.classes, table.data.y
        (('height', 'weight'), ('cat', 'dog'), array([-1.,  1.]))
        >>> _ = path.write_text("1,8;80;cat\n1,75;60;dog\n")
        >>> read_csv(path, target="column_3", header=False).data.x
        array([[ 1.8 , 80.  ],
               [ 1.75, 60.  ]])
    """
    path = Path(path)
    asked = CsvFormat(header, delimiter, decimal, encoding)
    text = decode(path.read_bytes(), path.name, encoding)
    return parse_csv(text, path.name, target, asked, positive=positive)


@attrs.frozen
class _Cells:
    """The cells of a file, in text.

    Attributes:
        name: The name of the file.
        names: The names of the columns.
        rows: The rows.
        lines: The number of the last line of each row.
    """

    name: str
    names: list[str]
    rows: list[list[str]]
    lines: list[int]


def parse_csv(
    text: str,
    name: str,
    target: str | None = None,
    asked: CsvFormat = CsvFormat(),  # noqa: B008  # immutable
    *,
    positive: str | None = None,
) -> Table:
    """Read a table from the text of a CSV file with a name; see `read_csv`.

    Without a target, it is the last column.
    """
    delimiter = asked.delimiter or find_delimiter(text, target, header=asked.header)
    rows, lines = _records(text, name, delimiter)
    _drop_empty_column(rows)
    names = column_names(len(rows[0]))
    target_name = names[-1] if target is None else target
    if asked.header is not False:
        names, rows, lines = rows[0], rows[1:], lines[1:]
        target_name = names[-1] if target is None else target
        if asked.header is None:
            at = names.index(target_name) if target_name in names else len(names) - 1
            check_names(names, {row[at] for row in rows if len(row) > at}, target_name, name)
    if not rows:
        raise DataError(f"{name} holds no data: it needs a header line and rows")
    check_header(names, name)
    cells = _Cells(name, names, rows, lines)
    _check_lengths(cells)
    if target_name not in names:
        way_out = ""
        if asked.header is None and any(map(is_number, names)):
            way_out = (
                "; if the file has no header, pass header=False (in the command: --no-header), and "
                f"the target is one of column_1 to column_{len(names)}"
            )
        raise DataError(f"{name} has no column {target_name!r}; it has {shown(names)}{way_out}")
    return _table(cells, target_name, asked.decimal, positive)


def _records(text: str, name: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Return the rows that are not empty, and the number of the last line of each."""
    rows: list[list[str]] = []
    lines: list[int] = []
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for row in reader:
            if row:
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise DataError(f"{name}, line {reader.line_num}: {error}") from None
    if not rows:
        raise DataError(f"{name} is empty: it holds no data, and needs a header line and rows")
    return rows, lines


def _drop_empty_column(rows: list[list[str]]) -> None:
    """Drop the last column if it has no name and no value: each line ends with a delimiter."""
    width = len(rows[0])
    if width > 1 and all(len(row) == width and not row[-1] for row in rows):
        for row in rows:
            del row[-1]


def _check_lengths(cells: _Cells) -> None:
    width = len(cells.names)
    for row, line in zip(cells.rows, cells.lines, strict=True):
        if len(row) != width:
            raise DataError(
                f"{cells.name}, line {line}: the row has {len(row)} values, the header {width} columns"
            )


def _table(cells: _Cells, target: str, decimal: str | None, positive: str | None) -> Table:
    name, at = cells.name, cells.names.index(target)
    features = (*cells.names[:at], *cells.names[at + 1 :])
    if not features:
        raise DataError(f"{name} has no column except {target!r}: there are no features")
    words = [row.pop(at) for row in cells.rows]
    for word, line in zip(words, cells.lines, strict=True):
        if class_name(word) is None:
            raise DataError(f"{name}, line {line}, column {target!r}: the class is missing")
    y, classes = encode_labels(words, f"column {target!r} of {name}", positive)
    x = _numbers(cells, features, decimal)
    refuse_gaps(x, name, features)
    return Table(Dataset(x, y), features, classes, Path(name).stem)


def column_names(count: int) -> list[str]:
    """Return the names of the columns of a file without a header."""
    return [f"column_{at}" for at in range(1, count + 1)]


def shown(names: Sequence[object]) -> str:
    """Return the first names of columns, for a message."""
    return ", ".join(map(str, names[:_SHOWN])) + ", ..." * (len(names) > _SHOWN)


_SHOWN = 20
"""The number of names that a message lists."""


def check_header(header: Sequence[str], name: str) -> None:
    """Refuse a header with a missing or repeated name."""
    refuse_unnamed(header, name)
    refuse_repeated(header, name)


def refuse_repeated(columns: Sequence[object], name: str) -> None:
    """Refuse two columns with the same name."""
    seen: set[object] = set()
    for column in columns:
        if column in seen:
            raise DataError(f"{name} has two columns named {column!r}: rename one")
        seen.add(column)


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


def _numbers(cells: _Cells, features: Sequence[str], decimal: str | None) -> Array:
    """Return the numbers of the features; a missing one is NaN."""
    if decimal != ",":
        try:
            return np.array([[_number(cell) for cell in row] for row in cells.rows])
        except ValueError:  # not the usual case, which is fast
            pass
    x = np.empty((len(cells.rows), len(features)))
    read = _spelling(cells, decimal)
    for row, line in enumerate(cells.rows):
        for column, cell in enumerate(line):
            try:
                x[row, column] = (
                    np.nan if cell.lower() in MISSING else _number(read.get(cell, cell))
                )
            except ValueError:
                way_out = ": if the comma is a decimal mark, pass decimal=',' (in the command: --decimal ,)"
                raise DataError(
                    f"{cells.name}, row {row + 1} (line {cells.lines[row]}), column "
                    f"{features[column]!r}: {cell!r} is not a number{way_out * is_number(cell)}"
                ) from None
    return x


def _spelling(cells: _Cells, decimal: str | None) -> dict[str, str]:
    """Return how Python writes the numbers that the file writes with a decimal comma."""
    if decimal == ".":
        return {}
    if decimal == ",":  # a point is not a decimal mark then
        return {
            cell: cell.replace(",", ".") if "." not in cell else ""
            for row in cells.rows
            for cell in row
        }
    others = {cell for row in cells.rows for cell in row if not _is_value(cell)}
    has_points = any("." in cell for row in cells.rows for cell in row)
    return {} if has_points else with_points(sorted(others), cells.name) or {}


def _is_value(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return cell.lower() in MISSING
    return True


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
