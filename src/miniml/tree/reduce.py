"""Reductions over all leaves."""

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar, overload

import numpy as np

from miniml.tree.flatten import IsLeaf, tree_leaves
from miniml.tree.mapping import tree_map, tree_map_with_path
from miniml.tree.path import Path, at_path
from miniml.types import Array, Scalar

T = TypeVar("T")
R = TypeVar("R")

_FLOAT = np.dtype(float)
_HALF = np.dtype(np.float16)
_NUMBERS = (float, np.number, np.ndarray)


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
        The norm, at least in float32. Its gradient is 0 if all elements are 0, as for
        `np.linalg.norm`.

    Example:
        >>> print(tree_norm({"w": 3.0, "b": -4.0}))
        5.0
    """
    total = tree_reduce(_add, tree_map(_leaf_square, tree), 0.0)
    return total if squared else _root(total)


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
    return _sum(np.square(np.abs(_wide(x))))


def _sum(x: Array) -> Scalar:
    return np.sum(x) if np.ndim(x) else x


def _root(squares: Any) -> Any:
    if issubclass(type(squares), _NUMBERS):
        return np.sqrt(squares)
    nothing = squares == 0.0  # traced: the square root has no derivative there
    return np.where(nothing, 0.0, np.sqrt(np.where(nothing, 1.0, squares)))


def _wide(x: Any) -> Any:
    """Convert integers to float64, whose products would wrap, and float16 to float32."""
    dtype = getattr(x, "dtype", _FLOAT)
    if dtype is _HALF:
        return x.astype(np.float32)
    return x.astype(np.float64) if dtype.kind in "iub" else x
