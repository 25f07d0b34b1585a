"""The points of a fit, in an order of their own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from miniml.tree import model
from miniml.types import Array


@model
class Points:
    """Points, their labels or targets, and their weights of mean 1; None is equal weights."""

    x: Array
    y: Array
    weight: Array | None


def in_order(x: Array, y: Array, weight: Array | None) -> Points:
    """Return distinct points, each with its total weight, in an order that they alone decide.

    So a fit depends to the last bit neither on the order of the points nor on whether a point is
    repeated or weighted, though rounding leads a search among many minima to another one.

    Args:
        x: The points, `(n, d)`.
        y: Their labels or targets, `(n,)` or `(n, k)`.
        weight: Their weights, `(n,)`; points of weight 0 are left out. None is equal weights.

    Returns:
        The distinct points.
    """
    if weight is not None and not weight.all():
        kept = np.flatnonzero(weight)
        x, y, weight = x[kept], y[kept], weight[kept]
    keys = _hashes(x) + np.uint64(31) * _hashes(y.reshape(len(y), -1))
    order = np.argsort(keys, kind="stable")
    x, y, keys = x[order], y[order], keys[order]
    # Rows of one hash are compared: others are at most left apart.
    is_new = np.ones(len(x), np.bool_)
    near = np.flatnonzero(keys[1:] == keys[:-1])
    same = np.ones(len(near), np.bool_)
    for rows in (x, y.reshape(len(y), -1)):
        same &= (rows[near] == rows[near + 1]).all(axis=1)
    is_new[near[same] + 1] = False
    ordered = np.ones(len(x), x.dtype) if weight is None else weight[order]
    if not is_new.all():
        starts = np.flatnonzero(is_new)
        x, y, ordered = x[starts], y[starts], np.add.reduceat(ordered, starts)
    is_equal = bool((ordered == ordered[0]).all())
    return Points(x, y, None if is_equal else ordered / ordered.mean())


def _hashes(rows: Array) -> NDArray[np.uint64]:
    """Return a number for each row, the same for equal rows."""
    bits = np.ascontiguousarray(rows, np.float64) + 0.0  # -0.0 equals 0.0
    return _mixed(bits.view(np.uint64))


def _mixed(words: Any) -> NDArray[np.uint64]:
    """Return a sum of the words of each row, each times a number of its column, modulo 2**64."""
    rng: Any = np.random.default_rng(0)
    factors = rng.integers(1, 2**63, size=words.shape[1], dtype=np.uint64)
    words = words ^ (words >> np.uint64(29))
    sums: NDArray[np.uint64] = (words * factors).sum(axis=1)
    return sums ^ (sums >> np.uint64(32))
