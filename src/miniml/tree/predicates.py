"""Predicates on leaves."""

from typing import Any

import numpy as np


def is_array(leaf: Any) -> bool:
    """Return whether a leaf is a NumPy array.

    Example:
        >>> import numpy as np
        >>> is_array(np.zeros(2)), is_array(1.0)
        (True, False)
    """
    return isinstance(leaf, np.ndarray)


def is_float_array(leaf: Any) -> bool:
    """Return whether a leaf is a NumPy array of real floating-point numbers.

    Example:
        >>> import numpy as np
        >>> is_float_array(np.zeros(2)), is_float_array(np.zeros(2, int))
        (True, False)
    """
    return is_array(leaf) and bool(np.issubdtype(leaf.dtype, np.floating))


def is_parameter(leaf: Any) -> bool:
    """Return whether a leaf can be trained: a float array, a NumPy float or a Python float.

    Example:
        >>> is_parameter(1.0), is_parameter(1)
        (True, False)
    """
    return isinstance(leaf, float | np.floating) or is_float_array(leaf)
