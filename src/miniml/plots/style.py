# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""The look that all pictures share: colours, dashes, marks and sizes.

The colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), told apart by people
of any colour vision; marks and lines differ in shape as well.
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
"""The colours of lines and text, of what is beside the point, and of grids."""

TINTS = (("#F1B58B", "#FCEADD"), ("#E1EEF6", "#8DC0DE"))
"""The classes' colours mixed with white, from sure to unsure of -1, from unsure to sure of +1."""

SHADES = ("#FFFFFF", "#D9E6EF", "#A9C3D6", "#7E9FB8")
"""From a low loss to a high one, light enough to write on."""

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
    """How the points of one class are drawn."""

    colour: str
    shape: str
    area: float


MARKS = (Mark(NEGATIVE, "X", 40.0), Mark(POSITIVE, "o", 34.0))
"""Crosses for the class -1 and discs for +1, of one weight to the eye."""


def dress(ax: "Axes") -> None:
    """Give empty axes thin lines, quiet text, and steps of 1, 2 or 5 between their numbers."""
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


def undress(ax: "Axes") -> None:
    """Take away all that measures, for a picture without scales."""
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def plain(ax: "Axes", legend: "Legend | None" = None) -> None:
    """Write names as they are, whatever dollar signs are in them."""
    texts = [ax.xaxis.label, ax.yaxis.label, *(legend.get_texts() if legend else ())]
    for text in texts:
        text.set_parse_math(False)
        text.set_color(INK)
    if legend:
        legend.get_title().set_color(INK)
