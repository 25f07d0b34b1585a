"""Initial weights: random arrays whose variance depends on the number of inputs."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from miniml.nn.activations import relu
from miniml.types import Array
from miniml.validation import check_generator


def variance_scaling(
    rng: Generator, shape: tuple[int, ...], *, gain: float = 1.0, dtype: DTypeLike = np.float64
) -> Array:
    """Draw normal weights with mean 0 and variance `gain**2 / shape[0]`.

    Args:
        rng: The random generator.
        shape: The shape of the weights; its first extent is the number of inputs.
        gain: 1 keeps the variance through a linear map (LeCun et al. 1998), sqrt(2) through a
            relu (He et al. 2015); see `gain_of`.
        dtype: The dtype of the weights.

    Returns:
        An array of that shape and dtype.

    Raises:
        TypeError: If `rng` is not a generator.

    Example:
        >>> variance_scaling(np.random.default_rng(0), (3, 2)).shape
        (3, 2)
    """
    check_generator(rng)
    weights: Array = (rng.standard_normal(shape) * gain / np.sqrt(shape[0])).astype(dtype)
    return weights


def gain_of(activation: Callable[[Array], Array]) -> float:
    """Return the gain that keeps the variance through an activation, for `variance_scaling`.

    Args:
        activation: An elementwise function.

    Returns:
        sqrt(2) for `relu`, 1 for all others.

    Example:
        >>> gain_of(np.tanh)
        1.0
    """
    return float(np.sqrt(2.0)) if activation is relu else 1.0
