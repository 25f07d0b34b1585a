# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""The style of all pictures: colours, dashes, marks and sizes.

The colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people of any
colour vision can distinguish; marks and lines also differ in shape.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend

Dashes: TypeAlias = Literal["-", "--", "-.", ":"]

NEGATIVE, POSITIVE, OTHER, FOURTH = "#D55E00", "#0072B2", "#009E73", "#AA4499"
"""The colours of the classes -1 (vermilion) and +1 (blue), and of further curves."""

INK, SOFT, FAINT = "#333333", "#767676", "#DDDDDD"
"""The colours of main lines and text, of secondary ones, and of grids."""

TINTS = (("#F1B58B", "#FCEADD"), ("#E1EEF6", "#8DC0DE"))
"""The colours of the classes mixed with white: -1 from sure to unsure, +1 from unsure to sure."""

SHADES = ("#FFFFFF", "#D9E6EF", "#A9C3D6", "#7E9FB8")
"""Shades from a low loss to a high one, light enough for text over them."""

CURVES: tuple[tuple[str, Dashes], ...] = (
    (POSITIVE, "-"),
    (OTHER, "--"),
    (NEGATIVE, "-."),
    (FOURTH, ":"),
)
"""The colour and the dashes of each curve of a picture."""

SMALL, TEXT = 8.0, 9.5
"""The sizes of text in points: of numbers and legends, of titles and the names of axes."""


@attrs.frozen
class Mark:
    """The mark of the points of one class."""

    colour: str
    shape: str
    area: float


MARKS = (Mark(NEGATIVE, "X", 40.0), Mark(POSITIVE, "o", 34.0))
"""Crosses for the class -1 and discs for +1, of the same visual weight."""


def style_axes(ax: "Axes") -> None:
    """Style empty axes: thin lines, grey text, ticks at steps of 1, 2 or 5."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # optional

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10]))
    ax.spines[["top", "right"]].set_visible(False)
    for spine in ax.spines.values():
        spine.set_color(SOFT)
        spine.set_linewidth(0.8)
    ax.tick_params(colors=SOFT, labelcolor=INK, width=0.8, length=3, labelsize=SMALL)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set_color(INK)
        label.set_fontsize(TEXT)


def hide_scales(ax: "Axes") -> None:
    """Remove ticks and spines, for a picture without scales."""
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def plain(ax: "Axes", legend: "Legend | None" = None) -> None:
    """Show names as plain text: a dollar sign starts no formula."""
    texts = [ax.xaxis.label, ax.yaxis.label, *(legend.get_texts() if legend else ())]
    for text in texts:
        text.set_parse_math(False)
        text.set_color(INK)
    if legend:
        legend.get_title().set_color(INK)
