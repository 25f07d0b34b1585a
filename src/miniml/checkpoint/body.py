"""The bytes of the arrays: checksums, and parallel reading."""

import mmap
import os
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from miniml.checkpoint.errors import DamageError
from miniml.checkpoint.header import Entry

_BLOCK = 8 << 20  # bytes that are worth a separate task; small leaves share one
_MAX_THREADS = 8  # more threads are limited by memory bandwidth


def crcs(arrays: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """Return the CRC-32 of each array; all must be C-contiguous."""
    return {name: zlib.crc32(array.data) for name, array in arrays.items()}


def map_file(file: BinaryIO) -> NDArray[np.uint8]:
    """Map a file into memory as an array of bytes; a device or an empty file has none."""
    if not os.fstat(file.fileno()).st_size:
        return np.empty(0, np.uint8)
    return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


def view(raw: NDArray[np.uint8], entry: Entry) -> NDArray[Any]:
    """Return a view of one array in a mapped file, without reading it."""
    return raw[entry.start : entry.stop].view(entry.file_dtype).reshape(entry.shape)


def read(
    path: Path, raw: NDArray[np.uint8], wanted: Mapping[str, Entry]
) -> dict[str, NDArray[Any]]:
    """Copy arrays to memory and verify their checksums.

    Raises:
        DamageError: If bytes have changed since they were written, or are not those of the dtype;
            the message names the leaves.
    """

    def copy(block: list[tuple[str, Entry]]) -> tuple[NDArray[np.uint8], int | None]:
        own = raw[block[0][1].start : block[-1][1].stop].copy()
        return own, zlib.crc32(own.data) if len(block) == 1 else None

    arrays: dict[str, NDArray[Any]] = {}
    damaged: list[str] = []
    blocks = _blocks(wanted.items())
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MAX_THREADS)) as pool:
        copies = pool.map(copy, blocks) if len(blocks) > 1 else map(copy, blocks)
        for block, (own, crc) in zip(blocks, copies, strict=True):
            origin = block[0][1].start
            for name, entry in block:
                data = own[entry.start - origin : entry.stop - origin]
                arrays[name] = data.view(entry.file_dtype).reshape(entry.shape)
                # Small leaves are summed here: threads would contend for the interpreter lock.
                found = zlib.crc32(data.data) if crc is None else crc
                # A bool of NumPy is the byte 0 or 1; others compute wrong sums.
                is_valid = entry.file_dtype.kind != "b" or not (data > 1).any()
                if not is_valid or (entry.crc is not None and entry.crc != found):
                    damaged.append(name)
    if damaged:
        raise DamageError(
            f"{path} is damaged: these leaves have changed since it was written: "
            f"{', '.join(repr(name) if name else 'the root' for name in wanted if name in damaged)}"
        )
    return arrays


def _blocks(wanted: Iterable[tuple[str, Entry]]) -> list[list[tuple[str, Entry]]]:
    """Group neighbours in the file: one copy of many small arrays is faster than many copies."""
    blocks: list[list[tuple[str, Entry]]] = []
    for name, entry in sorted(wanted, key=lambda item: item[1].start):
        if blocks:
            first, last = blocks[-1][0][1], blocks[-1][-1][1]
            offset = entry.start - first.start
            aligned = offset % entry.file_dtype.itemsize == 0
            if aligned and entry.start == last.stop and offset < _BLOCK:
                blocks[-1].append((name, entry))
                continue
        blocks.append([(name, entry)])
    return blocks
