"""Save a tree to one file, and load it."""

import errno
import os
import platform
import re
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml._distribution import __version__, install_hint
from miniml.checkpoint.atomic import replacing
from miniml.checkpoint.body import crcs, map_file, read, view
from miniml.checkpoint.header import (
    Contents,
    Header,
    file_names,
    metadata_of,
    seal,
)
from miniml.checkpoint.leaves import kind_of, leaf_shape_and_dtype, pack, unpack
from miniml.checkpoint.match import match_leaves
from miniml.checkpoint.outline import outline
from miniml.checkpoint.parse import read_header
from miniml.checkpoint.shards import INDEX, joined, read_index
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten

T = TypeVar("T")


def save(
    path: str | os.PathLike[str], tree: object, *, notes: Mapping[str, Any] | None = None
) -> None:
    """Save a tree to a safetensors file.

    The file holds the leaves by their dotted names, text in them without quotes, and as metadata the types of the nodes, the
    static values and the versions of the libraries. It replaces an older file atomically: after a
    crash, the path holds the complete old or new file. `load` detects damage by a CRC-32 of each
    leaf and of the header.

    Args:
        path: The file; by convention it ends in `.safetensors`.
        tree: A tree whose leaves are numbers or arrays of numbers, in any memory order.
        notes: Values that JSON can represent, stored with the tree.

    Raises:
        CheckpointError: If a leaf is not a number or has a dtype that the format lacks, or
            leaves share a name because keys of a dict have the same `repr`.
        OSError: If the file cannot be written; an older file remains.
        TypeError: If JSON cannot represent the notes, or `path` is not a path.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     save(f"{folder}/net.safetensors", {"w": np.ones(2), "b": 0.5})
        ...     load(f"{folder}/net.safetensors")
        {'b': array(0.5), 'w': array([1., 1.])}
    """
    if not (
        hasattr(path, "__fspath__") or isinstance(path, str)
    ):  # torch.save has the opposite order
        raise TypeError(
            f"path is of type {type(path).__name__}: it must be the name of a file; the order of the "
            "arguments is path, tree"
        )
    path = Path(path)
    numpy_format, library = _safetensors()
    leaves, structure = tree_flatten(tree)
    names = file_names(structure.paths)
    packed = [pack(name, leaf) for name, leaf in zip(structure.names, leaves, strict=True)]
    arrays = {name: leaf.array for name, leaf in zip(names, packed, strict=True)}
    special = {name: leaf.special for name, leaf in zip(names, packed, strict=True) if leaf.special}
    versions = {
        "miniml": __version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "safetensors": library.__version__,
    }
    contents = Contents(special, outline(structure), versions, {**(notes or {})})
    metadata = metadata_of(contents, len(names))
    with replacing(path) as temporary, ThreadPoolExecutor(1) as other:
        sums = other.submit(crcs, arrays)  # while the library writes
        try:
            numpy_format.save_file(arrays, temporary, metadata)
        except library.SafetensorError as error:
            raise _os_error(path, error) from error
        seal(temporary, sums.result())


@overload
def load(path: str | os.PathLike[str], *, mmap: bool = False) -> dict[str, NDArray[Any]]: ...
@overload
def load(
    path: str | os.PathLike[str],
    template: T,
    *,
    rename: Mapping[str, str] | None = None,
    part: str = "",
    mmap: bool = False,
) -> T: ...
def load(
    path: str | os.PathLike[str],
    template: object = attrs.NOTHING,
    *,
    rename: Mapping[str, str] | None = None,
    part: str = "",
    mmap: bool = False,
) -> object:
    """Load a tree from a safetensors file, written by `save` or another tool.

    Args:
        path: The file; or the index of several, `model.safetensors.index.json`.
        template: A tree with the structure to load; of its leaves only shapes and dtypes matter.
            A flat dict such as `{"layers.0.w": w}` has the same names as a nested tree. Without
            a template, the arrays are returned by name.
        rename: The new name of each leaf, node or class that has been renamed, by its old name;
            a node includes everything below it. With `part`, names are relative to it.
        part: The dotted name of the node to load; by default the root.
        mmap: Whether to map the file into memory: the arrays are read-only and read when used,
            and damage is not detected.

    Returns:
        The tree; its leaves have the saved type and bits, or the template's type if another tool
        wrote the file. Without a template, a dict of arrays.

    Raises:
        CheckpointError: If the file is damaged or does not match the template; the message lists
            each leaf that is missing, extra, or of another shape or dtype, and each class and
            static value that differs.
        OSError: If there is no file, or it cannot be read.
        TypeError: If `rename` or `part` is given without a template, or the template is a class.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     save(f"{folder}/net.safetensors", {"weight": np.ones(2), "b": 0.5})
        ...     load(f"{folder}/net.safetensors", {"w": np.zeros(2), "b": 0.0}, rename={"weight": "w"})
        {'b': 0.5, 'w': array([1., 1.])}
    """
    if template is attrs.NOTHING and (rename or part):
        raise TypeError("`rename` and `part` need a template: load(path, template, ...)")
    if isinstance(template, type):
        raise TypeError(
            f"the template is the class {template.__name__}: it must be an instance, whose leaves "
            "have the shapes and dtypes to be loaded"
        )
    path = Path(path)
    raws, header = _open(path)
    names, structure = header.names, None
    if template is not attrs.NOTHING:
        names, structure = match_leaves(header, template, rename or {}, part)
    wanted = {name: header.entries[name] for name in names.values()}
    arrays: dict[str, NDArray[Any]] = {}
    for file, (raw, inside) in raws.items():
        here = {name: entry for name, entry in wanted.items() if name in inside}
        arrays |= (
            {name: view(raw, entry) for name, entry in here.items()}
            if mmap
            else read(file, raw, here)
        )
    if structure is None:
        return {
            public: unpack(arrays[name], "array", wanted[name].dtype)
            for public, name in sorted(names.items())
        }
    leaves = [
        # Files of other tools have arrays only; the template gives the types of the leaves.
        unpack(arrays[name], kind_of(like) if entry.crc is None else entry.kind, entry.dtype)
        for (name, entry), like in zip(wanted.items(), tree_leaves(template), strict=True)
    ]
    return tree_unflatten(structure, leaves)


@attrs.frozen
class Description:
    """The header of a checkpoint, in public form.

    Attributes:
        leaves: The shape and the dtype of each leaf, by dotted name.
        versions: The versions of the libraries that wrote it.
        notes: The notes that were stored with the tree.
    """

    leaves: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]]
    versions: Mapping[str, str]
    notes: Mapping[str, Any]


def describe(path: str | os.PathLike[str]) -> Description:
    """Read the header of a checkpoint, but not its arrays.

    Args:
        path: The file.

    Returns:
        Its leaves, versions and notes.

    Raises:
        CheckpointError: If the header is damaged.
        OSError: If there is no file, or it cannot be read.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     save(f"{folder}/net.safetensors", {"w": np.ones(2)}, notes={"rate": 0.1})
        ...     describe(f"{folder}/net.safetensors").notes
        {'rate': 0.1}
    """
    _, header = _open(Path(path))
    contents = header.contents
    leaves = {
        public: leaf_shape_and_dtype(entry.shape, entry.file_dtype, entry.dtype)
        for public, entry in zip(header.names, header.entries.values(), strict=True)
    }
    return Description(leaves, contents.versions, contents.notes)


_Raw: TypeAlias = tuple[NDArray[np.uint8], Collection[str]]
"""The bytes of a file, and the stored names of the leaves that are read from it."""


def _open(path: Path) -> tuple[dict[Path, _Raw], Header]:
    """Open a file, or the shards of an index; return the bytes of each file, and one header."""
    if not path.name.endswith(INDEX):
        raw, header = _open_one(path)
        return {path: (raw, header.entries)}, header
    files, notes = read_index(path)
    opened = {file: _open_one(file) for file in sorted(set(files.values()))}
    header = joined(path, files, {file: header for file, (_, header) in opened.items()}, notes)
    return {
        file: (raw, {name for name, other in files.items() if other == file})
        for file, (raw, _) in opened.items()
    }, header


def _open_one(path: Path) -> tuple[NDArray[np.uint8], Header]:
    index = path.with_name(path.name + INDEX)
    if not path.exists() and index.exists():
        raise FileNotFoundError(
            errno.ENOENT, f"it is in several files: load their index {index.name}", str(path)
        )
    with path.open("rb") as file:
        raw = map_file(file)
    return raw, read_header(path, raw)


def _os_error(path: Path, error: Exception) -> OSError:
    """Return the OSError that Python would raise, such as for a full disk."""
    found = re.search(r"os error (\d+)", str(error))
    if found is None:
        return OSError(errno.EIO, str(error), str(path))
    return OSError(int(found[1]), os.strerror(int(found[1])), str(path))


def _safetensors() -> tuple[Any, Any]:
    try:
        import safetensors  # noqa: PLC0415 - an optional dependency
        import safetensors.numpy  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            f"checkpoints need the safetensors library: {install_hint('io')}"
        ) from error
    return safetensors.numpy, safetensors
