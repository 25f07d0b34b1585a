"""The heatmap: scores as bytes, encoded so that they compress well."""

import math

import numpy as np
from numpy.typing import NDArray

from miniml.types import Array

STEEPNESS = 1.5
"""The saturation of the colours: the score `scale` is shown as tanh(1.5) = 0.9."""


def color_scale(found: Array) -> float:
    """Return the score at the end of the colours: a power of two above 90 % of the scores.

    Args:
        found: Scores, of any shape; those that are not finite are ignored.

    Returns:
        A power of two, so that the colours do not flicker while the scores change a little.

    Example:
        >>> color_scale(np.array([-0.5, 0.9, 3.0, np.nan]))
        4.0
    """
    finite = np.abs(found[np.isfinite(found)])
    top = float(np.quantile(finite, 0.9)) if finite.size else 1.0
    return 2.0 ** math.ceil(math.log2(min(max(top, 2.0**-20), 2.0**60)))


def quantize(found: Array, scale: float) -> NDArray[np.uint8]:
    """Quantise scores to bytes: 128 is zero, 1 and 255 are the ends, 0 is not finite.

    Args:
        found: Scores, of any shape.
        scale: The score at the end of the colours.

    Returns:
        Bytes of the same shape. The root of `tanh` gives the finest steps near zero, so that the
        separator is smooth.

    Example:
        >>> quantize(np.array([-100.0, 0.0, 1.0, np.nan]), 1.0)
        array([  1, 128, 249,   0], dtype=uint8)
    """
    share = np.tanh(STEEPNESS / scale * found)
    level = np.rint(127.0 * np.copysign(np.sqrt(np.abs(share)), share)) + 128.0
    return np.where(np.isfinite(level), level, 0.0).astype(np.uint8)


def delta_encode(heat: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Encode bytes as differences from their left and upper neighbours, which compress well.

    Args:
        heat: Bytes, of shape `(rows * columns,)`.
        columns: The length of a row.

    Returns:
        Bytes of the same shape, modulo 256; cumulative sums along both axes restore them.

    Example:
        >>> delta_encode(np.array([5, 6, 7, 8], dtype=np.uint8), 2)
        array([5, 1, 2, 0], dtype=uint8)
    """
    rows = np.diff(heat.reshape(-1, columns), axis=0, prepend=np.uint8(0))
    return np.diff(rows, axis=1, prepend=np.uint8(0)).reshape(-1)
