"""The bytes of the arrays: their sums, and reading them, on all cores."""

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

_RUN = 8 << 20  # bytes that are worth handing to another thread, and that small leaves may share
_MAX_THREADS = 8  # beyond, memory is the limit


def crcs(arrays: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """Give the CRC-32 of the bytes of each array, all of them C-contiguous."""
    return {name: zlib.crc32(array.data) for name, array in arrays.items()}


def map_file(file: BinaryIO) -> NDArray[np.uint8]:
    """Give the bytes of a file as an array that is read when it is used."""
    return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


def view(raw: NDArray[np.uint8], entry: Entry) -> NDArray[Any]:
    """Give the array at a place of a mapped file, without reading it."""
    return raw[entry.start : entry.stop].view(entry.file_dtype).reshape(entry.shape)


def read(
    path: Path, raw: NDArray[np.uint8], wanted: Mapping[str, Entry]
) -> dict[str, NDArray[Any]]:
    """Read arrays into fresh memory and check their sums.

    Raises:
        DamageError: If bytes have changed since they were written; it names the leaves.
    """

    def copy(run: list[tuple[str, Entry]]) -> tuple[NDArray[np.uint8], int | None]:
        own = raw[run[0][1].start : run[-1][1].stop].copy()
        return own, zlib.crc32(own.data) if len(run) == 1 else None

    arrays: dict[str, NDArray[Any]] = {}
    damaged: list[str] = []
    runs = _runs(wanted.items())
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MAX_THREADS)) as pool:
        copies = pool.map(copy, runs) if len(runs) > 1 else map(copy, runs)
        for run, (own, crc) in zip(runs, copies, strict=True):
            origin = run[0][1].start
            for name, entry in run:
                data = own[entry.start - origin : entry.stop - origin]
                arrays[name] = data.view(entry.file_dtype).reshape(entry.shape)
                # Of many small leaves, here: threads would pass the interpreter to and fro.
                found = zlib.crc32(data.data) if crc is None else crc
                if entry.crc is not None and entry.crc != found:
                    damaged.append(name)
    if damaged:
        raise DamageError(
            f"{path} is damaged: since it was written, these leaves have changed: "
            f"{', '.join(repr(name) if name else 'the root' for name in wanted if name in damaged)}"
        )
    return arrays


def _runs(wanted: Iterable[tuple[str, Entry]]) -> list[list[tuple[str, Entry]]]:
    """Group neighbours in the file: one copy of many small arrays is faster than many copies."""
    runs: list[list[tuple[str, Entry]]] = []
    for name, entry in sorted(wanted, key=lambda item: item[1].start):
        if runs:
            first, last = runs[-1][0][1], runs[-1][-1][1]
            offset = entry.start - first.start
            aligned = offset % entry.file_dtype.itemsize == 0
            if aligned and entry.start == last.stop and offset < _RUN:
                runs[-1].append((name, entry))
                continue
        runs.append([(name, entry)])
    return runs
