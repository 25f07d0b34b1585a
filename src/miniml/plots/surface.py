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
    from matplotlib.contour import ContourSet

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
    """Draw a loss as a function of one parameter, with all others fixed.

    Args:
        ax: The axes to draw on.
        loss: A function of the parameters only, such as `lambda m: full_loss(m, data)`.
        params: The parameters; a disc marks their position.
        name: The dotted name of a leaf that is a number, such as `b`, or of an element of an
            array, such as `layers.0.w[1, 0]`.
        span: The least and the greatest value of the parameter.
        resolution: The number of values.

    Returns:
        `ax`.

    Raises:
        KeyError: If there is no such leaf; it lists the nearest names.
        ValueError: If the leaf is a whole array.

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
        [here],
        [height],
        "o",
        color=NEGATIVE,
        markersize=7,
        markeredgecolor="white",
        label=f"{name} = {here:.3g}, loss {height:.3g}",
        zorder=3,
    )
    ax.set_xlim(*span)
    ax.set_xlabel(name)
    ax.set_ylabel("loss")
    plain(ax, ax.legend(frameon=False, fontsize=SMALL, handletextpad=0.2))
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
    """Draw a loss as contours over two parameters, with all others fixed.

    Args:
        ax: The axes to draw on.
        loss: A function of the parameters only, such as `lambda m: full_loss(m, data)`.
        params: The parameters; a star marks their position.
        spans: The least and the greatest value of two parameters, each named as in `loss_along`;
            the first is the horizontal axis.
        path: Parameters before these, such as those of a training run.
        resolution: The number of values along each side.
        levels: The levels of the contours, or their approximate number.

    Returns:
        `ax`.

    Raises:
        KeyError: If there is no such leaf; it lists the nearest names.
        ValueError: If a leaf is a whole array, or there are not two names.

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
        raise ValueError(f"a surface is drawn over two parameters; spans has {len(spans)}")
    across, up = (Knob(params, name) for name in spans)
    a, b = (np.linspace(*span, resolution) for span in spans.values())
    heights = np.array(
        [[float(loss(up.turn(across.turn(params, i), j))) for i in a.tolist()] for j in b.tolist()]
    )
    shades = LinearSegmentedColormap.from_list("loss", SHADES)
    way = np.array([[across.read(tree), up.read(tree)] for tree in (*path, params)])
    drawn = ax.contourf(a, b, heights, levels, cmap=shades, zorder=0)
    # At the level of a flat minimum a contour would follow rounding errors.
    inner = [level for level in drawn.levels if heights.min() < level < heights.max()]
    if inner:
        lines = ax.contour(a, b, heights, inner, colors=[SOFT], linewidths=0.6, zorder=1)
        _label(ax, lines, way, np.array([[a[0], b[0]], [a[-1], b[-1]]]))
    if path:
        ax.plot(*way[:-1].T, "-", color=NEGATIVE, linewidth=1.4, zorder=3)
        ax.plot(*way[:1].T, "s", c="white", mec=NEGATIVE, ms=6, label="start", zorder=4)
    ax.plot(*way[-1:].T, "*", c=NEGATIVE, mec="white", ms=14, label="here", zorder=5)
    ax.set_xlim(a[0], a[-1])
    ax.set_ylim(b[0], b[-1])
    ax.set_xlabel(across.name)
    ax.set_ylabel(up.name)
    plain(ax, ax.legend(fontsize=SMALL, framealpha=0.85, edgecolor="none") if path else None)
    return ax


def _label(ax: "Axes", lines: "ContourSet", way: Array, corners: Array) -> None:
    """Write the levels on the contours, inside the picture and far from the path."""
    low, extent = corners[0], corners[1] - corners[0]
    places: list[tuple[float, float]] = []
    for contour in lines.get_paths():
        vertices = np.asarray(contour.vertices, np.float64)
        fractions = (vertices - low) / extent
        inside = np.all((fractions > 0.1) & (fractions < 0.9), axis=1)
        if inside.any():
            gaps: Array = fractions[inside, None] - (way - low) / extent
            farthest = np.argmax(np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=1))
            x, y = vertices[inside][farthest].tolist()
            places.append((x, y))
    size = SMALL - 1
    ax.clabel(lines, fontsize=size, fmt="%g", colors=[INK], inline_spacing=3, manual=places)
