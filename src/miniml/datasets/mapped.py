"""Data larger than memory: memory-mapped arrays on disk."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from miniml.checkpoint import replacing
from miniml.datasets.dataset import Dataset
from miniml.datasets.frames import class_names, feature_columns, frame_points, import_polars
from miniml.datasets.readers import FilePath, check_header
from miniml.datasets.table import DataError, Table, class_name, encode_labels

_FACTS = "table.json"

_PIECE = 1 << 22
"""The number of values that are converted at once."""


def store_table(
    path: FilePath,
    folder: FilePath,
    target: str,
    *,
    positive: str | None = None,
    dtype: DTypeLike = np.float32,
) -> Table:
    """Convert a CSV or Parquet file of any size to arrays on disk, in pieces.

    Args:
        path: The file, `.csv` or `.parquet`.
        folder: The folder of `x.npy`, `y.npy` and `table.json`; it is created if missing.
        target: The column that holds the class; every other column is a feature.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.
        dtype: The floating-point dtype of points and labels on disk.

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
    pl, path, folder = import_polars(), Path(path), Path(folder)
    if np.dtype(dtype).kind != "f":  # NumPy would truncate fractions, and wrap -1 around
        raise TypeError(
            f"dtype is {np.dtype(dtype)}: it must be a floating-point dtype, such as float32"
        )
    if path.suffix.lower() not in {".csv", ".parquet"}:
        raise DataError(f"{path.name} is neither a .csv nor a .parquet file")
    if not path.exists():
        raise FileNotFoundError(f"no such file: {path}")
    try:
        features, classes = _store(path, folder, target, positive, np.dtype(dtype))
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path.name} cannot be read: {reason}") from error
    facts = {"features": features, "classes": classes, "name": path.stem}
    with replacing(folder / _FACTS) as file:
        file.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return map_table(folder)


def _store(
    path: Path, folder: Path, target: str, positive: str | None, dtype: np.dtype[Any]
) -> tuple[tuple[str, ...], tuple[str, str]]:
    """Write the arrays of a table; return the names of its features and classes."""
    pl, begun = import_polars(), _state(path)
    is_csv = path.suffix.lower() == ".csv"
    if is_csv:  # if two columns share a name, polars renames the second
        first = pl.scan_csv(
            path, glob=False, has_header=False, infer_schema=False, truncate_ragged_lines=True
        )
        cells = first.head(1).collect().row(0)
        check_header(["" if cell is None else cell for cell in cells], path.name)
    scan = pl.scan_csv if is_csv else pl.scan_parquet
    lazy = scan(path, glob=False)  # a name with brackets is not a pattern
    features = feature_columns(lazy.collect_schema().names(), target, path.name)
    if is_csv:  # polars would infer the dtypes from the first rows
        kinds = dict.fromkeys(features, pl.Float64) | {target: pl.String}
        word = pl.col(target).str.strip_chars()  # as `read_csv` takes it
        lazy = scan(path, glob=False, schema_overrides=kinds).with_columns(word)
    rows = int(lazy.select(pl.len()).collect().item())
    seen = lazy.select(pl.col(target).drop_nulls().unique()).collect()[target].to_list()
    words = [word for word in map(class_name, seen) if word is not None]
    _, classes = encode_labels(words, f"column {target!r} of {path.name}", positive)

    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "x.npy") as x_file, replacing(folder / "y.npy") as y_file:
        x = np.lib.format.open_memmap(x_file, "w+", dtype, (rows, len(features)))
        y = np.lib.format.open_memmap(y_file, "w+", dtype, (rows,))
        start = 0
        # By default polars returns whole row groups of a Parquet file, however large.
        size = max(_PIECE // len(features), 1)
        for batch in lazy.collect_batches(maintain_order=True, chunk_size=size):
            _refuse_changed(path, begun)  # the file is read again after its rows are counted
            stop = start + len(batch)
            points = frame_points(batch.select(features), features, path.name, start)
            with np.errstate(over="ignore"):  # reported below
                x[start:stop] = points
            _refuse_infinite(x[start:stop], points, path.name, features, start)
            words = class_names(batch[target].to_list(), target, path.name, start)
            y[start:stop] = np.where(np.array(words) == classes[1], 1.0, -1.0)
            start = stop
        _refuse_changed(path, begun)
        x.flush()
        y.flush()
        # If the process is killed between the renames, there is no table rather than a mixed one.
        (folder / _FACTS).unlink(missing_ok=True)
    return features, classes


def _state(path: Path) -> tuple[int, ...]:
    """Return the values that differ if the file has changed."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_changed(path: Path, begun: tuple[int, ...]) -> None:
    """Refuse a file that is being written: rows would be lost or missing."""
    if _state(path) != begun:
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
        x, y = (np.load(folder / name, mmap_mode="r") for name in ("x.npy", "y.npy"))
        names = tuple(facts["features"]), tuple(facts["classes"]), facts["name"]
        return Table(Dataset(x, y), *names)
    except (ValueError, KeyError, TypeError, EOFError) as error:
        raise DataError(
            f"{folder} holds no complete table ({error}): write it again by store_table(path, folder, target)"
        ) from error


def map_npz(path: FilePath) -> dict[str, NDArray[Any]]:
    """Open the arrays of a NumPy archive, memory-mapped.

    `np.load` maps `.npy` files but reads archives into memory. The members of an archive can be
    mapped if they are not compressed, as `np.savez` writes them.

    Args:
        path: The file.

    Returns:
        The arrays by name, read-only.

    Raises:
        DataError: If the file is not an archive, or a member is compressed or not an array of numbers.
        OSError: If the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "toy.npz"
        >>> np.savez(path, x=np.arange(3))
        >>> map_npz(path)["x"].tolist()
        [0, 1, 2]
    """
    path = Path(path)
    try:
        return _members(path)
    except (zipfile.BadZipFile, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path.name} is not an archive of arrays: {error}") from error


def _members(path: Path) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for member in archive.infolist():
            if member.compress_type != zipfile.ZIP_STORED:
                raise DataError(
                    f"{path.name}: {member.filename} is compressed and cannot be mapped: "
                    "write the file by np.savez"
                )
            # The local header: 30 bytes with two lengths, then a name and an extra field.
            file.seek(member.header_offset + 26)
            name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
            file.seek(member.header_offset + 30 + name + extra)
            arrays[member.filename.removesuffix(".npy")] = _map_member(path, file)
    return arrays


def _map_member(path: Path, file: Any) -> NDArray[Any]:
    major = np.lib.format.read_magic(file)[0]
    read = (
        np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    )
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise DataError(f"{path.name} holds Python objects, which are not loaded")
    if 0 in shape:  # nothing to map
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")
