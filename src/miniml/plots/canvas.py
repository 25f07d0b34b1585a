# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Empty axes to draw on, writing them to a file, and the corners of what is drawn."""

import os
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from miniml._distribution import install_hint
from miniml.plots.style import INK, TEXT, dress
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    return panels(1, width=width, height=height, titles=(title,))[0]


def panels(
    count: int,
    *,
    columns: int | None = None,
    width: float = 3.0,
    height: float = 3.0,
    titles: Sequence[str] = (),
    share: bool = False,
) -> list["Axes"]:
    """Make a picture of several panels.

    Args:
        count: How many.
        columns: How many stand in a row; None puts all of them in one.
        width: Of each panel, in inches.
        height: Of each panel, in inches.
        titles: What to write above each; none are written if it is empty.
        share: Give all panels the same limits, and number the outer ones alone.

    Returns:
        The axes of a new figure, row by row.

    Raises:
        ModuleNotFoundError: If matplotlib is not installed.
        ValueError: If no panel is asked for.

    Example:
        >>> [ax.get_title(loc="left") for ax in panels(2, titles=("before", "after"))]
        ['before', 'after']
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  # optional, and slow to import
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"pictures need matplotlib: {install_hint('plot')}", name=error.name
        ) from None
    if count < 1:
        raise ValueError(f"{count} panels were asked for: there must be at least one")
    columns = min(columns or count, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(width * columns, height * rows), dpi=150, layout="constrained")
    grid = figure.subplots(rows, columns, sharex=share, sharey=share, squeeze=False)
    axs: list[Axes] = list(grid.flat)
    for ax in axs[count:]:
        ax.remove()
    for ax, title in zip(axs[:count], titles or [""] * count, strict=True):
        dress(ax)
        ax.set_title(title, loc="left", fontsize=TEXT, color=INK, parse_math=False)
    return axs[:count]


def save(
    ax: "Axes",
    file: str | os.PathLike[str] | BinaryIO,
    *,
    format: str | None = None,  # noqa: A002  # matplotlib's word
    dpi: float | None = None,
    colours: int | None = None,
) -> None:
    """Write the picture that `ax` is part of.

    Args:
        ax: Any axes of the picture.
        file: Where to write it.
        format: What to write: "png", "svg" or "pdf"; None goes by the file's name, and writes
            PNG where it has none.
        dpi: Pixels an inch; None takes 150, or what the figure was made with.
        colours: So many colours at most, up to 256, which makes a PNG several times smaller;
            None keeps all. The format is then PNG.

    Example:
        >>> from io import BytesIO
        >>> file = BytesIO()
        >>> save(axes(), file)
        >>> file.getvalue()[1:4]
        b'PNG'
    """
    figure = ax.figure.canvas.figure
    if colours is None:
        figure.savefig(file, format=format, dpi=dpi or "figure")
        return
    from PIL import Image  # noqa: PLC0415  # comes with matplotlib

    full = BytesIO()
    figure.savefig(full, format="png", dpi=dpi or "figure")
    with Image.open(full) as image:
        few = image.convert("RGB").quantize(colours, Image.Quantize.MAXCOVERAGE)
        few.save(file, format="PNG", optimize=True)


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
