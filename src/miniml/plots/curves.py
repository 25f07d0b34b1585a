# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Losses as curves: over the steps of a run, and over the margins of the points."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from miniml.datasets import Dataset
from miniml.plots.canvas import FAINT, INK, OTHER, POSITIVE, Scores
from miniml.plots.points import marks
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def loss_curve(
    ax: "Axes",
    steps: Sequence[int] | Array,
    losses: Sequence[float] | Array,
    *,
    label: str = "training",
    second: bool = False,
) -> "Axes":
    """Draw a loss against the number of steps, on a logarithmic scale where all are positive.

    Args:
        ax: Where to draw.
        steps: The steps' numbers, `(n,)`.
        losses: The loss at each, `(n,)`.
        label: The curve's name, for the legend.
        second: Draw a dashed line in a colour of its own, to compare with the first curve.

    Returns:
        `ax`.

    Example:
        >>> from miniml.plots import axes
        >>> loss_curve(axes(), [1, 2, 3], [0.9, 0.5, 0.4]).get_yscale()
        'log'
    """
    from matplotlib.ticker import LogLocator, NullFormatter  # noqa: PLC0415  # optional

    losses = np.asarray(losses)
    colour, style = (OTHER, "--") if second else (POSITIVE, "-")
    ax.plot(steps, losses, color=colour, linestyle=style, linewidth=1.6, label=label)
    if (losses > 0).all():
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        # Over a decade or two, powers of ten alone would leave the axis almost without numbers.
        ax.yaxis.set_major_locator(
            LogLocator(subs=(1.0, 2.0, 5.0) if high < 1000 * low else (1.0,))
        )
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("step")
    ax.set_ylabel("loss")
    ax.grid(color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.legend(frameon=False)
    return ax


def point_losses(
    ax: "Axes",
    point_loss: Scores,
    score: Scores,
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

    Example:
        >>> from miniml.datasets import simple
        >>> from miniml.plots import axes
        >>> data = simple(np.random.default_rng(0))
        >>> relu = lambda z: np.maximum(z, 0.0)
        >>> point_losses(axes(), relu, lambda x: 0.5 - x[:, 0], data).get_ylabel()
        'point loss'
    """
    z: Array = -data.y * score(data.x)
    reach = 1.1 * max(float(np.max(np.abs(z), initial=0.0)), 1e-6)
    line: Array = np.linspace(-reach, reach, 401)
    ax.axvline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    ax.plot(line, point_loss(line), color=INK, linewidth=1.2, zorder=2)
    marks(ax, z, point_loss(z), data.y, classes)
    for text, at, side in (("right ", 0.49, "right"), (" wrong", 0.51, "left")):
        ax.text(at, 0.97, text, transform=ax.transAxes, ha=side, va="top", color="gray")
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("-y m(x)")
    ax.set_ylabel("point loss")
    ax.legend(loc="upper left", frameon=False, title="class")
    return ax
