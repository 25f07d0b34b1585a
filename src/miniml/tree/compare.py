"""Equality of trees."""

from typing import Any

import numpy as np

from miniml.tree.flatten import tree_flatten


def tree_equal(a: Any, b: Any) -> bool:
    """Return whether two trees have the same structure and equal leaves.

    Leaves are equal if their types, dtypes, shapes and values are.

    Args:
        a: A tree.
        b: Another tree.

    Returns:
        Whether they are equal. NaN equals NaN; 0.0 equals -0.0; 1 does not equal 1.0.

    Example:
        >>> import numpy as np
        >>> tree_equal({"w": np.ones(2)}, {"w": np.ones(2)})
        True
    """
    left, structure = tree_flatten(a)
    right, other = tree_flatten(b)
    return structure is other and all(map(same_leaf, left, right))


def tree_allclose(a: Any, b: Any, *, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Return whether two trees have the same structure and leaves of nearly equal values.

    Args:
        a: A tree.
        b: Another tree.
        rtol: The relative tolerance, with respect to the leaf of `b`.
        atol: The absolute tolerance.

    Returns:
        Whether all leaves have equal shapes and close values; NaN is close to NaN.

    Example:
        >>> tree_allclose((1.0, 2.0), (1.0, 2.0 + 1e-9))
        True
    """
    left, structure = tree_flatten(a)
    right, other = tree_flatten(b)
    return structure is other and all(
        _close(x, y, rtol, atol) for x, y in zip(left, right, strict=True)
    )


def same_leaf(a: Any, b: Any) -> bool:
    """Return whether two leaves have equal types, dtypes, shapes and values; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if hasattr(a, "dtype"):
        return bool(
            a.dtype == b.dtype
            and a.shape == b.shape
            and np.array_equal(a, b, equal_nan=a.dtype.kind in "fcmM")
        )
    return bool(a == b) or (a != a and b != b)  # noqa: PLR0124 - NaN is not itself


def _close(a: Any, b: Any, rtol: float, atol: float) -> bool:
    if np.shape(a) != np.shape(b):
        return False
    x, y = np.asarray(a), np.asarray(b)  # Python complex numbers raise on overflow
    if x.dtype.kind not in "biufc" or y.dtype.kind not in "biufc":
        return same_leaf(a, b)
    with np.errstate(over="ignore"):
        return bool(np.allclose(x, y, rtol=rtol, atol=atol, equal_nan=True))
