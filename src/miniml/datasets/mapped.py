"""Tables larger than memory: memory-mapped arrays on disk."""

import json
from pathlib import Path
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from miniml.checkpoint import replacing
from miniml.datasets.csv_format import CsvFormat, check_names, find_delimiter
from miniml.datasets.dataset import Dataset
from miniml.datasets.frames import (
    class_names,
    feature_columns,
    frame_points,
    import_polars,
    polars_errors,
)
from miniml.datasets.npy import read_npy_header
from miniml.datasets.readers import FilePath, check_header, column_names
from miniml.datasets.table import DataError, Table, class_name, encode_labels, signs

_FACTS = "table.json"

_VALUES_AT_ONCE = 1 << 22
"""The number of values that are converted at once."""


def store_table(
    path: FilePath,
    folder: FilePath,
    target: str,
    *,
    positive: str | None = None,
    dtype: DTypeLike = np.float32,
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> Table:
    """Convert a CSV or Parquet file of any size to arrays on disk, in pieces.

    Args:
        path: The file, `.csv` or `.parquet`.
        folder: The folder of `x.npy`, `y.npy` and `table.json`; it is created if missing.
        target: The column that holds the class; every other column is a feature.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.
        dtype: The floating-point dtype of points and labels on disk.
        header: As for `read_csv`.
        delimiter: As for `read_csv`.
        decimal: The decimal mark of a CSV file, `"."` (the default) or `","`.

    Returns:
        The table, as from `map_table`.

    Raises:
        TypeError: If the dtype is not a floating-point dtype.
        DataError: If a value is missing, not a number, or too large for the dtype, the target
            column is missing, the classes are not valid, the file is not a CSV or Parquet file, or
            it changes while it is read.
        ImportError: If polars is not installed.
        OSError: If a file cannot be read or written.
    """
    path, folder = Path(path), Path(folder)
    if np.dtype(dtype).kind != "f":  # NumPy would truncate fractions, and wrap -1 around
        raise TypeError(
            f"dtype is {np.dtype(dtype)}: it must be a floating-point dtype, such as float32"
        )
    if path.suffix.lower() not in {".csv", ".parquet"}:
        raise DataError(f"{path.name} is neither a .csv nor a .parquet file")
    if not path.exists():
        raise FileNotFoundError(f"no such file: {path}")
    asked = CsvFormat(header, delimiter, decimal)
    with polars_errors(f"{path.name} cannot be read"):
        features, classes = _store(path, folder, target, positive, np.dtype(dtype), asked)
    facts = {"features": features, "classes": classes, "name": path.stem}
    with replacing(folder / _FACTS) as file:
        file.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return map_table(folder)


def _store(  # noqa: PLR0917
    path: Path,
    folder: Path,
    target: str,
    positive: str | None,
    dtype: np.dtype[Any],
    asked: CsvFormat,
) -> tuple[tuple[str, ...], tuple[str, str]]:
    """Write the arrays of a table; return the names of its features and classes."""
    pl, before = import_polars(), _state(path)
    is_csv = path.suffix.lower() == ".csv"
    # A name with brackets is not a pattern.
    lazy = _scan_csv(path, target, asked) if is_csv else pl.scan_parquet(path, glob=False)
    features = feature_columns(lazy.collect_schema().names(), target, path.name)
    rows = int(lazy.select(pl.len()).collect().item())
    seen = lazy.select(pl.col(target).drop_nulls().unique()).collect()[target].to_list()
    words = [word for word in map(class_name, seen) if word is not None]
    if is_csv and asked.header is None:
        check_names((target, *features), words, target, path.name)
    _, classes = encode_labels(words, f"column {target!r} of {path.name}", positive)

    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "x.npy") as x_file, replacing(folder / "y.npy") as y_file:
        x = np.lib.format.open_memmap(x_file, "w+", dtype, (rows, len(features)))
        y = np.lib.format.open_memmap(y_file, "w+", dtype, (rows,))
        start = 0
        # By default polars returns whole row groups of a Parquet file, however large.
        size = max(_VALUES_AT_ONCE // len(features), 1)
        for batch in lazy.collect_batches(maintain_order=True, chunk_size=size):
            _refuse_changed(path, before)  # the file is read again after its rows are counted
            stop = start + len(batch)
            points = frame_points(batch.select(features), features, path.name, start)
            with np.errstate(over="ignore"):  # reported below
                x[start:stop] = points
            _refuse_infinite(x[start:stop], points, path.name, features, start)
            words = class_names(batch[target].to_list(), target, path.name, start)
            y[start:stop] = signs(words, classes[1])
            start = stop
        _refuse_changed(path, before)
        x.flush()
        y.flush()
        # If the process is killed between the renames, there is no table rather than a mixed one.
        (folder / _FACTS).unlink(missing_ok=True)
    return features, classes


def _scan_csv(path: Path, target: str, asked: CsvFormat) -> Any:
    """Return the columns of a CSV file, that of the target as text; refuse a wrong header."""
    pl = import_polars()
    with path.open("rb") as file:
        line = next((line for line in iter(file.readline, b"") if line.strip()), b"")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(
            f"{path.name} is not text in UTF-8: convert it, or read it by read_csv, which also reads "
            "other encodings"
        ) from None
    options = {
        "separator": asked.delimiter or find_delimiter(text, target, header=asked.header),
        "decimal_comma": asked.decimal == ",",
        "glob": False,
    }
    plain = {"has_header": False, "infer_schema": False, "truncate_ragged_lines": True}
    cells = pl.scan_csv(path, **options | plain).head(1).collect().row(0)
    # The names are given: polars renames the second of two, and versions of it count from 0 or 1.
    names = ["" if cell is None else cell.strip() for cell in cells]
    if asked.header is False:
        names = column_names(len(cells))
    check_header(names, path.name)
    # The dtypes too: polars would infer them from the first rows.
    schema = {name: pl.String if name == target else pl.Float64 for name in names}
    lazy = pl.scan_csv(path, has_header=asked.header is not False, schema=schema, **options)
    word = pl.col(target).str.strip_chars()  # as `read_csv` takes it
    return lazy.with_columns(word) if target in names else lazy


def _state(path: Path) -> tuple[int, ...]:
    """Return the values that differ if the file has changed."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_changed(path: Path, before: tuple[int, ...]) -> None:
    """Refuse a file that is being written: rows would be lost or missing."""
    if _state(path) != before:
        raise DataError(
            f"{path.name} was changed while it was read: store it again when it is complete"
        )


def _refuse_infinite(
    stored: NDArray[Any],
    points: NDArray[Any],
    name: str,
    features: tuple[str, ...],
    first: int,
) -> None:
    """Refuse points that are too large for their dtype on disk."""
    places = np.argwhere(np.isinf(stored))
    if len(places):
        row, column = places[0]
        raise DataError(
            f"{name}, row {first + row + 1}, column {features[column]!r}: "
            f"{points[row, column]:g} is too large for {stored.dtype}: pass dtype=np.float64"
        )


def map_table(folder: FilePath) -> Table:
    """Open the table that `store_table` wrote, with memory-mapped arrays.

    Args:
        folder: The folder.

    Returns:
        The table; training reads one batch at a time.

    Raises:
        DataError: If one of its files is damaged or belongs to another table.
        FileNotFoundError: If there is no such table.
    """
    folder = Path(folder)
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        x, y = (_map_array(folder / name) for name in ("x.npy", "y.npy"))
        features, classes, name = facts["features"], facts["classes"], facts["name"]
        if not (_are_texts(features) and _are_texts(classes) and len(classes) == 2):
            raise DataError(f"{_FACTS} does not hold the names of columns and of two classes")
        if x.ndim != 2 or y.ndim != 1 or x.dtype.kind != "f" or y.dtype.kind != "f":
            raise DataError("x.npy and y.npy do not hold points and labels")
        return Table(Dataset(x, y), tuple(features), (classes[0], classes[1]), str(name))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DataError(
            f"{folder} holds no complete table ({reason}): write it again by store_table(path, folder, target)"
        ) from error


def _map_array(path: Path) -> NDArray[Any]:
    with path.open("rb") as file:
        header = read_npy_header(file, path.stat().st_size, path.name)
    return header.map(path, header.length)


def _are_texts(found: object) -> TypeGuard[list[str]]:
    return isinstance(found, list) and all(
        isinstance(text, str) for text in cast("list[object]", found)
    )
