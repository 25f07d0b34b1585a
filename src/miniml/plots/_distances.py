# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""The distance of each point to the separator."""

from typing import TYPE_CHECKING

import numpy as np

from miniml.datasets import Dataset
from miniml.nn.losses import Scorer
from miniml.nn.point_losses import negated_margins
from miniml.plots.points import check_plane, label_points, marks
from miniml.plots.regions import scores_on_grid, zero_line
from miniml.plots.style import INK, MARKS, SMALL, SOFT
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet
    from matplotlib.path import Path

_LABELLED = 12  # more numbers would cover the points
_OFFSET = np.array([0.07, 0.05])  # from a point to its number, as fractions of the picture
_ENDS = np.array([[-0.04, 0.0], [0.0, 0.0], [0.04, 0.0]])
_CORNERS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


def distances(
    ax: "Axes",
    score: Scorer,
    data: Dataset,
    low: Array,
    high: Array,
    *,
    features: tuple[str, str] = ("x1", "x2"),
    classes: tuple[str, str] = ("-1", "+1"),
    resolution: int = 400,
) -> "Axes":
    """Draw the shortest line from each point to the separator, and ring the misclassified points.

    The line is solid for a misclassified point, thin and dotted for others. The number beside a
    misclassified point is `abs(m(x))`, for a linear model the distance times the norm of the
    weights; if more than twelve points are misclassified, no numbers are drawn.

    Args:
        ax: The axes to draw on; their scales are made equal, so that distances look right.
        score: The model: points `(n, 2)` to scores `(n,)`.
        data: Points `(n, 2)` and labels `(n,)`.
        low: The lower left corner, `(2,)`.
        high: The upper right corner, `(2,)`.
        features: The names of the axes.
        classes: The names of the classes -1 and +1, for the legend.
        resolution: The number of grid points along each side for the score.

    Returns:
        `ax`; without lines if the score does not change sign.

    Raises:
        ValueError: If the points do not have two features, the labels are 0 and 1, or there is
            not one score per label.

    Example:
        >>> from miniml.datasets import simple
        >>> from miniml.plots import axes
        >>> data = simple(np.random.default_rng(0), 20)
        >>> ax = distances(axes(), lambda x: 0.4 - x[:, 0], data, np.zeros(2), np.ones(2))
        >>> sorted({text.get_text() for text in ax.texts})
        ['0.086']
    """
    from matplotlib.collections import LineCollection  # noqa: PLC0415  # optional

    check_plane(data)
    ax.set_aspect("equal")
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    z = negated_margins(score(data.x), data.y)
    wrong = z > 0
    # The nearest point of the separator may lie outside the picture.
    reach = 0.5 * (high - low)
    line = zero_line(ax, scores_on_grid(score, low - reach, high + reach, resolution), INK, "-")
    if line is not None:
        segments = np.stack([data.x, _nearest(data.x, line)], axis=1)
        for chosen, colour, style, width in (
            (~wrong, SOFT, ":", 0.9),
            (wrong, INK, "-", 1.4),
        ):
            ax.add_collection(
                LineCollection(
                    list(segments[chosen]),
                    colors=colour,
                    linestyles=style,
                    linewidths=width,
                    zorder=1,
                )
            )
        if wrong.sum() <= _LABELLED:
            _number(ax, segments[wrong], z[wrong], data.x)
    marks(ax, data.x[:, 0], data.x[:, 1], data.y, classes)
    ax.scatter(
        data.x[wrong, 0],
        data.x[wrong, 1],
        s=3.2 * MARKS[0].area,
        facecolors="none",
        edgecolors=INK,
        linewidths=1.1,
        zorder=4,
        label="wrong",
    )
    label_points(ax, features)
    return ax


def _nearest(points: Array, line: "ContourSet") -> Array:
    """Return the point of the line that is nearest to each of the points."""
    pieces = [
        np.stack([corners[:-1], corners[1:]], axis=1)
        for path in line.get_paths()
        for corners in _strokes(path)
    ]
    start, end = np.moveaxis(np.concatenate(pieces), 1, 0)
    way = end - start
    length = np.maximum(_dot(way, way), np.finfo(float).tiny)
    fraction = np.clip(_dot(points[:, None] - start, way) / length, 0.0, 1.0)
    nearest: Array = start + fraction[..., None] * way
    off = nearest - points[:, None]
    chosen: Array = nearest[np.arange(len(points)), np.argmin(_dot(off, off), axis=1)]
    return chosen


def _dot(a: Array, b: Array) -> Array:
    """The dot products of the vectors along the last axis."""
    products: Array = np.sum(a * b, axis=-1)
    return products


def _strokes(path: "Path") -> list[Array]:
    """Split a path at its MOVETO codes."""
    vertices: Array = np.asarray(path.vertices)
    if path.codes is None:
        return [vertices]
    return np.split(vertices, np.flatnonzero(np.asarray(path.codes) == path.MOVETO)[1:])


def _number(ax: "Axes", segments: Array, values: Array, points: Array) -> None:
    """Write a number at the start of each line, at the corner with the most space."""
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    extent = high - low
    fractions: Array = np.linspace(0.0, 1.0, 30)[:, None, None]
    along = segments[:, 0] + fractions * (segments[:, 1] - segments[:, 0])
    taken = np.concatenate([along.reshape(-1, 2), points])
    for place, value in zip(segments[:, 0], values.tolist(), strict=True):
        # Each text is represented by its two ends and its middle.
        texts = (place + _CORNERS * _OFFSET * extent)[:, None] + _ENDS * extent
        off = (texts[:, :, None] - taken) / extent
        gaps = _dot(off, off).min(axis=(1, 2))
        inside = np.all((texts > low) & (texts < high), axis=(1, 2))
        best = int(np.argmax(np.where(inside, gaps, -1.0)))
        taken = np.concatenate([taken, texts[best]])
        x, y = _CORNERS[best].tolist()
        ax.annotate(
            f"{value:.2g}",
            (float(place[0]), float(place[1])),
            (7 * x, 7 * y),
            textcoords="offset points",
            ha="left" if x > 0 else "right",
            va="bottom" if y > 0 else "top",
            size=SMALL,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
            zorder=5,
        )
