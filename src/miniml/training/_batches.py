"""The batch of each step: a pure function of the data, the seed and the step's number."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from miniml.datasets.frames import frame_array
from miniml.datasets.table import DataError
from miniml.program.trace.inputs import read_only
from miniml.tree import named_leaves, tree_flatten, tree_leaves, tree_map, tree_unflatten
from miniml.validation import Integer, describe

A = TypeVar("A")
D = TypeVar("D")

Augment: TypeAlias = Callable[[D, np.random.Generator], D]
"""From a batch and a random generator to what replaces the batch."""

_WORTH_A_THREAD = 1 << 20
"""Bytes of a batch from which a thread pays: passing one between threads takes about 50 us."""

_BYTES_AT_ONCE = 1 << 18
"""Bytes of small batches that are taken from the data at once; each batch is a slice of them."""


def batches(
    data: D,
    batch_size: int | None,
    seed: int = 0,
    *,
    start: int = 0,
    augment: Augment[D] | None = None,
) -> Iterator[tuple[int, D]]:
    """Return an endless iterator of batches, epoch after epoch.

    Args:
        data: A tree whose leaves share their first axis, the points: arrays, arrays mapped from
            files, or frames of pandas or polars. Without a batch size, any tree of them.
        batch_size: The points of a batch; None gives all the data each time, in its order.
        seed: The order within an epoch is a pure function of this and the epoch's number.
        start: The number of batches to skip.
        augment: `augment(batch, rng)` returns what replaces the batch; the generator is seeded by
            the seed and the batch's number.

    Yields:
        The epoch's number, from 0, and the batch; the last of an epoch may be smaller.

    Raises:
        TypeError: If a number is not an integer.
        ValueError: If the batch size is not positive, or the leaves differ in length.

    Example:
        >>> stream = batches(np.arange(4), 2, seed=1)
        >>> sorted(np.concatenate([next(stream)[1], next(stream)[1]]).tolist())
        [0, 1, 2, 3]
    """
    if batch_size is not None:
        Integer(1).check("batch_size", batch_size)
        batch_size = int(batch_size)  # of a NumPy integer the epochs would be NumPy integers
    Integer(0).check("seed", seed)
    Integer(0).check("start", start)
    data = as_arrays(data)
    stream: Iterator[tuple[int, D]]
    share = 1.0 if batch_size is None else min(batch_size / count_points(data), 1.0)
    if batch_size is None or share == 1.0:
        stream = ((epoch, data) for epoch in _count_from(start))
        if augment is None:
            return stream
    else:
        stream = _shuffled(data, batch_size, seed, start)
    if augment is not None:
        stream = _augmented(stream, augment, seed, start)
    size = share * sum(leaf.nbytes for leaf in tree_leaves(data))
    return _prefetched(stream) if size >= _WORTH_A_THREAD else stream


def as_arrays(data: D) -> D:
    """Return the data with arrays in place of frames and of whatever else NumPy can read.

    Raises:
        ValueError: If no array has an element, or none has an axis.
    """
    arrays = tree_map(_as_array, data)
    shapes = [leaf.shape for leaf in tree_leaves(arrays)]
    if shapes and not any(shapes):
        raise ValueError("the data are scalars only: make arrays of lists, np.array(...)")
    if shapes and all(0 in shape for shape in shapes):
        raise ValueError("the data hold no points")
    return arrays


def count_points(data: object) -> int:
    """Return the number of points of data whose leaves are arrays.

    Raises:
        ValueError: If the leaves differ in length, there is none, or one has no axis.
    """
    shapes = {name: leaf.shape for name, leaf in named_leaves(data).items()}
    if not shapes or any(not shape for shape in shapes.values()):
        raise ValueError(
            f"the data have the shapes {shapes}: each leaf needs an axis of points; make arrays "
            "of lists, np.array(...)"
        )
    lengths: set[int] = {shape[0] for shape in shapes.values()}
    if len(lengths) != 1:
        raise ValueError(
            f"the leaves of the data have the shapes {shapes}: their first axis, the points, must "
            "be the same"
        )
    return lengths.pop()


def take(data: D, rows: NDArray[np.int64]) -> D:
    """Return some points of the data, in memory."""
    return tree_map(lambda leaf: leaf.view(np.ndarray).take(rows, axis=0), data)


def hold_out(data: D, share: float, seed: int) -> tuple[D, D]:
    """Hold out a share of the points at random; return the others and the share, in memory.

    Raises:
        DataError: If either would be empty.
    """
    points = count_points(data)
    kept = round(points * (1.0 - share))
    if not 0 < kept < points:
        raise DataError(
            f"a share of {share} of {points} points leaves nothing to train or to measure on"
        )
    # Other numbers than those of an epoch's order, (seed, epoch), and of a step, (seed, step, 0, 1).
    order = np.random.default_rng((seed, 0, 1)).permutation(points)
    return take(data, order[:kept]), take(data, order[kept:])


def _as_array(leaf: Any) -> NDArray[Any]:
    if hasattr(leaf, "to_numpy") and hasattr(leaf, "columns"):
        return frame_array(leaf, "the data")
    if isinstance(leaf, np.ma.MaskedArray):
        raise TypeError(
            "the data hold a masked array, and a batch of it would lose the mask: fill it, or keep "
            "`leaf.data` and `leaf.mask` as two leaves"
        )
    if hasattr(leaf, "collect_schema") and not hasattr(leaf, "to_numpy"):
        raise TypeError("the data hold a LazyFrame, whose rows are not read yet: call .collect()")
    array: NDArray[Any] = np.asanyarray(leaf)  # a mapped array stays one
    if array.dtype == np.object_ and not array.shape:
        hint = ": make it dense, .toarray()" if hasattr(leaf, "toarray") else ""
        raise TypeError(f"the data hold {describe(leaf)}: it must be an array or a number{hint}")
    return array


def _count_from(start: int) -> Iterator[int]:
    while True:
        yield start
        start += 1


def _shuffled(data: D, batch_size: int, seed: int, start: int) -> Iterator[tuple[int, D]]:
    points = count_points(data)
    epoch, skipped = divmod(start, -(-points // batch_size))
    size = sum(leaf.nbytes for leaf in tree_leaves(data)) // points * batch_size
    together = max(_BYTES_AT_ONCE // max(size, 1), 1) * batch_size
    while True:
        order = np.random.default_rng((seed, epoch)).permutation(points)
        for first in range(skipped * batch_size, points, together):
            taken, structure = tree_flatten(take(data, order[first : first + together]))
            for lo in range(0, len(taken[0]), batch_size):
                batch = [leaf[lo : lo + batch_size] for leaf in taken]
                yield epoch, tree_unflatten(structure, batch)
        epoch, skipped = epoch + 1, 0


def _augmented(
    stream: Iterator[tuple[int, D]], augment: Augment[D], seed: int, start: int
) -> Iterator[tuple[int, D]]:
    for step, (epoch, batch) in enumerate(stream, start=start + 1):
        # SeedSequence ignores trailing zeros: (seed, step, 0) would repeat an epoch's order.
        rng = np.random.default_rng((seed, step, 0, 1))
        found = augment(tree_map(read_only, batch), rng)
        if found is None and batch is not None:
            raise TypeError("augment returned None: it must return what replaces the batch")
        yield epoch, found


def _prefetched(items: Iterator[A]) -> Iterator[A]:
    """Make each item in a thread while the one before is in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as pool:
        ahead = pool.submit(next, items)
        while True:
            item = ahead.result()
            ahead = pool.submit(next, items)
            yield item
