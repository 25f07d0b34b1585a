"""The types that speak of numbers."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
"""An array of floating-point numbers, of any shape and precision."""

IntArray: TypeAlias = NDArray[np.integer[Any]]
"""An array of integers: class numbers, indices, counts."""

Scalar: TypeAlias = float | np.floating[Any] | Array
"""What a loss may return: a Python float, a NumPy scalar (as `np.mean` gives), or a 0-d array."""
