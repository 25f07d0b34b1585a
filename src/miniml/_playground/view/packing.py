"""The bytes of a frame: a length, a JSON header, and arrays aligned to four bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from miniml._playground.view.header import Header, Section
from miniml.types import Array

ENCODER = msgspec.json.Encoder()


_TYPES = {"u8": "u1", "i8": "i1", "f16": "<f2", "f32": "<f4"}
_NAMES = {"B": "u8", "b": "i8", "e": "f16"}


def compact(values: Array) -> NDArray[np.float16 | np.float32]:
    """Return numbers in half precision, which has three digits; in single if one does not fit.

    An underflow would move a score to the other side of zero, an overflow limit a loss to 65504.
    """
    size = np.abs(values[np.isfinite(values)])
    ends = np.finfo(np.float16)
    fits = ((size == 0.0) | (size >= ends.smallest_subnormal)) & (size <= ends.max)
    return values.astype(np.float16 if fits.all() else np.float32)


def pack(header: Header, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack a header and arrays into one message.

    Args:
        header: The header, without its `sections`.
        arrays: Arrays of uint8, int8 or float16; others are sent as float32. All are
            little-endian.

    Returns:
        The length of the header, four bytes, little-endian; the header, padded with spaces to a
        multiple of four bytes; the arrays, each padded with zeros to a multiple of four bytes.
    """
    sections: dict[str, Section] = {}
    body: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        dtype = _NAMES.get(array.dtype.char, "f32")
        sent = array.astype(_TYPES[dtype], copy=False)
        raw = sent.tobytes()
        sections[name] = Section(dtype, offset, sent.size)
        filled = raw.ljust(-(-len(raw) // 4) * 4, b"\0")
        body.append(filled)
        offset += len(filled)
    head = ENCODER.encode(msgspec.structs.replace(header, sections=sections))
    head = head.ljust(-(-len(head) // 4) * 4, b" ")
    return b"".join([len(head).to_bytes(4, "little"), head, *body])


def unpack(frame: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header of a message as plain objects, and its arrays by name."""
    size = int.from_bytes(frame[:4], "little")
    head = msgspec.json.decode(frame[4 : 4 + size])
    body = memoryview(frame)[4 + size :]
    arrays: dict[str, NDArray[Any]] = {
        name: np.frombuffer(body, _TYPES[section["dtype"]], section["length"], section["offset"])
        for name, section in head.get("sections", {}).items()
    }
    return head, arrays
