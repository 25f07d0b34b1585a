"""The header of a checkpoint: its contents, and the checksums that detect damage.

A safetensors file has eight bytes (the length of the header), a JSON header (dtype, shape and
offsets of each array, and text metadata), and the bytes of the arrays. Our metadata are

- `miniml`: JSON, the fields of `Contents`;
- `miniml_crc32`: CRC-32 sums of eight hexadecimal digits each: of the JSON header with zeros in
  place of its own sum, and of the bytes of each array, in the order of the names;
- `format`: a field that other tools require.
"""

import json
import zlib
from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.leaves import LeafKind
from miniml.checkpoint.outline import Outline
from miniml.tree.names import shared_name
from miniml.tree.path import plain_names

VERSION = 1
# Hugging Face's `transformers` opens only files that name one of four frameworks.
_FORMAT = "pt"
# The format reserves this name; a leaf of this name is stored under the quoted name.
_RESERVED = "__metadata__"
DIGITS = 8
_SUMS = b'"miniml_crc32":"'  # unique: elsewhere the header escapes quotes


@attrs.frozen
class Contents:
    """Our metadata."""

    special: Mapping[str, tuple[LeafKind, str]]
    """Kind and dtype of each leaf that differs from the array in the file."""
    outline: Outline
    versions: Mapping[str, str]
    notes: Mapping[str, Any]


@attrs.frozen
class Entry:
    """One array in the file, and the leaf that it stores."""

    file_dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int
    crc: int | None
    """The CRC-32 of its bytes; None if another tool wrote the file."""
    kind: LeafKind
    dtype: np.dtype[Any]
    """The dtype of the leaf."""


@attrs.frozen(slots=False)
class Header:
    """The parsed header of a file."""

    path: Path
    contents: Contents
    entries: Mapping[str, Entry]

    @cached_property
    def names(self) -> dict[str, str]:
        """The name in the file of each leaf, by its dotted name."""
        return {_RESERVED if name == repr(_RESERVED) else name: name for name in self.entries}


def file_names(paths: Sequence[tuple[Hashable, ...]]) -> list[str]:
    """Return the names of the leaves in the file, by their paths.

    Text is not quoted, as other tools write names: {"model.w": 1.0} is stored under model.w.

    Raises:
        CheckpointError: If leaves share a name, since the file would hold only one of them.
    """
    names = plain_names(paths)
    if len(set(names)) < len(names):
        raise CheckpointError(f"{shared_name(names)}; a file holds one leaf per name")
    return [repr(name) if name.strip("'") == _RESERVED else name for name in names]


def metadata_of(contents: Contents, leaves: int) -> dict[str, str]:
    """Return the metadata of a file, with zeros for the checksums that `seal` fills in."""
    fields = {"version": VERSION, **attrs.asdict(contents, recurse=False)}
    try:
        text = json.dumps(fields, separators=(",", ":"))
    except (TypeError, ValueError) as error:  # an unknown type, or a cycle
        raise TypeError(f"JSON cannot represent the notes: {error}") from error
    return {
        "format": _FORMAT,
        "miniml": text,
        "miniml_crc32": "0" * DIGITS * (1 + leaves),
    }


def seal(path: Path, crcs: Mapping[str, int]) -> None:
    """Fill in the checksums, and sort the metadata, whose order in the library is random.

    Equal trees then give equal bytes.
    """
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length).decode()
        start = len('{"__metadata__":')
        metadata, end = json.JSONDecoder().raw_decode(text, start)
        metadata["miniml_crc32"] = "0" * DIGITS + _hex([crcs[name] for name in sorted(crcs)])
        ordered = json.dumps(
            dict(sorted(metadata.items())), ensure_ascii=False, separators=(",", ":")
        )
        assert len(ordered) == end - start, "the length of the header must not change"
        header = (text[:start] + ordered + text[end:]).encode()
        before, mark, after = header.partition(_SUMS)
        file.seek(8)
        file.write(before + mark + header_sum(header).encode() + after[DIGITS:])


def header_sum(header: bytes) -> str:
    """Return the CRC-32 of a header, with zeros in place of its own sum."""
    before, mark, after = header.partition(_SUMS)
    return _hex([zlib.crc32(before + mark + b"0" * DIGITS + after[DIGITS:])])


def _hex(crcs: Sequence[int]) -> str:
    return np.array(crcs, ">u4").tobytes().hex()
