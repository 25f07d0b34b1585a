# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""What a model says of each place of the plane."""

from typing import TYPE_CHECKING

import numpy as np

from miniml.plots.canvas import INK, Scores
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The colours of the classes, mixed with white so that points stand out on them.
_TINTS = ["#F0B58A", "#FFFFFF", "#8FC1DE"]


def decision_regions(
    ax: "Axes", score: Scores, low: Array, high: Array, *, resolution: int = 300
) -> "Axes":
    """Tint each place by the class that a model gives it, deeper where it is surer.

    The depth is that of the probability `sigmoid(score)`; the line is the separator.

    Args:
        ax: Where to draw.
        score: The model: points `(n, 2)` to scores `(n,)`.
        low: The lower left corner, `(2,)`.
        high: The upper right corner, `(2,)`.
        resolution: The number of places along each side.

    Returns:
        `ax`, its limits set to the corners.

    Example:
        >>> from miniml.plots import axes
        >>> ax = decision_regions(axes(), lambda x: x[:, 0] - 0.5, np.zeros(2), np.ones(2))
        >>> [float(limit) for limit in ax.get_xlim()]
        [0.0, 1.0]
    """
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415  # optional

    a, b, scores = _grid(score, low, high, resolution)
    ax.pcolormesh(
        a,
        b,
        np.tanh(scores / 2),  # 2 * sigmoid(score) - 1
        cmap=LinearSegmentedColormap.from_list("classes", _TINTS),
        vmin=-1,
        vmax=1,
        shading="gouraud",
        rasterized=True,
        zorder=0,
    )
    _zero_line(ax, (a, b, scores), INK, "-")
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    return ax


def separator(
    ax: "Axes",
    score: Scores,
    low: Array,
    high: Array,
    *,
    colour: str = INK,
    style: str = "-",
    resolution: int = 300,
) -> "Axes":
    """Draw the line along which a model's score is zero.

    Args:
        ax: Where to draw.
        score: The model: points `(n, 2)` to scores `(n,)`.
        low: The lower left corner, `(2,)`.
        high: The upper right corner, `(2,)`.
        colour: The line's colour.
        style: The line's style, as matplotlib writes it.
        resolution: The number of places along each side.

    Returns:
        `ax`, without a line where the score keeps its sign.

    Example:
        >>> from miniml.plots import axes
        >>> ax = separator(axes(), lambda x: x[:, 0] - 0.5, np.zeros(2), np.ones(2))
        >>> len(ax.collections)
        1
    """
    _zero_line(ax, _grid(score, low, high, resolution), colour, style)
    return ax


def _grid(score: Scores, low: Array, high: Array, resolution: int) -> tuple[Array, Array, Array]:
    a: Array = np.linspace(float(low[0]), float(high[0]), resolution)
    b: Array = np.linspace(float(low[1]), float(high[1]), resolution)
    places: Array = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
    return a, b, score(places).reshape(resolution, resolution)


def _zero_line(ax: "Axes", grid: tuple[Array, Array, Array], colour: str, style: str) -> None:
    a, b, scores = grid
    # Without a change of sign there is no line, and matplotlib would warn.
    if scores.min() < 0 < scores.max():
        ax.contour(a, b, scores, levels=[0.0], colors=[colour], linestyles=[style], linewidths=1.2)
