"""Arguments of functions as arrays: lists as arrays, and integers and bools as floats."""

from typing import Any

import numpy as np


def as_array(values: Any) -> Any:
    """Return a list of numbers, or of traced ones, as an array; other values as they are."""
    kind: type[Any] = values.__class__
    if not issubclass(kind, list | tuple):
        return values
    arrays = [as_array(part) for part in values]
    return np.stack(arrays) if arrays else np.asarray(arrays)


def as_floats(values: Any) -> Any:
    """Return an array of floats: integers and bools as float64, since small ones would wrap around."""
    array = as_array(values)
    if not hasattr(array, "dtype"):  # a number of Python
        return float(array)
    return array.astype(np.float64) if array.dtype.kind in "biu" else array
