"""Compare trees."""

from typing import Any

import numpy as np

from miniml.tree.flatten import tree_flatten


def tree_equal(a: Any, b: Any) -> bool:
    """Whether two trees have one structure and equal leaves: same type, dtype, shape and values.

    Args:
        a: a tree.
        b: another.

    Returns:
        True if they are the same. NaN equals NaN; 0.0 equals -0.0; 1 does not equal 1.0.

    Example:
        >>> import numpy as np
        >>> tree_equal({"w": np.ones(2)}, {"w": np.ones(2)})
        True
    """
    left, structure = tree_flatten(a)
    right, other = tree_flatten(b)
    return structure is other and all(map(same_leaf, left, right))


def tree_allclose(a: Any, b: Any, *, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Whether two trees have one structure and leaves of nearly the same values.

    Args:
        a: a tree.
        b: another.
        rtol: the difference allowed, relative to the leaf of `b`.
        atol: the difference allowed beside that.

    Returns:
        True if all leaves have equal shapes and close values; NaN is close to NaN.

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
    """Whether two leaves have one type, dtype and shape, and equal values; NaN equals NaN."""
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
    x, y = np.asarray(a), np.asarray(b)  # Python's own complex numbers raise when they overflow
    if x.dtype.kind not in "biufc" or y.dtype.kind not in "biufc":
        return same_leaf(a, b)
    with np.errstate(over="ignore"):
        return bool(np.allclose(x, y, rtol=rtol, atol=atol, equal_nan=True))
