# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""The predictions of a model in the plane."""

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from miniml.nn.losses import Scorer
from miniml.plots.style import INK, TINTS
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.contour import ContourSet

Grid: TypeAlias = tuple[Array, Array, Array]
"""The coordinates along both axes, and the scores `(n, n)` on their grid."""


def decision_regions(
    ax: "Axes", score: Scorer, low: Array, high: Array, *, resolution: int = 300
) -> "Axes":
    """Colour the plane by the predicted class, deeper for a higher probability.

    The probability is `sigmoid(score)`; the line is the separator.

    Args:
        ax: The axes to draw on.
        score: The model: points `(n, 2)` to scores `(n,)`.
        low: The lower left corner, `(2,)`.
        high: The upper right corner, `(2,)`.
        resolution: The number of grid points along each side.

    Returns:
        `ax`, its limits set to the corners.

    Example:
        >>> from miniml.plots import axes
        >>> ax = decision_regions(axes(), lambda x: x[:, 0] - 0.5, np.zeros(2), np.ones(2))
        >>> [float(limit) for limit in ax.get_xlim()]
        [0.0, 1.0]
    """
    a, b, scores = scores_on_grid(score, low, high, resolution)
    # The grid points are the centres of the pixels, which extend half a pixel further.
    (left, bottom), (right, top) = low - _half_spacing(a, b), high + _half_spacing(a, b)
    ax.imshow(
        np.tanh(scores / 2),  # 2 * sigmoid(score) - 1
        cmap=_colours(),
        vmin=-1,
        vmax=1,
        extent=(left, right, bottom, top),
        origin="lower",
        aspect=ax.get_aspect(),
        interpolation="bilinear",
        zorder=0,
    )
    zero_line(ax, (a, b, scores), INK, "-")
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    return ax


def separator(
    ax: "Axes",
    score: Scorer,
    low: Array,
    high: Array,
    *,
    colour: str = INK,
    style: str = "-",
    resolution: int = 300,
) -> "Axes":
    """Draw the line along which a model's score is zero.

    Args:
        ax: The axes to draw on.
        score: The model: points `(n, 2)` to scores `(n,)`.
        low: The lower left corner, `(2,)`.
        high: The upper right corner, `(2,)`.
        colour: The line's colour.
        style: The line's style, in the notation of matplotlib.
        resolution: The number of grid points along each side.

    Returns:
        `ax`, without a line if the score does not change sign.

    Example:
        >>> from miniml.plots import axes
        >>> ax = separator(axes(), lambda x: x[:, 0] - 0.5, np.zeros(2), np.ones(2))
        >>> len(ax.collections)
        1
    """
    zero_line(ax, scores_on_grid(score, low, high, resolution), colour, style)
    return ax


def zero_line(ax: "Axes", grid: Grid, colour: str, style: str) -> "ContourSet | None":
    """Draw the line along which the scores are zero, if they change sign."""
    a, b, scores = grid
    # Without a change of sign there is no line, and matplotlib would warn.
    if not np.nanmin(scores, initial=0.0) < 0 < np.nanmax(scores, initial=0.0):
        return None
    return ax.contour(
        a, b, scores, levels=[0.0], colors=[colour], linestyles=[style], linewidths=1.2, zorder=2
    )


def scores_on_grid(score: Scorer, low: Array, high: Array, resolution: int) -> Grid:
    """Return the scores on a grid."""
    a: Array = np.linspace(float(low[0]), float(high[0]), resolution)
    b: Array = np.linspace(float(low[1]), float(high[1]), resolution)
    points: Array = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
    return a, b, score(points).reshape(resolution, resolution)


def _colours() -> "Colormap":
    """Return a map from one class to the other, with a jump between: unsure regions keep a tint."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415  # optional

    (sure, unsure), (other_unsure, other_sure) = TINTS
    stops = [(0.0, sure), (0.5, unsure), (0.5, other_unsure), (1.0, other_sure)]
    return LinearSegmentedColormap.from_list("classes", stops)


def _half_spacing(a: Array, b: Array) -> Array:
    """Return half the grid spacing on each axis."""
    return np.array([a[1] - a[0], b[1] - b[0]]) / 2
