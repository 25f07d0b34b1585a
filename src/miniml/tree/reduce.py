"""Reductions over all leaves."""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar, overload

import numpy as np

from miniml.tree.flatten import IsLeaf, tree_leaves
from miniml.tree.mapping import tree_map_with_path
from miniml.tree.path import Path, at_path
from miniml.types import Array, Scalar

T = TypeVar("T")
R = TypeVar("R")

_FLOAT = np.dtype(float)
_HALF = np.dtype(np.float16)
_NUMBERS = (float, int, complex, np.number, np.bool_, np.ndarray)


@overload
def tree_reduce(
    f: Callable[[Any, Any], Any], tree: Any, /, *, is_leaf: IsLeaf | None = None
) -> Any: ...
@overload
def tree_reduce(
    f: Callable[[R, Any], R], tree: Any, initial: R, /, *, is_leaf: IsLeaf | None = None
) -> R: ...
def tree_reduce(
    f: Callable[[Any, Any], Any], tree: Any, /, *initial: Any, is_leaf: IsLeaf | None = None
) -> Any:
    """Combine the leaves by a function, from the first to the last.

    Args:
        f: Takes the current result and a leaf, returns the next result.
        tree: Any tree.
        initial: The result before the first leaf; by default the first leaf.
        is_leaf: See `tree_flatten`.

    Returns:
        The last result.

    Raises:
        TypeError: If there are no leaves and no `initial`.

    Example:
        >>> tree_reduce(lambda total, leaf: total + leaf, {"a": 1, "b": (2, 3)}, 0)
        6
    """
    return reduce(f, tree_leaves(tree, is_leaf), *initial)


def tree_dot(a: T, b: T) -> Scalar:
    """Return the dot product of two trees, each taken as one vector.

    Args:
        a: A tree of numbers and arrays; complex elements are conjugated.
        b: Another tree of the same structure.

    Returns:
        The sum of the products of all elements, at least in float32.

    Raises:
        ValueError: If structures or shapes differ.

    Example:
        >>> print(tree_dot({"w": 2.0, "b": 1.0}, {"w": 3.0, "b": -1.0}))
        5.0
    """
    total: Scalar = tree_reduce(_add, tree_map_with_path(_leaf_dot, a, b), 0.0)
    return total


def tree_norm(tree: Any, *, squared: bool = False) -> Scalar:
    """Return the Euclidean norm of a tree, taken as one vector.

    Args:
        tree: A tree of numbers and arrays.
        squared: Whether to return the square of the norm.

    Returns:
        The norm, at least in float32, also if squares overflow or underflow. Its gradient is 0 if
        all elements are 0, as for `np.linalg.norm`.

    Example:
        >>> print(tree_norm({"w": 3.0, "b": -4.0}))
        5.0
    """
    leaves = [_wide(leaf) for leaf in tree_leaves(tree)]
    if squared:
        return reduce(_add, map(_leaf_square, leaves), 0.0)
    if any(not issubclass(type(leaf), _NUMBERS) for leaf in leaves):  # traced
        traced: Scalar = reduce(np.hypot, map(_leaf_norm, leaves))
        return traced
    with np.errstate(over="ignore", under="ignore"):
        squares = np.asarray(reduce(_add, map(_leaf_square, leaves), 0.0))
        norm: Scalar = squares.dtype.type(root_of_squares(squares[()], *leaves))
    return norm


def root_of_squares(squares: Any, *leaves: Any) -> np.float64:
    """Return the norm of numbers, given the sum of their squares, which may be out of range.

    Args:
        squares: The sum, float32 or float64.
        leaves: The numbers.

    Returns:
        The root of the sum; if it overflowed, or squares lost digits, the norm by scaled numbers.
    """
    least, most = _RANGE[np.asarray(squares).dtype.char]
    if least <= squares <= most:
        return np.float64(math.sqrt(squares))
    sizes = [np.abs(leaf).astype(np.float64) for leaf in map(np.asarray, leaves)]
    largest = float(np.max([np.max(size, initial=0.0) for size in sizes], initial=0.0))
    if not 0.0 < largest < math.inf:
        return np.float64(largest)
    return np.float64(largest * math.sqrt(sum(np.sum(np.square(s / largest)) for s in sizes)))


_RANGE = {t: (float(np.finfo(t).tiny / np.finfo(t).eps), float(np.finfo(t).max)) for t in "fdg"}
"""The sums of squares of float32 and float64 in which no square has lost digits."""


def _add(a: Any, b: Any) -> Any:
    return a + b


def _leaf_dot(path: Path, x: Any, y: Any) -> Any:
    if np.shape(x) != np.shape(y):
        raise ValueError(
            f"{at_path(path)}: leaves of shapes {np.shape(x)} and {np.shape(y)} have no dot product"
        )
    x, y = _wide(x), _wide(y)
    return _sum(np.conj(x) * y)


def _leaf_square(x: Any) -> Any:
    return _sum(np.square(np.abs(x)))


def _leaf_norm(x: Any) -> Any:
    return np.linalg.norm(x) if np.ndim(x) else np.abs(x)


def _sum(x: Array) -> Scalar:
    return np.sum(x) if np.ndim(x) else x


def _wide(x: Any) -> Any:
    """Convert integers to float64, whose products would wrap, and float16 to float32."""
    dtype = getattr(x, "dtype", _FLOAT)
    if dtype is _HALF:
        return x.astype(np.float32)
    return x.astype(np.float64) if dtype.kind in "iub" else x
