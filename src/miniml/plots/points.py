# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Points, drawn as marks: shape and colour show the class."""

from typing import TYPE_CHECKING, Any

from miniml.datasets import Dataset
from miniml.plots.style import MARKS, SMALL, plain
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def dataset(
    ax: "Axes",
    data: Dataset,
    *,
    features: tuple[str, str] = ("x1", "x2"),
    classes: tuple[str, str] = ("-1", "+1"),
    faint: bool = False,
) -> "Axes":
    """Draw labelled points: crosses for the class -1, discs for +1.

    Args:
        ax: The axes to draw on.
        data: Points `(n, 2)` and labels `(n,)`.
        features: The names of the axes.
        classes: The names of the classes -1 and +1, for the legend.
        faint: Draw small marks without a legend, as a background to other points.

    Returns:
        `ax`.

    Raises:
        ValueError: If the points do not have two features.

    Example:
        >>> import numpy as np
        >>> from miniml.datasets import xor
        >>> from miniml.plots import axes
        >>> dataset(axes(), xor(np.random.default_rng(0))).get_xlabel()
        'x1'
    """
    check_plane(data)
    marks(ax, data.x[:, 0], data.x[:, 1], data.y, classes, faint=faint)
    label_points(ax, features, legend=not faint)
    return ax


def check_plane(data: Dataset) -> None:
    """Raise an error unless the points have two features."""
    if data.x.shape[1:] != (2,):
        raise ValueError(f"a picture of points needs two features; x has shape {data.x.shape}")


def label_points(ax: "Axes", features: tuple[str, str], *, legend: bool = True) -> None:
    """Label the axes, and draw the legend of the classes beside them."""
    ax.set_xlabel(features[0])
    ax.set_ylabel(features[1])
    if not legend:
        plain(ax)
        return
    class_legend(ax, bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)


def class_legend(ax: "Axes", **place: Any) -> None:
    """Draw the legend of the classes, at the upper left unless placed elsewhere."""
    legend = ax.legend(
        loc="upper left",
        frameon=False,
        title="class",
        alignment="left",
        fontsize=SMALL,
        title_fontsize=SMALL,
        handletextpad=0.2,
        **place,
    )
    plain(ax, legend)


def marks(
    ax: "Axes", a: Array, b: Array, y: Array, classes: tuple[str, str], *, faint: bool = False
) -> None:
    """Draw a mark at each position `(a, b)`, by the sign of its label."""
    for positive, mark, name in zip((False, True), MARKS, classes, strict=True):
        chosen = (y > 0) == positive
        ax.scatter(
            a[chosen],
            b[chosen],
            s=0.3 * mark.area if faint else mark.area,
            c=mark.colour,
            marker=mark.shape,
            alpha=0.55 if faint else 1.0,
            linewidths=0.0 if faint else 0.7,
            edgecolors="white",
            label=None if faint else name,
            zorder=3,
        )
