"""When a search has converged: one criterion for `lbfgs` and all methods of `minimize`.

A search has converged if no element of the gradient is larger than the tolerance. If it finds no lower
point before, it has converged as well if rounding explains what is left of the gradient: no element
is larger than five times its own rounding error. Else it is stuck, as at a kink.
"""

import math
from collections.abc import Callable

import numpy as np

from miniml.training.full_batch.line_search import try_at
from miniml.training.full_batch.vectors import Point
from miniml.types import Array

NOISE = 10.0
"""The assumed rounding error of a loss, in units of its precision."""

_GRADIENT_NOISE = 5.0
"""The largest element of a gradient of zero, in units of its measured rounding error."""

_PROBES = 16


def uphill(here: Point, bounds: tuple[Array, Array] | None) -> Array:
    """Return the gradient without what points beyond a bound."""
    if bounds is None:
        return here.gradient
    low, high = bounds
    return np.clip(here.gradient, here.vector - high, here.vector - low)


def is_flat(gradient: Array, tolerance: float) -> bool:
    """Return whether no element is larger; the norm, which is cheaper, rules most gradients out."""
    if gradient.dot(gradient) > gradient.size * (tolerance * tolerance):
        return False
    return bool(np.abs(gradient).max() <= tolerance)


def has_converged(
    at: Callable[[Array], Point],
    here: Point,
    *,
    tolerance: float,
    precision: float,
    bounds: tuple[Array, Array] | None = None,
) -> bool:
    """Return whether a search that finds no lower point has found a minimum.

    Args:
        at: Returns the loss and its gradient at a point.
        here: The last point.
        tolerance: The largest element of a gradient; 0 asks for zeros, however coarse the dtype.
        precision: The relative distance of adjacent numbers in the dtype of the parameters.
        bounds: The bounds of the parameters, two vectors.
    """
    gradient = np.abs(uphill(here, bounds))
    if gradient.max() <= tolerance or tolerance == 0.0:
        return bool(gradient.max() <= tolerance)
    errors = _rounding_errors(at, here.vector, precision, bounds)
    return bool((gradient <= np.maximum(_GRADIENT_NOISE * errors, tolerance)).all())


def _rounding_errors(
    at: Callable[[Array], Point],
    vector: Array,
    precision: float,
    bounds: tuple[Array, Array] | None,
) -> Array:
    """Return the standard deviation of the rounding error of each element of the gradient.

    Along equal, tiny steps a smooth gradient is a line, and what differs from a line is rounding: the
    method of Moré and Wild (2011), "Estimating computational noise". The median of the second
    differences does not see the few that contain a jump, so a kink is not taken for rounding.
    """
    step: Array = precision ** (2.0 / 3.0) * (
        np.abs(vector) if vector.any() else np.ones_like(vector)
    )
    step *= np.random.default_rng(0).choice([-1.0, 1.0], vector.size)
    low, high = bounds or (-math.inf, math.inf)
    beyond = (vector + _PROBES * step < low) | (vector + _PROBES * step > high)
    step[beyond] *= -1.0
    gradients = [
        try_at(at, np.clip(vector + count * step, low, high).astype(vector.dtype)).gradient
        for count in range(1, _PROBES + 1)
    ]
    changes = np.diff(np.array(gradients, np.float64), axis=0)
    bends = np.abs(np.diff(changes, axis=0))
    # The second difference of independent errors has sqrt(6) times their deviation, and three
    # quarters of normal numbers are below 1.1503 times their deviation.
    noise = np.quantile(bends, 0.75, axis=0) / (math.sqrt(6.0) * 1.1503)
    # The parameters are rounded too: by a step times this power of the precision.
    of_parameters = np.abs(np.median(changes, axis=0)) * precision ** (1.0 / 3.0)
    errors: Array = np.hypot(noise, of_parameters)
    return errors
