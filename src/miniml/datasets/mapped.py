"""Data larger than memory: arrays on disk, read where they are used."""

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
"""How many numbers of a file are turned into an array at once."""


def store_table(
    path: FilePath,
    folder: FilePath,
    target: str,
    *,
    positive: str | None = None,
    dtype: DTypeLike = np.float32,
) -> Table:
    """Turn a CSV or Parquet file of any size into arrays on disk, a piece at a time.

    Args:
        path: The file, `.csv` or `.parquet`.
        folder: Where `x.npy`, `y.npy` and `table.json` go; it is made if it is not there.
        target: The column that holds the class; every other column is a feature.
        positive: The class that is labelled +1.0, all others -1.0; needed where there are more
            than two.
        dtype: The dtype of the points on disk, and of their labels: of floating-point numbers.

    Returns:
        The table, as `map_table` gives it.

    Raises:
        TypeError: If the dtype is not of floating-point numbers.
        DataError: If a value is no number or missing, or too large for the dtype, the column is
            not there, the classes do not fit, or the file is not what its name says or is changed
            meanwhile.
        ImportError: If polars is not installed.
        OSError: If a file cannot be read or written.
    """
    pl, path, folder = import_polars(), Path(path), Path(folder)
    if np.dtype(dtype).kind != "f":  # NumPy would cut fractions off, and make of -1 what fits
        raise TypeError(f"dtype is {np.dtype(dtype)}: it must be one of floats, such as float32")
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
    """Write the arrays of a table; give the names of its features and classes."""
    pl, begun = import_polars(), _state(path)
    is_csv = path.suffix.lower() == ".csv"
    if is_csv:  # of two columns of one name polars would rename the second
        first = pl.scan_csv(
            path, glob=False, has_header=False, infer_schema=False, truncate_ragged_lines=True
        )
        cells = first.head(1).collect().row(0)
        check_header(["" if cell is None else cell for cell in cells], path.name)
    scan = pl.scan_csv if is_csv else pl.scan_parquet
    lazy = scan(path, glob=False)  # a name with brackets is one file's, and no pattern of others'
    features = feature_columns(lazy.collect_schema().names(), target, path.name)
    if is_csv:  # polars would guess from the first rows what the others hold
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
        # Left to itself polars gives all the rows that a Parquet file keeps together, however wide.
        size = max(_PIECE // len(features), 1)
        for batch in lazy.collect_batches(maintain_order=True, chunk_size=size):
            _refuse_changed(path, begun)  # read anew since its rows were counted
            stop = start + len(batch)
            points = frame_points(batch.select(features), features, path.name, start)
            with np.errstate(over="ignore"):  # of which is told better
                x[start:stop] = points
            _refuse_infinite(x[start:stop], points, path.name, features, start)
            words = class_names(batch[target].to_list(), target, path.name, start)
            y[start:stop] = np.where(np.array(words) == classes[1], 1.0, -1.0)
            start = stop
        _refuse_changed(path, begun)
        x.flush()
        y.flush()
        # Killed between the two, there is no table, in place of one of two halves.
        (folder / _FACTS).unlink(missing_ok=True)
    return features, classes


def _state(path: Path) -> tuple[int, ...]:
    """Give what tells a file from what it was."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_changed(path: Path, begun: tuple[int, ...]) -> None:
    """Refuse a file that is being written: rows would be lost, or never filled."""
    if _state(path) != begun:
        raise DataError(f"{path.name} was changed while it was read: store it when it is whole")


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
    """Give the table that `store_table` wrote, its arrays read where they are used.

    Args:
        folder: The folder.

    Returns:
        The table; training reads a batch at a time.

    Raises:
        DataError: If a file of it is damaged, or of another table.
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
            f"{folder} holds no whole table ({error}): write it again, store_table(path, folder, target)"
        ) from error


def map_npz(path: FilePath) -> dict[str, NDArray[Any]]:
    """Give the arrays of a NumPy archive, read where they are used.

    `np.load` maps single `.npy` files, and reads archives whole; those that `np.savez` writes are
    not compressed, so that their members can be mapped as well.

    Args:
        path: The file.

    Returns:
        The arrays by name, read-only.

    Raises:
        DataError: If the file is no archive, or a member is compressed or no array of numbers.
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
                    f"{path.name}: {member.filename} is compressed, and cannot be read in pieces: "
                    "write it with np.savez"
                )
            # The local header: 30 bytes, then a name and an extra field of the lengths told in it.
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
        raise DataError(f"{path.name} holds Python objects, and none is loaded from a file")
    if 0 in shape:  # nothing to map
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")
