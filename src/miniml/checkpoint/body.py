"""The bytes of the arrays: their sums, and reading them, on all cores."""

import mmap
import os
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.header import Place

A = TypeVar("A")
B = TypeVar("B")

_JOB = 4 << 20  # bytes that are worth handing to another thread
_MAX_THREADS = 8  # beyond, memory is the limit


def crc32(array: NDArray[Any]) -> int:
    """Give the CRC-32 of the bytes of a C-contiguous array."""
    return zlib.crc32(array.reshape(-1).view(np.uint8).data) if array.size else 0


def crcs(arrays: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """Give the CRC-32 of each array."""
    return {name: crc32(array) for name, array in arrays.items()}


def map_file(path: Path) -> NDArray[np.uint8]:
    """Give the bytes of a file as an array that is read when it is used."""
    with path.open("rb") as file:
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


def view(raw: NDArray[np.uint8], place: Place) -> NDArray[Any]:
    """Give the array at a place of a mapped file, without reading it."""
    return raw[place.start : place.stop].view(place.file_dtype).reshape(place.shape)


def read(
    path: Path, raw: NDArray[np.uint8], wanted: Mapping[str, Place]
) -> dict[str, NDArray[Any]]:
    """Read arrays into fresh memory and check their sums.

    Raises:
        CheckpointError: If bytes have changed since they were written; it names the leaves.
    """

    def read_one(place: Place) -> tuple[NDArray[Any], bool]:
        array = view(raw, place).copy()
        return array, place.crc is None or place.crc == crc32(array)

    places = list(wanted.values())
    results = _in_threads(read_one, places, lambda place: place.stop - place.start)
    damaged = [name for name, (_, whole) in zip(wanted, results, strict=True) if not whole]
    if damaged:
        raise CheckpointError(
            f"{path} is damaged: since it was written, these leaves have changed: "
            f"{', '.join(map(repr, damaged))}"
        )
    return {name: array for name, (array, _) in zip(wanted, results, strict=True)}


def _in_threads(f: Callable[[A], B], items: list[A], size: Callable[[A], int]) -> list[B]:
    """Map over the items, neighbours together in jobs of a size that is worth a thread."""
    jobs: list[list[A]] = [[]]
    filled = 0
    for item in items:
        if filled >= _JOB:
            jobs.append([])
            filled = 0
        jobs[-1].append(item)
        filled += size(item)

    def do(job: list[A]) -> list[B]:
        return [f(item) for item in job]

    threads = min(len(jobs), os.cpu_count() or 1, _MAX_THREADS)
    if threads == 1:
        return do(items)
    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(do, jobs) for result in results]
