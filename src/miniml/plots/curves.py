# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Functions of one number as curves, with and without the points of a data set on them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from miniml.datasets import Dataset
from miniml.nn.losses import PointLoss, Scorer, negated_margins
from miniml.plots.points import marks
from miniml.plots.style import CURVES, FAINT, INK, SMALL, SOFT, plain
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def functions(
    ax: "Axes", curves: Mapping[str, PointLoss], low: float = -6.0, high: float = 6.0
) -> "Axes":
    """Draw functions of one number, such as the sigmoid, the log-sigmoid and point losses.

    Args:
        ax: Where to draw.
        curves: Up to four elementwise functions by name.
        low: Where the curves begin.
        high: Where they end.

    Returns:
        `ax`.

    Raises:
        ValueError: If there are more than four, which dashes and colours could not tell apart.

    Example:
        >>> from miniml.losses import log_sigmoid, sigmoid
        >>> from miniml.plots import axes
        >>> ax = functions(axes(), {"sigmoid": sigmoid, "log-sigmoid": log_sigmoid})
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['sigmoid', 'log-sigmoid']
    """
    if len(curves) > len(CURVES):
        raise ValueError(f"{len(curves)} curves cannot be told apart: draw {len(CURVES)} at most")
    z: Array = np.linspace(low, high, 601)
    ax.axhline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    ax.axvline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    for (name, function), (colour, style) in zip(curves.items(), CURVES, strict=False):
        ax.plot(z, function(z), color=colour, linestyle=style, linewidth=1.8, label=name)
    ax.set_xlim(low, high)
    ax.set_xlabel("z")
    plain(ax, ax.legend(frameon=False, fontsize=SMALL, handlelength=2.6))
    return ax


def point_losses(
    ax: "Axes",
    point_loss: PointLoss,
    score: Scorer,
    data: Dataset,
    *,
    classes: tuple[str, str] = ("-1", "+1"),
) -> "Axes":
    """Draw a point loss as a curve, and each point on it at its own negated margin.

    Points right of zero are on the wrong side of the separator, further right where they are
    further from it.

    Args:
        ax: Where to draw.
        point_loss: An elementwise function of the negated margins `-y * score(x)`.
        score: The model: points `(n, d)` to scores `(n,)`.
        data: Points `(n, d)` and labels `(n,)`.
        classes: The names of the classes -1 and +1, for the legend.

    Returns:
        `ax`.

    Raises:
        ValueError: If the labels are 0 and 1, or the scores are not one a label.

    Example:
        >>> from miniml.datasets import simple
        >>> from miniml.losses import relu
        >>> from miniml.plots import axes
        >>> data = simple(np.random.default_rng(0))
        >>> point_losses(axes(), relu, lambda x: 0.5 - x[:, 0], data).get_ylabel()
        'point loss'
    """
    z = negated_margins(score, data)
    reach = 1.1 * max(float(np.max(np.abs(z), initial=0.0)), 1e-6)
    line: Array = np.linspace(-reach, reach, 401)
    ax.axvline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    ax.plot(line, point_loss(line), color=INK, linewidth=1.2, zorder=2)
    marks(ax, z, point_loss(z), data.y, classes)
    for text, at, side in (("right", 0.48, "right"), ("wrong", 0.52, "left")):
        ax.text(
            *(at, 0.98, text), transform=ax.transAxes, ha=side, va="top", color=SOFT, size=SMALL
        )
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("negated margin, -y m(x)")
    ax.set_ylabel("point loss")
    legend = ax.legend(
        loc="upper left",
        frameon=False,
        title="class",
        alignment="left",
        fontsize=SMALL,
        title_fontsize=SMALL,
        handletextpad=0.2,
    )
    plain(ax, legend)
    return ax
