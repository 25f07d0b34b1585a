"""NumPy archives (.npz): read as a data set, or memory-mapped."""

import errno
import math
import os
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml.datasets.dataset import Dataset
from miniml.datasets.npy import read_npy_header
from miniml.datasets.readers import FilePath, refuse_gaps
from miniml.datasets.table import DataError, Table, class_name, encode_labels


def read_npz(path: FilePath, *, positive: str | None = None) -> Table:
    """Read the arrays `x` and `y` of a NumPy archive, as written by `np.savez(path, x=x, y=y)`.

    Args:
        path: The file. `x` holds numbers of shape `(n, d)`, `y` classes of shape `(n,)`, numbers
            or text.
        positive: The class with the label +1.0; all others have -1.0. Required if there are more
            than two classes.

    Returns:
        The table, its points in float64. The classes are ordered as in `read_csv`.

    Raises:
        DataError: If an array is missing, has a wrong shape or dtype, or is not finite, or the
            classes are not valid.
        OSError: If the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "toy.npz"
        >>> np.savez(path, x=np.zeros((2, 3)), y=np.array([0, 1]))
        >>> read_npz(path).data.y
        array([-1.,  1.])
    """
    path = Path(path)
    with _archive(path, f"{path.name} is not an archive of plain arrays") as archive:
        members = _members(archive, path.name)
        arrays = {name: _read(archive, members[name]) for name in ("x", "y") if name in members}
        found = ", ".join(members) or "nothing"
    if len(arrays) < 2:
        raise DataError(f"{path.name} needs the arrays x and y; it holds {found}")
    x, y = arrays["x"], arrays["y"]
    if x.ndim != 2 or 0 in x.shape or y.shape != x.shape[:1]:
        raise DataError(
            f"{path.name} needs x of shape (n, d) and y of shape (n,); "
            f"their shapes are {x.shape} and {y.shape}"
        )
    if x.dtype.kind not in "fiub":
        raise DataError(f"{path.name} needs numbers in x; its dtype is {x.dtype}")
    features = tuple(f"x{i + 1}" for i in range(x.shape[1]))
    with np.errstate(over="ignore"):  # reported as infinite
        points = x.astype(np.float64)
    refuse_gaps(points, path.name, features)
    if y.dtype.kind not in "fiubUS":
        raise DataError(f"{path.name} needs numbers or text in y; its dtype is {y.dtype}")
    words: list[str] = []
    for row, value in enumerate(y.tolist(), start=1):
        word = class_name(value)
        if word is None or (isinstance(value, float) and math.isinf(value)):
            raise DataError(f"{path.name}: the class of row {row} is missing or infinite")
        words.append(word)
    signs, classes = encode_labels(words, f"y of {path.name}", positive)
    return Table(Dataset(points, signs), features, classes, path.stem)


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
    arrays: dict[str, NDArray[Any]] = {}
    with (
        _archive(path, f"{path.name} is not an archive of arrays") as archive,
        path.open("rb") as file,
    ):
        for name, member in _members(archive, path.name).items():
            if member.compress_type != zipfile.ZIP_STORED:
                raise DataError(
                    f"{path.name}: {member.filename} is compressed and cannot be mapped: "
                    "write the file by np.savez"
                )
            # The local header: 30 bytes with two lengths, then a name and an extra field.
            file.seek(member.header_offset + 26)
            lengths = (int.from_bytes(file.read(2), "little") for _ in range(2))
            start = member.header_offset + 30 + sum(lengths)
            if start + member.file_size > file.seek(0, os.SEEK_END):
                raise DataError(f"{path.name} is damaged: it ends within {member.filename}")
            file.seek(start)
            what = f"{path.name}: {member.filename}"
            header = read_npy_header(file, member.file_size, what)
            arrays[name] = header.map(path, start + header.length)
    return arrays


@contextmanager
def _archive(path: Path, complaint: str) -> Generator[zipfile.ZipFile]:
    """Open an archive; what its format forbids is a `DataError` with a complaint."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            yield archive
    except DataError:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:  # a position before the beginning of the file
            raise
        raise DataError(f"{complaint}: it has a wrong position") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise DataError(f"{complaint}: {' '.join(str(error).split())}") from None


def _members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the members by the names of their arrays, as `np.savez` could have written them."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        key = member.filename.removesuffix(".npy")
        if key in members:
            raise DataError(
                f"{name} has two arrays named {key!r}: write the file again by np.savez"
            )
        if member.flag_bits & _ENCRYPTED:
            raise DataError(f"{name}: {member.filename} is encrypted: decrypt the archive first")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise DataError(
                f"{name}: {member.filename} is compressed by a method (number "
                f"{member.compress_type}) that NumPy does not write: write the file again by np.savez"
            )
        members[key] = member
    return members


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Read one array; its header is checked against the size of the member first."""
    name = Path(archive.filename or "").name
    size, stored = member.file_size, member.compress_size
    if size > _LARGE and size > _RATIO * stored:
        raise DataError(
            f"{name}: {member.filename} would take {size / 1e9:,.1f} GB of memory, "
            f"{size / max(stored, 1):,.0f} times its size in the file, and is not loaded"
        )
    with archive.open(member) as file:
        header = read_npy_header(file, size, f"{name}: {member.filename}")
        data = file.read()
    if len(data) != size - header.length:
        raise DataError(f"{name} is damaged: {member.filename} is not complete")
    return header.array(data)


_ENCRYPTED = 1  # a bit of the flags
_LARGE, _RATIO = 1 << 30, 200
"""A large array that is compressed more than this is refused: memory is full before it is read."""
