# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Empty axes, the file of a picture, and the corners of a set of points."""

import os
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from miniml._distribution import install_hint
from miniml.plots.style import INK, TEXT, style_axes
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def axes(width: float = 5.0, height: float = 4.0, *, title: str = "") -> "Axes":
    """Return the axes of a new, empty picture.

    No window system and no global state is involved; `save` writes the picture to a file.

    Args:
        width: The width in inches.
        height: The height in inches.
        title: The title.

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
    """Return the axes of a new picture with several panels.

    Args:
        count: The number of panels.
        columns: The number of panels in a row; None puts all of them in one row.
        width: The width of each panel in inches.
        height: The height of each panel in inches.
        titles: The titles of the panels; empty for none.
        share: Give all panels the same limits, and number only the outer axes.

    Returns:
        The axes of a new figure, row by row.

    Raises:
        ModuleNotFoundError: If matplotlib is not installed.
        ValueError: If `count` is less than 1.

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
        raise ValueError(f"count is {count}: a picture has at least one panel")
    columns = min(columns or count, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(width * columns, height * rows), dpi=150, layout="constrained")
    grid = figure.subplots(rows, columns, sharex=share, sharey=share, squeeze=False)
    axs: list[Axes] = list(grid.flat)
    for ax in axs[count:]:
        ax.remove()
    for ax, given in zip(axs[:count], titles or [""] * count, strict=True):
        style_axes(ax)
        # Names of files can hold bytes that are not text, which matplotlib refuses.
        title = given.encode(errors="replace").decode()
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
    """Write the picture that `ax` is part of to a file.

    Args:
        ax: Any axes of the picture.
        file: The path or the open file.
        format: "png", "svg" or "pdf"; None takes that of the file's name, or else PNG.
        dpi: Pixels per inch; None takes those of the figure, which are 150 by default.
        colours: The largest number of colours, up to 256; this makes a PNG several times
            smaller, and the format is always PNG. None keeps all colours.

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
    """Return the corners of a picture that shows all points, with a margin.

    Args:
        x: Points, of shape `(n, 2)`.
        margin: The margin on each side, as a fraction of the extent of the points.

    Returns:
        The lower left and the upper right corner, each `(2,)`.

    Example:
        >>> corners(np.array([[0.0, 0.0], [1.0, 2.0]]), margin=0.5)
        (array([-0.5, -1. ]), array([1.5, 3. ]))
    """
    low, high = x.min(axis=0), x.max(axis=0)
    extent = np.where(high > low, high - low, 1.0)
    return low - margin * extent, high + margin * extent
