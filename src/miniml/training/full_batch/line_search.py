"""A line search: how far to step along a direction."""

import math
from collections.abc import Callable

import attrs
import numpy as np

from miniml.training.full_batch.vectors import Point
from miniml.types import Array

_DECREASE = 1e-4
"""The fraction of the decrease predicted by the first slope that the loss must reach (Wolfe's c1)."""

_CURVATURE = 0.9
"""The fraction of the first slope that the slope must not exceed (Wolfe's c2)."""

_TRIALS = 40


@attrs.define
class _Trial:
    """A trial length, with the loss and the slope there."""

    length: float
    value: float
    slope: float


def search(
    at: Callable[[Array], Point], start: Point, direction: Array, slope: float, noise: float
) -> Point | None:
    """Find a point along a direction that satisfies the Wolfe conditions.

    At such a point the loss has fallen in proportion to the distance, and the slope is less steep
    than at the start. Under these conditions quasi-Newton methods converge. If the loss changes by
    no more than its rounding error, the slope decides (Hager and Zhang 2005, "approximate Wolfe"):
    by values alone, a search comes no closer to a minimum than the root of that error.

    Args:
        at: Returns the loss and its gradient at a point.
        start: The first point.
        direction: The direction; the first trial is one whole length of it.
        slope: The slope along it at the start, negative.
        noise: The rounding error of the loss.

    Returns:
        The point; its value is -infinity if the loss has no lower bound. If no trial was flat
        enough, the last at which the loss had fallen, or None if there was none.
    """
    length, lowest = 1.0, None
    near, far = _Trial(0.0, start.value, slope), None
    for _ in range(_TRIALS):
        there = try_at(at, start.vector + (direction if length == 1.0 else length * direction))
        rise, there_slope = there.value - start.value, float(there.gradient.dot(direction))
        has_fallen = math.isfinite(there_slope) and (
            rise <= _DECREASE * length * slope
            or (rise <= noise and there_slope <= (2.0 * _DECREASE - 1.0) * slope)
        )
        if (has_fallen and there_slope >= _CURVATURE * slope) or there.value == -math.inf:
            return there
        trial = _Trial(length, there.value, there_slope)
        if not has_fallen:
            far = trial
            length = _between(near, far)
        else:
            length = _beyond(near, trial) if far is None else _between(trial, far)
            near = trial
            if rise < 0.0:
                lowest = there
    return lowest


def try_at(at: Callable[[Array], Point], vector: Array) -> Point:
    """Return the loss at a point; infinity if a matrix is singular there."""
    try:
        return at(vector)
    except np.linalg.LinAlgError:
        return Point(vector, math.inf, np.full_like(vector, math.nan))


def _beyond(before: _Trial, near: _Trial) -> float:
    """Return the next length if all so far were too short."""
    # If the cubic has no minimum (NaN), max returns its first argument: twice the length.
    return min(max(2.0 * near.length, _lowest(before, near)), 5.0 * near.length)


def _between(near: _Trial, far: _Trial) -> float:
    """Return the next length between one too short and one too long."""
    width = far.length - near.length
    guess = _lowest(near, far)
    if not math.isfinite(guess):
        return near.length + 0.5 * width
    return min(max(guess, near.length + 0.1 * width), far.length - 0.1 * width)


def _lowest(a: _Trial, b: _Trial) -> float:
    """Return where the cubic with these values and slopes is least (Nocedal and Wright, eq. 3.59)."""
    width = b.length - a.length
    d1 = a.slope + b.slope - 3.0 * (b.value - a.value) / width
    radicand = d1 * d1 - a.slope * b.slope
    if not radicand >= 0.0:
        return math.nan
    d2 = math.sqrt(radicand)
    denominator = b.slope - a.slope + 2.0 * d2
    return b.length - width * (b.slope + d2 - d1) / denominator if denominator else math.nan
