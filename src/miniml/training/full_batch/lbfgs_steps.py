"""The steps of L-BFGS, on vectors."""

import math
from collections.abc import Callable, Generator
from typing import Literal

import numpy as np

from miniml.training.full_batch.convergence import NOISE, has_converged, is_flat
from miniml.training.full_batch.curvature import Curvature
from miniml.training.full_batch.line_search import search
from miniml.training.full_batch.vectors import Point
from miniml.types import Array

_SLACK = 10.0
"""The rise that is allowed near a minimum, in units of the rounding error."""

_STALLED_STEPS = 20
"""Steps in a row without a fall beyond the rounding error or a flatter point, after which the run ends."""

_FLATTER = 0.9
"""The largest squared norm of the gradient at a flatter point, as a fraction of that before."""


def descend(
    at: Callable[[Array], Point],
    start: Array,
    curvature: Curvature,
    *,
    tolerance: float,
    precision: float,
) -> Generator[Point, None, Literal["converged", "stuck", "not finite"]]:
    """Descend from a point by L-BFGS (Liu and Nocedal 1989).

    Args:
        at: Returns the loss and its gradient at a point.
        start: The first point, `(n,)`.
        curvature: The estimate from earlier steps; each new step is added to it.
        tolerance: The search ends when no element of the gradient is larger.
        precision: The relative distance of adjacent numbers in the dtype of the parameters.

    Yields:
        The start, and the point after each step, while the loss is finite.

    Returns:
        The reason for the end.
    """
    here = at(start)
    if not (math.isfinite(here.value) and np.isfinite(here.gradient).all()):
        return "not finite"
    yield here

    def end(here: Point) -> Literal["converged", "stuck"]:
        found = has_converged(at, here, tolerance=tolerance, precision=precision)
        return "converged" if found else "stuck"

    is_steepest = not curvature.count
    while not is_flat(here.gradient, tolerance):
        if curvature.stalled > _STALLED_STEPS:
            return end(here)
        if not curvature.count:  # nothing is known: the first step is one unit long
            largest = float(np.abs(here.gradient).max())  # whose square may be 0 or infinite
            curvature.scale = 1.0 / largest / float(np.linalg.norm(here.gradient / largest))
        direction = curvature.direction(here.gradient)
        slope = float(here.gradient.dot(direction))
        noise = NOISE * precision * abs(here.value)
        # If the errors are underestimated, the minimum itself would be rejected.
        slack = noise if slope < -noise else _SLACK * noise
        there = search(at, here, direction, slope, slack) if slope < 0.0 else None
        if there is None:
            if is_steepest:
                return end(here)
            curvature.forget()  # the estimate leads nowhere: try steepest descent
            is_steepest = True
            continue
        if there.value == -math.inf:
            return "not finite"
        steepness = float(there.gradient.dot(there.gradient))
        if here.value - there.value > noise or steepness < _FLATTER * curvature.steepness:
            curvature.stalled, curvature.steepness = 0, steepness
        else:
            curvature.stalled += 1
        curvature.add(there.vector - here.vector, there.gradient - here.gradient)
        here, is_steepest = there, False
        yield here
    return "converged"
