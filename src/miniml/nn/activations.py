"""Activations: elementwise functions in plain NumPy, stable for large arguments."""

import numpy as np

from miniml.nn._as_arrays import as_floats
from miniml.types import Array


def relu(z: Array) -> Array:
    """Compute `max(z, 0)`: as the lecture's point loss, the distance of a wrong point.

    Args:
        z: Scores, of any shape.

    Returns:
        An array of the shape and dtype of `z`. The derivative at 0 is 0, as in PyTorch.

    Example:
        >>> relu(np.array([-1.0, 0.0, 2.0]))
        array([0., 0., 2.])
    """
    return np.maximum(z, 0.0)


def sigmoid(z: Array) -> Array:
    """Map scores to (0, 1): `1 / (1 + exp(-z))`.

    Args:
        z: Scores, of any shape; infinities give exactly 0 and 1.

    Returns:
        An array of the shape and dtype of `z`; of float64 for integers and bools.

    Example:
        >>> sigmoid(np.array([-np.inf, 0.0, np.inf]))
        array([0. , 0.5, 1. ])
    """
    # exp(-logaddexp(0, -z)) keeps its relative precision in the left tail and cannot overflow.
    return np.exp(log_sigmoid(z))


def log_sigmoid(z: Array) -> Array:
    """Compute the logarithm of the sigmoid, `-log(1 + exp(-z))`.

    Args:
        z: Scores, of any shape.

    Returns:
        An array of the shape and dtype of `z`, never positive; of float64 for integers and bools.

    Example:
        >>> log_sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([-1.00000000e+03, -6.93147181e-01, -0.00000000e+00])
    """
    floats: Array = as_floats(z)
    return -np.logaddexp(0.0, -floats)
