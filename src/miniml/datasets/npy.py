"""The header of an array in NumPy's format, checked before anything is allocated.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import math
import re
from pathlib import Path
from typing import IO, Any, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.datasets.table import DataError

_MAGIC = b"\x93NUMPY"
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
"""The bytes of a header's length, by version."""
_LONGEST = 10_000  # NumPy's own limit for files that are not trusted
_MOST_AXES, _MOST_BYTES = 64, 2**63  # NumPy's

_HEADER = re.compile(
    r"\{(?=.*'descr': ?'(?P<descr>[^']*)')(?=.*'fortran_order': ?(?P<fortran>True|False))"
    r"(?=.*'shape': ?\((?P<shape>[\d, ]*)\))[^{}]*\}\s*"
)
_DTYPE = re.compile(r"[<>=|]?(?:\?|[biufc]\d{1,2}|[SU]\d{1,6}|[mM]8(?:\[\w{1,9}\])?)")
"""Booleans, numbers, text and dates: neither Python objects nor records."""


@attrs.frozen
class NpyHeader:
    """What the header of an array says.

    Attributes:
        dtype: The dtype.
        shape: The shape.
        fortran: Whether the first axis is the innermost in memory.
        length: The number of bytes of the header.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    length: int

    def array(self, data: bytes) -> NDArray[Any]:
        """Return the array that these bytes hold."""
        flat = np.frombuffer(data, self.dtype, math.prod(self.shape))
        return flat.reshape(self.shape, order="F" if self.fortran else "C")

    def map(self, path: Path, start: int) -> NDArray[Any]:
        """Map the array from a file, in which its bytes start at a position."""
        if 0 in self.shape:  # nothing to map
            return np.zeros(self.shape, self.dtype)
        order: Literal["F", "C"] = "F" if self.fortran else "C"
        return np.memmap(path, self.dtype, "r", start, self.shape, order)


def read_npy_header(file: IO[bytes], size: int, what: str) -> NpyHeader:
    """Read the header of an array; the file stands at the array's bytes then.

    Args:
        file: The file, which stands at the beginning of the array.
        size: The number of bytes of header and array.
        what: The name of the array, for messages.

    Raises:
        DataError: If the header is damaged, or the array needs other than `size` bytes, or does
            not hold plain numbers, text or dates.
    """
    lead = file.read(len(_MAGIC) + 2)
    width = _LENGTH_BYTES.get(lead[-2]) if len(lead) == len(_MAGIC) + 2 else None
    if not lead.startswith(_MAGIC) or width is None:
        raise DataError(f"{what} is not an array: the magic string of NumPy's format is missing")
    length = int.from_bytes(file.read(width), "little")
    text = file.read(min(length, _LONGEST)).decode("latin-1")
    found = _HEADER.fullmatch(text)
    if len(text) < length or found is None:
        plain = (
            "objects, records or a damaged header; an array of numbers, text or dates was expected"
        )
        raise DataError(f"{what} is not a plain array: it has {plain}")
    dtype = _dtype(found["descr"], what)
    shape = _shape(found["shape"], what)
    size_of_items = math.prod(filter(None, shape)) * max(dtype.itemsize, 1)
    if len(shape) > _MOST_AXES or size_of_items >= _MOST_BYTES:
        raise DataError(f"{what} has a shape that NumPy does not have")
    header = NpyHeader(dtype, shape, found["fortran"] == "True", len(lead) + width + length)
    has, needs = size - header.length, math.prod(shape) * dtype.itemsize
    if has != needs:
        raise DataError(
            f"{what} is damaged: an array of shape {shape} and dtype {dtype} has {needs:,} bytes, "
            f"and {max(has, 0):,} were found"
        )
    return header


def _dtype(text: str, what: str) -> np.dtype[Any]:
    if _DTYPE.fullmatch(text):
        try:
            return np.dtype(text)
        except (TypeError, ValueError):  # an integer of 3 bytes, a date of an unknown unit
            pass
    raise DataError(
        f"{what} has the dtype {text[:20]!r}, which is not loaded: an array of numbers, text or dates "
        "was expected"
    )


def _shape(text: str, what: str) -> tuple[int, ...]:
    sizes = [size.strip() for size in text.split(",")]
    if not sizes[-1]:  # (3,) has a comma at the end, () has no size
        del sizes[-1]
    if not all(size.isdecimal() and len(size) < 20 for size in sizes):
        raise DataError(f"{what} has the shape ({text[:40]}), which NumPy does not have")
    return tuple(map(int, sizes))
