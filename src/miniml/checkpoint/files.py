"""Save a tree to one file, and load it."""

import errno
import os
import platform
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml._distribution import __version__, install_hint
from miniml.checkpoint.atomic import replacing
from miniml.checkpoint.body import crcs, map_file, read, view
from miniml.checkpoint.errors import DamageError
from miniml.checkpoint.header import (
    Contents,
    Header,
    file_names,
    metadata_of,
    read_header,
    seal,
)
from miniml.checkpoint.leaves import kind_of, own_shape_and_dtype, pack, unpack
from miniml.checkpoint.match import match_leaves
from miniml.checkpoint.outline import outline
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten

T = TypeVar("T")


def save(
    path: str | os.PathLike[str], tree: object, *, notes: Mapping[str, Any] | None = None
) -> None:
    """Save a tree to a safetensors file.

    The leaves go in by their dotted names; the types of the nodes, the static values and the
    versions of the libraries as metadata. The file takes the place of an older one in one step:
    a crash leaves the old one or the new one, whole. A CRC-32 of each leaf and of the header
    lets `load` notice damage.

    Args:
        path: The file; by custom it ends in `.safetensors`.
        tree: Any tree whose leaves are numbers or arrays of numbers, in any memory order.
        notes: Whatever JSON can hold, to be kept beside the tree.

    Raises:
        CheckpointError: If a leaf is no number or has a dtype that the format does not hold, or
            leaves share a name, as where keys of a dict have the same `repr`.
        OSError: If the file cannot be written; an older one is still there.
        TypeError: If JSON cannot hold the notes, or the path is none.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     save(f"{folder}/net.safetensors", {"w": np.ones(2), "b": 0.5})
        ...     load(f"{folder}/net.safetensors")
        {'b': array(0.5), 'w': array([1., 1.])}
    """
    if not (hasattr(path, "__fspath__") or isinstance(path, str)):  # torch.save wants them swapped
        raise TypeError(
            f"path is of type {type(path).__name__}: it must be the name of a file; the order is "
            "path, tree"
        )
    path = Path(path)
    numpy_format, library = _safetensors()
    leaves, structure = tree_flatten(tree)
    names = file_names(structure.names)
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
    """Load a tree from a safetensors file, whoever wrote it.

    Args:
        path: The file.
        template: A tree of the structure to be loaded; of its leaves only shapes and dtypes
            count. Without it, the arrays are returned by name.
        rename: For what has another name since: old to new, of a leaf, of a node with all that
            is below it, or of a class; of `part`, names as seen from it.
        part: The dotted name of the node to load; by default the whole.
        mmap: Whether the arrays, read-only, shall be read from the file when they are used. Their
            sums are then not checked.

    Returns:
        The tree, each leaf of the kind and with the bits that were saved, of another tool's file
        of the template's kind; or a dict of arrays.

    Raises:
        CheckpointError: If the file is damaged, or does not fit the template: every leaf that is
            missing, too many, or of another shape or dtype is listed, with all classes and
            static values that differ.
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
        raise TypeError("`rename` and `part` go with a template: load(path, template, ...)")
    if isinstance(template, type):
        raise TypeError(
            f"the template is the class {template.__name__}: it must be an instance, whose leaves "
            "have the shapes and dtypes to be loaded"
        )
    path = Path(path)
    raw, header = _open(path)
    names, structure = header.names, None
    if template is not attrs.NOTHING:
        names, structure = match_leaves(header, template, rename or {}, part)
    wanted = {name: header.entries[name] for name in names.values()}
    if mmap:
        arrays = {name: view(raw, entry) for name, entry in wanted.items()}
    else:
        arrays = read(path, raw, wanted)
    if structure is None:
        return {
            public: unpack(arrays[name], "array", wanted[name].dtype)
            for public, name in sorted(names.items())
        }
    leaves = [
        # Other tools' files know arrays only: there the template says what a leaf is.
        unpack(arrays[name], kind_of(like) if entry.crc is None else entry.kind, entry.dtype)
        for (name, entry), like in zip(wanted.items(), tree_leaves(template), strict=True)
    ]
    return tree_unflatten(structure, leaves)


@attrs.frozen
class Description:
    """What a checkpoint says of itself.

    Attributes:
        leaves: The shape and the dtype of each leaf, by dotted name.
        versions: The libraries that wrote it.
        notes: What was kept beside the tree.
    """

    leaves: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]]
    versions: Mapping[str, str]
    notes: Mapping[str, Any]


def describe(path: str | os.PathLike[str]) -> Description:
    """Read what a checkpoint says of itself, and none of its arrays.

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
        public: own_shape_and_dtype(entry.shape, entry.file_dtype, entry.dtype)
        for public, entry in zip(header.names, header.entries.values(), strict=True)
    }
    return Description(leaves, contents.versions, contents.notes)


def _open(path: Path) -> tuple[NDArray[np.uint8], Header]:
    _, library = _safetensors()
    with path.open("rb") as file:
        try:
            # The library checks that the header is whole and that the arrays fill the file.
            with library.safe_open(path, framework="np"):
                pass
        except library.SafetensorError as error:
            raise DamageError(f"{path} is no whole safetensors file: {error}") from error
        raw = map_file(file)
    return raw, read_header(path, raw)


def _os_error(path: Path, error: Exception) -> OSError:
    """Give the error that Python would have raised, such as of a full disk."""
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
