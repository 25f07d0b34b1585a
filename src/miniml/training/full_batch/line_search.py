"""How far to go along a direction."""

import math
from collections.abc import Callable

import attrs
import numpy as np

from miniml.training.full_batch.vectors import Point
from miniml.types import Array

_ENOUGH = 1e-4
"""The share of what the slope at the start promises by which the loss must fall."""

_FLATTER = 0.9
"""The share of the slope at the start than which the slope must not be steeper."""

_TRIALS = 40


@attrs.define
class _Trial:
    """A length tried, with the loss and the slope there."""

    length: float
    value: float
    slope: float


def search(
    at: Callable[[Array], Point], start: Point, direction: Array, slope: float, noise: float
) -> Point | None:
    """Find a point along a direction that satisfies the Wolfe conditions.

    There the loss has fallen, by enough for the way, and it falls less steeply than at the start:
    the two conditions under which quasi-Newton methods converge. Where the loss changes by no more
    than its rounding errors the slope decides in its place (Hager and Zhang 2005, "approximate
    Wolfe"): by values alone none would come closer to a minimum than the root of these.

    Args:
        at: Gives the loss and its gradient at a place.
        start: Where to begin.
        direction: Where to go; the first trial is all of it.
        slope: The slope along it at the start, below 0.
        noise: The rounding errors of the loss.

    Returns:
        The point, of infinitely negative value where the loss has no bound. Where no trial was
        flat enough, the last at which the loss had fallen; None where it did at none.
    """
    length, lowest = 1.0, None
    near, far = _Trial(0.0, start.value, slope), None
    for _ in range(_TRIALS):
        there = try_at(at, start.vector + (direction if length == 1.0 else length * direction))
        rise, there_slope = there.value - start.value, float(there.gradient.dot(direction))
        has_fallen = math.isfinite(there_slope) and (
            rise <= _ENOUGH * length * slope
            or (rise <= noise and there_slope <= (2.0 * _ENOUGH - 1.0) * slope)
        )
        if (has_fallen and there_slope >= _FLATTER * slope) or there.value == -math.inf:
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
    """Give the loss at a place, infinite where it cannot be taken: as of a matrix singular there."""
    try:
        return at(vector)
    except np.linalg.LinAlgError:
        return Point(vector, math.inf, np.full_like(vector, math.nan))


def _beyond(before: _Trial, near: _Trial) -> float:
    """Where to try next, all ways so far being too short."""
    return min(max(2.0 * near.length, _lowest(before, near)), 5.0 * near.length)  # NaN: twice


def _between(near: _Trial, far: _Trial) -> float:
    """Where to try next between a way too short and one too long."""
    width = far.length - near.length
    guess = _lowest(near, far)
    if not math.isfinite(guess):
        return near.length + 0.5 * width
    return min(max(guess, near.length + 0.1 * width), far.length - 0.1 * width)


def _lowest(a: _Trial, b: _Trial) -> float:
    """The minimum of the cubic with these values and slopes (Nocedal and Wright, equation 3.59)."""
    width = b.length - a.length
    mean = 3.0 * (b.value - a.value) / width
    bend = a.slope + b.slope - mean
    inside = bend * bend - a.slope * b.slope
    if not inside >= 0.0:
        return math.nan
    root = math.sqrt(inside)
    below = b.slope - a.slope + 2.0 * root
    return b.length - width * (b.slope + root - bend) / below if below else math.nan
