# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Small multiples: one picture at several values of a parameter."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from miniml.plots.knobs import Knob
from miniml.plots.style import INK, TEXT
from miniml.tree import replace_leaves
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

T = TypeVar("T")


def small_multiples(
    axs: Sequence["Axes"],
    model: T,
    changes: Sequence[Mapping[str, float | Array]],
    draw: Callable[["Axes", T], "Axes"],
) -> Sequence["Axes"]:
    """Draw a model once for each change of its leaves.

    Turning a weight rotates the separator of a linear model; its bias moves the cutoff.

    Args:
        axs: The axes to draw on, one for each change.
        model: The model.
        changes: For each picture the new values by dotted name: of whole leaves, as for
            `replace_leaves`, or of single numbers, named as in `loss_along`.
        draw: A function that draws one model; only the last picture keeps its legend.

    Returns:
        `axs`, each with its change as title.

    Raises:
        KeyError: If a name is unknown; it lists the nearest names.
        ValueError: If the numbers of axes and changes differ, or a shape or dtype does.

    Example:
        >>> from miniml import Linear
        >>> from miniml.plots import panels, separator
        >>> line = Linear(np.array([1.0, 1.0]), -1.0)
        >>> axs = small_multiples(
        ...     panels(2),
        ...     line,
        ...     [{"b": -1.0}, {"b": -1.5}],
        ...     lambda ax, m: separator(ax, m, np.zeros(2), np.ones(2)),
        ... )
        >>> [ax.get_title(loc="left") for ax in axs]
        ['b = -1', 'b = -1.5']
    """
    if len(axs) != len(changes):
        raise ValueError(f"{len(changes)} changes need as many axes, got {len(axs)}")
    for ax, change in zip(axs, changes, strict=True):
        draw(ax, _changed(model, change))
        title = ", ".join(f"{name} = {_value_text(value)}" for name, value in change.items())
        ax.set_title(title, loc="left", fontsize=TEXT, color=INK, parse_math=False)
        if ax is not axs[-1] and (legend := ax.get_legend()) is not None:
            legend.remove()
    if len({(ax.get_xlim(), ax.get_ylim()) for ax in axs}) == 1:  # one scale for all
        for ax in axs:
            ax.label_outer()
    return axs


def _changed(model: T, change: Mapping[str, float | Array]) -> T:
    for name, value in change.items():
        if np.ndim(value) == 0:
            model = Knob(model, name).turn(model, float(value))
        else:
            model = replace_leaves(model, {name: value})
    return model


def _value_text(value: float | Array) -> str:
    if np.ndim(value) == 0:
        return f"{float(value):.3g}"
    return np.array2string(np.asarray(value), precision=3, threshold=6, separator=", ")
