"""NumPy archives (.npz): read as a data set, or memory-mapped."""

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml.datasets.dataset import Dataset
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
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in ("x", "y") if name in archive}
            found = ", ".join(archive) or "nothing"
    except (ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile):
        raise DataError(f"{path.name} is not an archive of plain arrays") from None
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
    refuse_gaps(points := x.astype(np.float64), path.name, features)
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
