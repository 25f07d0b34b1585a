# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""What every picture shares: empty axes, colours, corners.

The colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), told apart by people
of any colour vision; marks and lines differ in shape as well.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import numpy as np

from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Scores: TypeAlias = Callable[[Array], Array]
"""A model: points `(n, d)` to scores `(n,)`, whose sign is the class."""

NEGATIVE, POSITIVE, OTHER = "#D55E00", "#0072B2", "#009E73"
"""The colours of the classes -1 (vermilion) and +1 (blue), and of a second curve (green)."""

INK, FAINT = "#333333", "#DDDDDD"
"""The colours of lines and text, and of grids."""


def axes(width: float = 5.0, height: float = 4.0, *, title: str = "") -> "Axes":
    """Make an empty picture of its own.

    No window system and no global state is involved; `save` writes it to a file.

    Args:
        width: In inches.
        height: In inches.
        title: What to write above it.

    Returns:
        The axes of a new figure.

    Raises:
        ModuleNotFoundError: If matplotlib is not installed.

    Example:
        >>> axes(3, 2).figure.get_size_inches().tolist()
        [3.0, 2.0]
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  # optional, and slow to import
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "pictures need matplotlib: pip install 'miniml[plot]'", name=error.name
        ) from None
    figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
    ax = figure.add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    for spine in ax.spines.values():
        spine.set_color(INK)
        spine.set_linewidth(0.8)
    ax.set_title(title, loc="left", fontsize=10)
    ax.tick_params(colors=INK, width=0.8)
    return ax


def save(ax: "Axes", file: str | os.PathLike[str] | BinaryIO, *, format: str = "png") -> None:  # noqa: A002  # matplotlib's word
    """Write the picture that `ax` is part of.

    Args:
        ax: Any axes of the picture.
        file: Where to write it.
        format: What to write: "png", "svg" or "pdf".

    Example:
        >>> from io import BytesIO
        >>> file = BytesIO()
        >>> save(axes(), file)
        >>> file.getvalue()[1:4]
        b'PNG'
    """
    ax.figure.canvas.figure.savefig(file, format=format)


def corners(x: Array, margin: float = 0.05) -> tuple[Array, Array]:
    """Find the corners of a picture that shows all points, with a margin.

    Args:
        x: Points, of shape `(n, 2)`.
        margin: The margin on each side, as a share of the points' extent.

    Returns:
        The lower left and the upper right corner, each `(2,)`.

    Example:
        >>> corners(np.array([[0.0, 0.0], [1.0, 2.0]]), margin=0.5)
        (array([-0.5, -1. ]), array([1.5, 3. ]))
    """
    low, high = x.min(axis=0), x.max(axis=0)
    extent = np.where(high > low, high - low, 1.0)
    return low - margin * extent, high + margin * extent
