"""The header of a file is checked once, before anything is allocated or returned.

Whatever the bytes are, the result is a `Header` whose parts have the types that they claim, or a
`CheckpointError`: names, dtypes, shapes and offsets of a file are input like any other.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from miniml.checkpoint.errors import CheckpointError, DamageError
from miniml.checkpoint.header import DIGITS, VERSION, Contents, Entry, Header, header_sum
from miniml.checkpoint.leaves import FILE_DTYPES, LEAF_KINDS, LeafKind, is_stored_as
from miniml.checkpoint.outline import NodeOutline

_LENGTH_BYTES = 8
_MOST_AXES = 64  # NumPy's limit
_MOST_BYTES = 2**63  # the same: the extents that are not 0, times the size of an item
_OUR_KEYS = frozenset({"miniml", "miniml_crc32"})
_FIELDS = frozenset({"version", "special", "outline", "versions", "notes"})
_HEX = re.compile("[0-9a-f]*")


class _FaultError(ValueError):
    """The header is not what the format prescribes; the message says what was found."""


def read_header(path: Path, raw: NDArray[np.uint8]) -> Header:
    """Read and check the header of a file.

    Args:
        path: The name of the file, for messages.
        raw: Its bytes.

    Returns:
        The header; each array that it names lies within the file.

    Raises:
        DamageError: If the file is not complete, or has changed since it was written.
        CheckpointError: If the file is of another version, or NumPy does not have a dtype or a shape.
    """
    try:
        text = _text(raw)
        header = _json_object(text, "its header", constants=False)
        metadata = _metadata(header)
    except _FaultError as fault:
        raise _incomplete(path, fault) from None
    contents, crcs = Contents({}, {}, {}, metadata), None
    if _OUR_KEYS & metadata.keys():
        try:
            contents, crcs = _our_contents(path, text, metadata, header)
        except _FaultError as fault:
            raise _altered(path, fault) from None
    try:
        entries = _entries(path, header, contents.special, crcs, _LENGTH_BYTES + len(text))
        _check_filled(entries, _LENGTH_BYTES + len(text), raw.size)
    except _FaultError as fault:
        raise _incomplete(path, fault) from None
    return Header(path, contents, entries)


def _incomplete(path: Path, fault: _FaultError) -> DamageError:
    return DamageError(f"{path} is not a complete safetensors file: {fault}")


def _altered(path: Path, fault: object) -> DamageError:
    return DamageError(f"{path} is damaged, or another program has changed it: {fault}")


def _text(raw: NDArray[np.uint8]) -> bytes:
    """Return the JSON text at the beginning of a file."""
    length = int.from_bytes(raw[:_LENGTH_BYTES].tobytes(), "little")
    if raw.size < _LENGTH_BYTES or length > raw.size - _LENGTH_BYTES:
        raise _FaultError(f"it has {raw.size:,} bytes, fewer than its header")
    return raw[_LENGTH_BYTES : _LENGTH_BYTES + length].tobytes()


def _json_object(text: bytes | str, what: str, *, constants: bool) -> dict[str, Any]:
    """Parse JSON strictly: UTF-8, an object, no key twice, and NaN only if asked for."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise _FaultError(f"{what} has a key twice")
        return found

    def refuse(constant: str) -> NoReturn:
        raise _FaultError(f"{what} has {constant}, which is not JSON")

    try:
        found: object = json.loads(
            text if isinstance(text, str) else text.decode(),
            object_pairs_hook=unique,
            parse_constant=None if constants else refuse,
        )
    except _FaultError:
        raise
    except RecursionError:
        raise _FaultError(f"{what} is nested too deeply") from None
    except ValueError as error:  # not JSON, not UTF-8, or an integer of thousands of digits
        raise _FaultError(f"{what} is not JSON in UTF-8: {error}") from None
    return _object(found, what)


def _metadata(header: dict[str, Any]) -> dict[str, str]:
    """Take the metadata out of a header; some tools write null for none."""
    found = header.pop("__metadata__", None)
    metadata = {} if found is None else _texts(found, "its metadata")
    try:  # JSON can write halves of characters, which no file or terminal takes
        for text in (*header, *metadata, *metadata.values()):
            text.encode()
    except UnicodeEncodeError:
        raise _FaultError("its header has text that is not Unicode") from None
    return metadata


def _entries(
    path: Path,
    header: Mapping[str, object],
    special: Mapping[str, tuple[LeafKind, str]],
    crcs: Sequence[int] | None,
    body: int,
) -> dict[str, Entry]:
    """Return the arrays by name, in order."""
    names = sorted(header)
    sums: Sequence[int | None] = [None] * len(names) if crcs is None else crcs
    return {
        name: _entry(path, name, header[name], body, (crc, special.get(name)))
        for name, crc in zip(names, sums, strict=True)
    }


def _entry(
    path: Path,
    name: str,
    described: object,
    body: int,
    known: tuple[int | None, tuple[LeafKind, str] | None],
) -> Entry:
    """Check the description of an array, and of the leaf that it stores."""
    fields = _object(described, f"the description of {name!r}")
    dtype, shape, offsets = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not isinstance(dtype, str):
        raise _FaultError(f"the dtype of {name!r} is {_shown(dtype)}, not a text")
    if not _are_sizes(shape):
        raise _FaultError(f"the shape of {name!r} is {_shown(shape)}, not a list of sizes")
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise _FaultError(f"the offsets of {name!r} are {_shown(offsets)}, not two sizes")
    file_dtype = FILE_DTYPES.get(dtype)
    if file_dtype is None:
        raise CheckpointError(
            f"in {path} the leaf {name!r} has dtype {dtype}, which NumPy does not have: "
            "convert the file first (in PyTorch: tensor.float())"
        )
    start, stop = offsets
    size = _size(path, name, shape, file_dtype.itemsize)
    if stop - start != size:
        raise _FaultError(
            f"{name!r} of shape {tuple(shape)} and dtype {dtype} has {stop - start:,} bytes, not "
            f"{size:,}"
        )
    crc, special = known
    kind, own = special or ("array", file_dtype.str)
    if special and not is_stored_as(kind, own, file_dtype, tuple(shape)):
        leaf = f"the leaf {name!r} is described as {_shown(special)}"
        raise _altered(path, f"{leaf}, and stored as {file_dtype} of shape {tuple(shape)}")
    leaf_dtype = np.dtype(own) if special else file_dtype
    return Entry(file_dtype, tuple(shape), body + start, body + stop, crc, kind, leaf_dtype)


def _size(path: Path, name: str, shape: Sequence[int], itemsize: int) -> int:
    """Return the number of bytes of an array; refuse a shape that NumPy does not have."""
    size = itemsize
    if len(shape) <= _MOST_AXES:
        size = math.prod(shape) * itemsize
        # The format allows longer axes than NumPy beside an extent of 0.
        if max(size, 0 if size else math.prod(filter(None, shape)) * itemsize) < _MOST_BYTES:
            return size
    raise CheckpointError(
        f"in {path} the leaf {name!r} has a shape that NumPy does not have: {len(shape)} axes, "
        f"{_shown(shape)}"
    )


def _check_filled(entries: Mapping[str, Entry], at: int, size: int) -> None:
    """Check that the arrays fill the file without gaps."""
    for entry in sorted(entries.values(), key=lambda entry: (entry.start, entry.stop)):
        if entry.start != at:
            raise _FaultError(
                f"bytes {min(at, entry.start):,} to {max(at, entry.start):,} are not of one array"
            )
        at = entry.stop
    if at != size:
        raise _FaultError(f"its header describes {at:,} bytes, and it has {size:,}")


def _our_contents(
    path: Path, text: bytes, metadata: Mapping[str, str], header: Mapping[str, object]
) -> tuple[Contents, Sequence[int]]:
    """Check the sums and the contents that `save` wrote."""
    sums = metadata.get("miniml_crc32", "")
    if sums[:DIGITS] != header_sum(text):
        raise _FaultError("the checksum of its header is wrong")
    if not _HEX.fullmatch(sums) or len(sums) != DIGITS * (1 + len(header)):
        raise _FaultError(f"it does not have one checksum for each of {len(header):,} leaves")
    fields = _json_object(metadata.get("miniml", ""), "its description", constants=True)
    version = fields.get("version")
    if type(version) is int and version != VERSION:
        raise CheckpointError(
            f"{path} has format version {version}, but this miniml reads version {VERSION}: update "
            "miniml"
        )
    if type(version) is not int or fields.keys() != _FIELDS:
        raise _FaultError(f"its description has other fields than {', '.join(sorted(_FIELDS))}")
    special = {
        name: _special(name, found)
        for name, found in _object(fields["special"], "the kinds of its leaves").items()
    }
    if unknown := special.keys() - header.keys():
        raise _FaultError(f"it has no array for the leaf {min(unknown)!r}")
    outlined = {
        name: _node(name, found)
        for name, found in _object(fields["outline"], "its outline").items()
    }
    versions, notes = (
        _texts(fields["versions"], "its versions"),
        _object(fields["notes"], "its notes"),
    )
    crcs: Sequence[int] = np.frombuffer(bytes.fromhex(sums[DIGITS:]), ">u4").tolist()
    return Contents(special, outlined, versions, notes), crcs


def _special(name: str, found: object) -> tuple[LeafKind, str]:
    """Check the kind and the dtype of a leaf that differs from its array."""
    if _is_list(found) and len(found) == 2:
        kind, dtype = found
        if isinstance(kind, str) and isinstance(dtype, str) and kind in LEAF_KINDS:
            return LEAF_KINDS[kind], dtype
    raise _FaultError(f"the leaf {name!r} is described as {_shown(found)}")


def _node(name: str, found: object) -> NodeOutline:
    if _is_list(found) and len(found) == 2 and isinstance(found[0], str):
        return found[0], _texts(found[1], f"the static fields of {name!r}")
    raise _FaultError(f"the node {name!r} is described as {_shown(found)}")


def _object(found: object, what: str) -> dict[str, Any]:
    """Return a JSON object; its keys are text."""
    if not isinstance(found, dict):
        raise _FaultError(f"{what}: {_shown(found)} was found, not an object")
    return cast("dict[str, Any]", found)


def _texts(found: object, what: str) -> dict[str, str]:
    """Return a JSON object of texts."""
    texts = _object(found, what)
    if not all(isinstance(text, str) for text in texts.values()):
        raise _FaultError(f"{what}: one value is not a text")
    return texts


def _is_list(found: object) -> TypeGuard[list[object]]:
    return isinstance(found, list)


def _are_sizes(found: object) -> TypeGuard[Sequence[int]]:
    """Return whether JSON is a list of integers from 0; `True` is not one."""
    if not _is_list(found):
        return False
    for size in found:  # noqa: SIM110  # called twice for each leaf: faster than `all`
        if type(size) is not int or size < 0:
            return False
    return True


def _shown(found: object) -> str:
    """Return JSON as text that fits on a line; an integer may have thousands of digits."""
    text = repr(found)
    return text if len(text) <= 60 else f"{text[:57]}..."
