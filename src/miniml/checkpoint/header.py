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
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.checkpoint.errors import CheckpointError, DamageError
from miniml.checkpoint.leaves import FILE_DTYPES, LeafKind
from miniml.checkpoint.outline import Outline
from miniml.tree.names import shared_name

_VERSION = 1
# Hugging Face's `transformers` opens only files that name one of four frameworks.
_FORMAT = "pt"
# The format reserves this name; a leaf of this name is stored under the quoted name.
_RESERVED = "__metadata__"
_DIGITS = 8
_SUMS = b'"miniml_crc32":"'  # unique: elsewhere the header escapes quotes


@attrs.frozen
class Contents:
    """Our metadata."""

    special: Mapping[str, tuple[LeafKind, str]]
    """Kind and dtype of each leaf that differs from the array in the file."""
    outline: Outline
    versions: Mapping[str, str]
    notes: Mapping[str, Any]


class Entry(NamedTuple):
    """One array in the file, and the leaf that it stores."""

    file_dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int
    crc: int | None
    """The CRC-32 of its bytes; None if another tool wrote the file."""
    kind: LeafKind
    dtype: str
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


def file_names(names: Sequence[str]) -> list[str]:
    """Return the names of the leaves in the file.

    Raises:
        CheckpointError: If leaves share a name, since the file would hold only one of them.
    """
    if len(set(names)) < len(names):
        raise CheckpointError(f"{shared_name(names)}; a file holds one leaf per name")
    return [repr(name) if name == _RESERVED else name for name in names]


def metadata_of(contents: Contents, leaves: int) -> dict[str, str]:
    """Return the metadata of a file, with zeros for the checksums that `seal` fills in."""
    fields = {"version": _VERSION, **attrs.asdict(contents, recurse=False)}
    try:
        text = json.dumps(fields, separators=(",", ":"))
    except (TypeError, ValueError) as error:  # an unknown type, or a cycle
        raise TypeError(f"JSON cannot represent the notes: {error}") from error
    return {
        "format": _FORMAT,
        "miniml": text,
        "miniml_crc32": "0" * _DIGITS * (1 + leaves),
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
        metadata["miniml_crc32"] = "0" * _DIGITS + _hex([crcs[name] for name in sorted(crcs)])
        ordered = json.dumps(
            dict(sorted(metadata.items())), ensure_ascii=False, separators=(",", ":")
        )
        assert len(ordered) == end - start, "the length of the header must not change"
        header = (text[:start] + ordered + text[end:]).encode()
        before, mark, after = header.partition(_SUMS)
        file.seek(8)
        file.write(before + mark + _header_sum(header).encode() + after[_DIGITS:])


def read_header(path: Path, raw: NDArray[np.uint8]) -> Header:
    """Read the header of a file that the safetensors library has accepted.

    Raises:
        DamageError: If the header has changed since it was written.
        CheckpointError: If NumPy does not have a dtype or a shape.
    """
    length = int.from_bytes(raw[:8].tobytes(), "little")
    text = raw[8 : 8 + length].tobytes()
    header = json.loads(text)
    metadata: dict[str, str] = header.pop("__metadata__", None) or {}
    names = sorted(header)
    body = 8 + length
    if not {"miniml", "miniml_crc32"} & metadata.keys():
        for name, entry in header.items():
            if entry["dtype"] not in FILE_DTYPES:
                raise CheckpointError(
                    f"in {path} the leaf {name!r} has dtype {entry['dtype']}, which NumPy does not have"
                )
            try:  # the format allows more axes than NumPy, and longer ones beside an extent of 0
                np.broadcast_to(np.empty((), FILE_DTYPES[entry["dtype"]]), entry["shape"])
            except ValueError as error:
                raise CheckpointError(
                    f"in {path} the leaf {name!r} has a shape that NumPy does not have: {error}"
                ) from error
        foreign = {name: _entry(header[name], body, None, None) for name in names}
        return Header(path, Contents({}, {}, {}, metadata), foreign)
    sums = metadata.pop("miniml_crc32", "")
    if sums[:_DIGITS] != _header_sum(text):
        raise DamageError(
            f"{path} is damaged, or another program has changed it: the checksum of its header is wrong"
        )
    fields = json.loads(metadata["miniml"])
    if (version := fields.pop("version")) != _VERSION:
        raise CheckpointError(
            f"{path} has format version {version}, but this miniml reads version {_VERSION}: update "
            "miniml"
        )
    contents = Contents(**fields)
    crcs = np.frombuffer(bytes.fromhex(sums[_DIGITS:]), ">u4").tolist()
    entries = {
        name: _entry(header[name], body, crc, contents.special.get(name))
        for name, crc in zip(names, crcs, strict=True)
    }
    return Header(path, contents, entries)


def _entry(
    fields: Mapping[str, Any], body: int, crc: int | None, special: tuple[LeafKind, str] | None
) -> Entry:
    file_dtype = FILE_DTYPES[fields["dtype"]]
    start, stop = fields["data_offsets"]
    kind, dtype = special or ("array", file_dtype.str)
    return Entry(file_dtype, tuple(fields["shape"]), body + start, body + stop, crc, kind, dtype)


def _header_sum(header: bytes) -> str:
    before, mark, after = header.partition(_SUMS)
    return _hex([zlib.crc32(before + mark + b"0" * _DIGITS + after[_DIGITS:])])


def _hex(crcs: Sequence[int]) -> str:
    return np.array(crcs, ">u4").tobytes().hex()
