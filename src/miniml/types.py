"""Type aliases for arrays and numbers."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
"""An array of floating-point numbers, of any shape and precision."""

IntArray: TypeAlias = NDArray[np.integer[Any]]
"""An array of integers: class numbers, indices, counts."""

Scalar: TypeAlias = float | np.floating[Any] | Array
"""The result of a loss: a Python float, a NumPy scalar (as of `np.mean`), or a 0-d array."""
