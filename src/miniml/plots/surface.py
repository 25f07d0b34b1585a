# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""The full loss as a function of one parameter, and of two."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from miniml.plots.knobs import Knob
from miniml.plots.style import FAINT, INK, NEGATIVE, POSITIVE, SHADES, SMALL, SOFT, plain
from miniml.types import Array, Scalar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

T = TypeVar("T")


def loss_along(
    ax: "Axes",
    loss: Callable[[T], Scalar],
    params: T,
    name: str,
    span: tuple[float, float],
    *,
    resolution: int = 201,
) -> "Axes":
    """Draw a loss as a function of one parameter, all others as they are.

    Args:
        ax: Where to draw.
        loss: A function of the parameters alone, such as `lambda m: full_loss(m, data)`.
        params: The parameters; a disc marks where they are.
        name: The dotted name of a leaf that is a number, such as `b`, or of an element of an
            array, such as `layers.0.w[1, 0]`.
        span: The parameter's least and greatest value.
        resolution: The number of values.

    Returns:
        `ax`.

    Raises:
        KeyError: If there is no such leaf; it lists the nearest names.
        ValueError: If the name is that of a whole array.

    Example:
        >>> from miniml.plots import axes
        >>> ax = loss_along(axes(), lambda p: p["w"] ** 2, {"w": 1.0}, "w", (-2.0, 2.0))
        >>> float(ax.lines[0].get_ydata().min())
        0.0
    """
    knob = Knob(params, name)
    values: Array = np.linspace(*span, resolution)
    losses = [float(loss(knob.turn(params, value))) for value in values.tolist()]
    here, height = knob.read(params), float(loss(params))
    ax.grid(color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.plot(values, losses, color=POSITIVE, linewidth=1.8)
    ax.plot(
        *([here], [height]), "o", color=NEGATIVE, markersize=7, markeredgecolor="white", zorder=3
    )
    ax.annotate(
        f"{name} = {here:.3g}\nloss {height:.3g}",
        (here, height),
        (0, 9),
        textcoords="offset points",
        ha="center",
        va="bottom",
        size=SMALL,
        color=INK,
        parse_math=False,
    )
    ax.set_xlim(*span)
    ax.margins(y=0.12)
    ax.set_xlabel(name)
    ax.set_ylabel("loss")
    plain(ax)
    return ax


def loss_over(
    ax: "Axes",
    loss: Callable[[T], Scalar],
    params: T,
    spans: Mapping[str, tuple[float, float]],
    *,
    path: Sequence[T] = (),
    resolution: int = 60,
    levels: int | Sequence[float] = 10,
) -> "Axes":
    """Draw a loss as contours over two parameters, all others as they are.

    Args:
        ax: Where to draw.
        loss: A function of the parameters alone, such as `lambda m: full_loss(m, data)`.
        params: The parameters; a star marks where they are.
        spans: The least and the greatest value of two parameters, each named as in `loss_along`;
            the first goes across.
        path: The parameters on the way, first to last, such as those of a training run.
        resolution: The number of values along each side.
        levels: The contours' heights, or about how many to draw.

    Returns:
        `ax`.

    Raises:
        KeyError: If there is no such leaf; it lists the nearest names.
        ValueError: If a name is that of a whole array, or there are not two.

    Example:
        >>> from miniml.plots import axes
        >>> bowl = lambda p: p["a"] ** 2 + p["b"] ** 2
        >>> start = {"a": 1.0, "b": 0.5}
        >>> ax = loss_over(axes(), bowl, start, {"a": (-2.0, 2.0), "b": (-2.0, 2.0)})
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('a', 'b')
    """
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415  # optional

    if len(spans) != 2:
        raise ValueError(f"a surface is drawn over two parameters; {len(spans)} were named")
    across, up = (Knob(params, name) for name in spans)
    a, b = (np.linspace(*span, resolution) for span in spans.values())
    heights = np.array(
        [[float(loss(up.turn(across.turn(params, i), j))) for i in a.tolist()] for j in b.tolist()]
    )
    shades = LinearSegmentedColormap.from_list("loss", SHADES)
    drawn = ax.contourf(a, b, heights, levels, cmap=shades, zorder=0)
    lines = ax.contour(a, b, heights, drawn.levels, colors=[SOFT], linewidths=0.6, zorder=1)
    ax.clabel(lines, fontsize=SMALL - 1, fmt="%g", colors=[INK], inline_spacing=3)
    if path:
        walked = np.array([[across.read(tree), up.read(tree)] for tree in path])
        ax.plot(*walked.T, "-", color=NEGATIVE, linewidth=1.4, zorder=3)
        ax.plot(
            *walked[:1].T,
            "s",
            color="white",
            markeredgecolor=NEGATIVE,
            markersize=6,
            zorder=4,
            label="start",
        )
    ax.plot(
        [across.read(params)],
        [up.read(params)],
        "*",
        color=NEGATIVE,
        markeredgecolor="white",
        markersize=14,
        zorder=5,
        label="here",
    )
    ax.set_xlim(a[0], a[-1])
    ax.set_ylim(b[0], b[-1])
    ax.set_xlabel(across.name)
    ax.set_ylabel(up.name)
    plain(ax)
    return ax
