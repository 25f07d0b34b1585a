"""A loss as SciPy's methods call it."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from miniml.training.full_batch.convergence import NOISE, uphill
from miniml.training.full_batch.line_search import try_at
from miniml.training.full_batch.vectors import Point
from miniml.types import Array


class Objective:
    """A loss as SciPy calls it: the value at a point, and right after it the gradient there.

    SciPy is about a sixth slower if one function returns both.

    SciPy compares values, which near a minimum differ by less than their rounding error, and ends
    there at a gradient of about the root of that error. To continue, `refer_to` makes the values
    differences from that of one point; where these are within the rounding error, the gradients at
    both points tell them to third order (as in Hager and Zhang's approximate Wolfe conditions).
    """

    def __init__(
        self,
        at: Callable[[Array], Point],
        dtype: np.dtype[np.floating],
        precision: float,
        value_for_nan: float,
    ) -> None:
        self._at = at
        self._dtype = dtype
        self._precision = precision
        self._value_for_nan = value_for_nan
        self._asked = np.empty(0)
        self._gradient = np.empty(0)
        self._last: Point | None = None
        self._origin: Point | None = None
        self._least = math.inf  # of the largest elements of the gradients at the origins
        self._in_vain = 0  # origins in a row that were no flatter

    def point(self, vector: NDArray[np.float64]) -> Point:
        """Return the loss and its gradient at a point; infinity if a matrix is singular there."""
        if self._last is None or vector.tobytes() != self._asked.tobytes():
            here = vector.astype(self._dtype)
            # At the start, the first point, an error is raised.
            self._last = self._at(here) if self._last is None else try_at(self._at, here)
            self._asked = vector.copy()
            self._gradient = self._last.gradient.astype(np.float64)
        return self._last

    def value(self, vector: NDArray[np.float64]) -> float:
        """Return the loss at a point, `value_for_nan` if it is NaN, less that of the origin."""
        here, origin = self.point(vector), self._origin
        if math.isnan(here.value):
            return self._value_for_nan
        if origin is None:
            return here.value
        rise, noise = here.value - origin.value, NOISE * self._precision * abs(origin.value)
        if abs(rise) <= noise:
            step = here.vector.astype(np.float64) - origin.vector
            by_slopes = float(0.5 * (self._gradient + origin.gradient).dot(step))
            if abs(by_slopes) <= noise:
                return by_slopes
        return rise

    def gradient(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the gradient at a point."""
        self.point(vector)
        return self._gradient

    def refer_to(self, vector: NDArray[np.float64], bounds: tuple[Array, Array] | None) -> bool:
        """Take a point as the origin; return False if it is the third that is no flatter."""
        self._origin = self.point(vector)
        largest = float(np.abs(uphill(self._origin, bounds)).max())
        self._in_vain = 0 if largest <= 0.5 * self._least else self._in_vain + 1
        self._least = min(largest, self._least)
        return self._in_vain < 3
