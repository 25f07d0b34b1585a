"""The plane that the picture shows, of points that may have more than two dimensions."""

import attrs
import numpy as np

from miniml._playground.core.points import Points
from miniml.types import Array


@attrs.frozen(eq=False)
class Plane:
    """A plane in the space of points: `x = origin + u * basis[0] + v * basis[1]`.

    Attributes:
        origin: A point of the plane, of shape `(d,)`.
        basis: Two orthonormal directions, of shape `(2, d)`; the second is 0 if d is 1.
        low: The smallest u and v that are shown, of shape `(2,)`.
        high: The largest u and v that are shown, of shape `(2,)`.
        labels: The names of the two axes.
    """

    origin: Array
    basis: Array
    low: Array
    high: Array
    labels: tuple[str, str]

    @property
    def middle(self) -> float:
        """The coordinate v of `line`."""
        return float((self.low[1] + self.high[1]) / 2)

    def lift(self, uv: Array) -> Array:
        """Map positions in the picture `(n, 2)` to points `(n, d)`."""
        return self.origin + uv @ self.basis

    def project(self, x: Array) -> Array:
        """Map points `(n, d)` to positions in the picture `(n, 2)`."""
        return (x - self.origin) @ self.basis.T

    def grid(self, resolution: int) -> Array:
        """Return the points at the centres of the cells `(resolution**2, d)`, rows from the top."""
        at: Array = (np.arange(resolution) + 0.5) / resolution
        uv = np.empty((resolution, resolution, 2))
        uv[..., 0] = self.low[0] + at * (self.high[0] - self.low[0])
        uv[..., 1] = (self.high[1] - at * (self.high[1] - self.low[1]))[:, None]
        return self.lift(uv.reshape(-1, 2))

    def line(self, resolution: int) -> Array:
        """Return points along the first axis, at the middle of the second, `(resolution, d)`."""
        uv = np.empty((resolution, 2))
        uv[:, 0] = np.linspace(self.low[0], self.high[0], resolution)
        uv[:, 1] = self.middle
        return self.lift(uv)


def plane_of(points: Points, axes: tuple[int, int] | None) -> Plane:
    """Choose the plane to show.

    Args:
        points: The points to show.
        axes: Two columns; the others are fixed at their means. None selects the first two
            principal components, or the only two columns.

    Returns:
        The plane, with a margin around the points; for points in the unit square, that square.
    """
    x, width = points.x, points.x.shape[1]
    mean = x.mean(axis=0) if len(x) else np.zeros(width)
    if axes is None and width > 2:
        _, _, directions = np.linalg.svd(x - mean, full_matrices=False)
        basis = directions[:2] * np.sign(directions[:2].sum(axis=1, keepdims=True))
        return _framed(x, mean, basis, ("first component", "second component"))
    a, b = axes or (0, min(1, width - 1))
    basis = np.zeros((2, width))
    basis[0, a] = 1.0
    if b != a:
        basis[1, b] = 1.0
    origin = np.where(basis.any(axis=0), 0.0, mean)
    return _framed(x, origin, basis, (points.features[a], points.features[b]))


def _framed(x: Array, origin: Array, basis: Array, labels: tuple[str, str]) -> Plane:
    uv = (x - origin) @ basis.T
    low, high = (uv.min(axis=0), uv.max(axis=0)) if len(uv) else (np.zeros(2), np.ones(2))
    if (low >= 0.0).all() and (high <= 1.0).all():
        return Plane(origin, basis, np.zeros(2), np.ones(2), labels)
    room = np.where(high > low, 0.08 * (high - low), 1.0)
    return Plane(origin, basis, low - room, high + room, labels)
