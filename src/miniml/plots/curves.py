# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Curves: functions of one number, and a point loss with the points of a data set."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from miniml.datasets import Dataset
from miniml.nn.losses import Scorer, check_point_loss
from miniml.nn.point_losses import PointLoss, negated_margins
from miniml.plots.points import class_legend, marks
from miniml.plots.style import CURVES, FAINT, INK, SMALL, SOFT, plain
from miniml.types import Array, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers: TypeAlias = Array | IntArray


def functions(
    ax: "Axes", curves: Mapping[str, Callable[[Array], Array]], low: float = -6.0, high: float = 6.0
) -> "Axes":
    """Draw functions of one number, such as the sigmoid, the log-sigmoid and point losses.

    Args:
        ax: The axes to draw on.
        curves: Up to four elementwise functions by name.
        low: The left end of the curves.
        high: The right end of the curves.

    Returns:
        `ax`.

    Raises:
        ValueError: If there are more than four: there are four pairs of dashes and colours.

    Example:
        >>> from miniml.nn import log_sigmoid, sigmoid
        >>> from miniml.plots import axes
        >>> ax = functions(axes(), {"sigmoid": sigmoid, "log-sigmoid": log_sigmoid})
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['sigmoid', 'log-sigmoid']
    """
    z: Array = np.linspace(low, high, 601)
    ax.axhline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    ax.axvline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    lines(ax, {name: (z, function(z)) for name, function in curves.items()}, width=1.8)
    ax.set_xlim(low, high)
    ax.set_xlabel("z")
    plain(ax, ax.legend(frameon=False, fontsize=SMALL, handlelength=2.6))
    return ax


def lines(ax: "Axes", curves: Mapping[str, tuple[Numbers, Numbers]], *, width: float) -> None:
    """Draw up to four curves `(x, y)` by name, in different colours and dashes."""
    if len(curves) > len(CURVES):
        raise ValueError(f"{len(curves)} curves are too many to distinguish: draw at most 4")
    for (name, (x, y)), (colour, style) in zip(curves.items(), CURVES, strict=False):
        ax.plot(x, y, color=colour, linestyle=style, linewidth=width, label=name, zorder=2)


def point_losses(
    ax: "Axes",
    point_loss: PointLoss,
    score: Scorer,
    data: Dataset,
    *,
    classes: tuple[str, str] = ("-1", "+1"),
) -> "Axes":
    """Draw a point loss as a curve, and each point on it at its own negated margin.

    Points to the right of zero are misclassified; the further right, the larger their distance
    from the separator.

    Args:
        ax: The axes to draw on.
        point_loss: The point loss of scores and labels, a function of their margin.
        score: The model: points `(n, d)` to scores `(n,)`.
        data: Points `(n, d)` and labels `(n,)`.
        classes: The names of the classes -1 and +1, for the legend.

    Returns:
        `ax`.

    Raises:
        TypeError: If the point loss is a function of one number.
        ValueError: If the labels are 0 and 1, or there is not one score per label.

    Example:
        >>> from miniml.datasets import simple
        >>> from miniml.losses import perceptron_loss
        >>> from miniml.plots import axes
        >>> data = simple(np.random.default_rng(0))
        >>> point_losses(axes(), perceptron_loss, lambda x: 0.5 - x[:, 0], data).get_ylabel()
        'point loss'
    """
    check_point_loss("point_loss", point_loss)
    scores = score(data.x)
    z = negated_margins(scores, data.y)
    reach = 1.1 * max(float(np.max(np.abs(z), initial=0.0)), 1e-6)
    line: Array = np.linspace(-reach, reach, 401)
    ax.axvline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    ax.plot(line, point_loss(-line, np.ones_like(line)), color=INK, linewidth=1.2, zorder=2)
    marks(ax, z, point_loss(scores, data.y), data.y, classes)
    for text, at, side in (("right", 0.48, "right"), ("wrong", 0.52, "left")):
        ax.text(
            *(at, 0.98, text), transform=ax.transAxes, ha=side, va="top", color=SOFT, size=SMALL
        )
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("negated margin, -y m(x)")
    ax.set_ylabel("point loss")
    class_legend(ax)
    return ax
