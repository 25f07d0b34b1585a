"""The header of a checkpoint: what is in it, and the sums that show damage.

A safetensors file is eight bytes (the header's length), a JSON header (for each name its dtype,
shape and place, and text metadata), and the bytes of the arrays. Ours has in its metadata

- `miniml`: JSON, the fields of `Contents`;
- `miniml_crc32`: the CRC-32 of all the rest of the header;
- `format`: what other tools want to find there.
"""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.leaves import FILE_DTYPES, Kind
from miniml.checkpoint.outline import Outline

_VERSION = 1
# Hugging Face's `transformers` opens a file only if it names one of four frameworks.
_FORMAT = "pt"
# The format keeps this name for its metadata; quoted, it is another name of the same path.
_RESERVED = "__metadata__"


class Entry(NamedTuple):
    """What the contents say of one leaf."""

    kind: Kind
    dtype: str
    crc: int | None
    """The CRC-32 of the leaf's bytes; None in a file that another tool wrote."""


@attrs.frozen
class Contents:
    """What the metadata say beyond the format."""

    leaves: Mapping[str, Entry]
    outline: Outline
    versions: Mapping[str, str]
    notes: Mapping[str, Any]


class Place(NamedTuple):
    """Where the bytes of an array are in the file."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int


@attrs.frozen
class Header:
    """The header of the file at a path."""

    path: Path
    contents: Contents
    places: Mapping[str, Place]

    @property
    def names(self) -> dict[str, str]:
        """The name in the file of each leaf by its dotted name."""
        return {
            _RESERVED if name == repr(_RESERVED) else name: name for name in self.contents.leaves
        }


def file_name(name: str) -> str:
    """Give the name in the file of a leaf."""
    return repr(name) if name == _RESERVED else name


def write_metadata(
    contents: Contents, tensors: Mapping[str, tuple[str, tuple[int, ...]]]
) -> dict[str, str]:
    """Give the metadata of a file; `tensors` holds each name's dtype and shape."""
    text = json.dumps(
        {
            "version": _VERSION,
            "leaves": contents.leaves,
            "outline": contents.outline,
            "versions": contents.versions,
            "notes": contents.notes,
        },
        separators=(",", ":"),
    )
    metadata = {"format": _FORMAT, "miniml": text}
    return {**metadata, "miniml_crc32": _crc(metadata, tensors)}


def settle_order(path: Path) -> None:
    """Sort the metadata of a file, which the library writes in a new order each time.

    The same tree then gives the same bytes.
    """
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length).decode()
        start = len('{"__metadata__":')
        metadata, end = json.JSONDecoder().raw_decode(header, start)
        ordered = json.dumps(
            dict(sorted(metadata.items())), ensure_ascii=False, separators=(",", ":")
        )
        assert len(ordered) == end - start, "only the order changes"
        file.seek(8)
        file.write((header[:start] + ordered).encode())


def read_header(path: Path, raw: NDArray[np.uint8]) -> Header:
    """Read the header from the bytes of a file that the safetensors library has accepted.

    Raises:
        CheckpointError: If the header has changed since it was written, or a dtype is not NumPy's.
    """
    length = int.from_bytes(raw[:8].tobytes(), "little")
    header = json.loads(raw[8 : 8 + length].tobytes())
    metadata = header.pop("__metadata__", {})
    places = {name: _place(path, name, entry, 8 + length) for name, entry in header.items()}
    if not {"miniml", "miniml_crc32"} & metadata.keys():
        leaves = {name: Entry("array", place.dtype.str, None) for name, place in places.items()}
        return Header(path, Contents(leaves, {}, {}, metadata), places)
    crc = metadata.pop("miniml_crc32", None)
    tensors = {name: (str(place.dtype), place.shape) for name, place in places.items()}
    if crc != _crc(metadata, tensors):
        raise CheckpointError(f"{path} is damaged: its header has changed since it was written")
    fields = json.loads(metadata["miniml"])
    if fields["version"] != _VERSION:
        raise CheckpointError(
            f"{path} has version {fields['version']} of the lay-out and this miniml reads "
            f"version {_VERSION}: update miniml"
        )
    leaves = {name: Entry(*entry) for name, entry in fields["leaves"].items()}
    nodes = {name: (kind, statics) for name, (kind, statics) in fields["outline"].items()}
    contents = Contents(leaves, nodes, fields["versions"], fields["notes"])
    return Header(path, contents, places)


def _place(path: Path, name: str, entry: Mapping[str, Any], body: int) -> Place:
    if entry["dtype"] not in FILE_DTYPES:
        raise CheckpointError(
            f"in {path} the leaf {name!r} has dtype {entry['dtype']}, which NumPy does not have"
        )
    start, stop = entry["data_offsets"]
    dtype = FILE_DTYPES[entry["dtype"]]
    return Place(dtype, tuple(entry["shape"]), body + start, body + stop)


def _crc(metadata: Mapping[str, str], tensors: Mapping[str, tuple[str, tuple[int, ...]]]) -> str:
    text = json.dumps([sorted(metadata.items()), sorted(tensors.items())])
    return f"{zlib.crc32(text.encode()):08x}"
