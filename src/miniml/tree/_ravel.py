"""Conversion of a tree to one vector, and back."""

from collections.abc import Callable
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np

from miniml.tree.containers import check_leaves
from miniml.tree.flatten import build, tree_flatten
from miniml.tree.path import Path, at_path
from miniml.tree.predicates import is_array
from miniml.types import Array

T = TypeVar("T")


def ravel(tree: T) -> tuple[Array, Callable[[Array], T]]:
    """Concatenate all elements of a tree to one vector, as optimisers for vectors need.

    Args:
        tree: A tree of numbers and numeric arrays; they may be traced.

    Returns:
        The vector, of shape `(n,)` and the common dtype of the leaves; and the function that
        converts such a vector back to a tree. It restores the shape and dtype of each leaf, and
        Python numbers; the leaves of a traced vector are arrays.

    Raises:
        TypeError: If a leaf is neither a number nor a numeric array.
        ValueError: If the common dtype cannot hold an integer of a leaf; and from the function, if
            an element is not whole but the leaf is of integers.

    Example:
        >>> import numpy as np
        >>> vector, unravel = ravel({"w": np.array([[1.0, 2.0]]), "b": 3.0})
        >>> vector
        array([3., 1., 2.])
        >>> unravel(2 * vector)
        {'b': 6.0, 'w': array([[2., 4.]])}
    """
    leaves, structure = tree_flatten(tree)
    arrays: list[Any] = [leaf if hasattr(leaf, "dtype") else np.asarray(leaf) for leaf in leaves]
    check_leaves(leaves, structure.paths)
    for path, array in zip(structure.paths, arrays, strict=True):
        if array.dtype.kind not in "biufc":
            raise TypeError(
                f"{at_path(path)}: dtype {array.dtype} is not numeric, so the leaf cannot be raveled"
            )
    vector = np.concatenate([np.ravel(array) for array in arrays]) if arrays else np.zeros(0)
    for path, array in zip(structure.paths, arrays, strict=True):
        if array.dtype.kind in "iu" and vector.dtype.kind == "f" and is_array(array):
            _check_exact(array, array.astype(vector.dtype).astype(array.dtype), vector.dtype, path)
    ends = list(accumulate(array.size for array in arrays))
    slices = list(zip([0, *ends], ends, arrays, leaves, strict=False))

    def unravel(vector: Array) -> T:
        if np.shape(vector) != (size := ends[-1] if ends else 0,):
            raise ValueError(
                f"expected a vector of shape ({size},), found shape {np.shape(vector)}"
            )
        restored = [_restored(vector, *where) for where in slices]
        known = is_array(vector) and vector.dtype.kind == "f"
        for path, new, where in zip(structure.paths, restored, slices, strict=True):
            start, end, array, _ = where
            if known and array.dtype.kind in "biu":
                _check_exact(vector[start:end], np.ravel(new), array.dtype, path)
        return build(structure, restored)

    return vector, unravel


def _check_exact(numbers: Any, converted: Any, dtype: Any, path: Path) -> None:
    """Refuse a conversion of or to integers that rounds."""
    wrong: Any = numbers != converted
    if np.any(wrong):
        raise ValueError(
            f"{at_path(path)}: {numbers[wrong].flat[0]!s} is not exact as {dtype}: make the leaf a "
            "float, or mark it Static"
        )


def _restored(vector: Any, start: int, end: int, array: Any, leaf: Any) -> Any:
    """Return one leaf, of the type and dtype of the old one."""
    part = vector[start] if array.ndim == 0 else vector[start:end].reshape(array.shape)
    if not issubclass(type(part), np.ndarray | np.generic):
        return part if part.dtype == array.dtype else part.astype(array.dtype)  # traced
    if part.dtype.kind == "c" and array.dtype.kind != "c":
        part = part.real
    if is_array(leaf):
        return np.array(part, dtype=array.dtype)
    return array.dtype.type(part) if hasattr(leaf, "dtype") else type(leaf)(part)
