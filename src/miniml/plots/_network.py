# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""A network as a graph: units in columns, and a line for each weight."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import numpy as np

from miniml.nn.layers import MLP, Lambda, Linear, Sequential, Split
from miniml.plots.style import INK, NEGATIVE, POSITIVE, SMALL, SOFT, hide_scales, plain
from miniml.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Network: TypeAlias = Linear | Split | MLP | Sequential[Any] | Sequence[Array]
"""A model made of linear layers, or the weights of its layers: `(d, k)`, the last perhaps `(d,)`."""

_SHOWN = 10  # units of a wide layer; the caption gives the number of all
_WIDEST = 3.0  # line, in points
_SIGNS = (("positive", POSITIVE, "-"), ("negative", NEGATIVE, (0, (3, 1.5))))


@attrs.frozen(eq=False)
class _Column:
    """The units of one layer: which are shown, where, and how many there are."""

    name: str
    size: int
    shown: list[int]
    heights: Array
    texts: Sequence[str]


def network(ax: "Axes", model: Network, *, features: Sequence[str] | None = None) -> "Axes":
    """Draw a network: inputs at the left, scores at the right, a line for each weight.

    Positive weights are solid and blue, negative ones dashed and vermilion; the width of a line
    is the size of the weight relative to the largest of its layer. Biases are not drawn. Of a
    layer with more than ten units, the first five and the last five are shown.

    Args:
        ax: The axes to draw on; their scales are removed.
        model: A `Linear`, `Split`, `MLP` or `Sequential` of linear layers, or the weights of the
            layers, first to last.
        features: The names of the inputs.

    Returns:
        `ax`.

    Raises:
        TypeError: If the model is of another kind.
        ValueError: If the shapes of neighbouring layers do not match, a weight is not finite, or
            there is not one name per input.

    Example:
        >>> from miniml.plots import axes
        >>> net = MLP.init(np.random.default_rng(0), 2, (3,))
        >>> ax = network(axes(), net)
        >>> [text.get_text() for text in ax.texts][-3:]
        ['2 inputs', '3 units', 'score']
    """
    weights = [np.reshape(w, (len(w), -1)) for w in _weights(model)]
    for i, matrix in enumerate(weights):
        if not np.isfinite(matrix).all():
            raise ValueError(f"layer {i} has weights that are not finite")
    for i, (before, after) in enumerate(pairwise(weights)):
        if before.shape[1] != after.shape[0]:
            raise ValueError(
                f"layer {i} has {before.shape[1]} outputs and layer {i + 1} takes "
                f"{after.shape[0]} inputs: {before.shape} and {after.shape} do not match"
            )
    if features is not None and len(features) != len(weights[0]):
        raise ValueError(f"{len(features)} names do not match {len(weights[0])} inputs")
    columns = _columns(model, weights, features)
    hide_scales(ax)
    for at, matrix in enumerate(weights):
        _draw_weights(ax, at, matrix, columns[at], columns[at + 1])
    if isinstance(model, Split):
        for height in columns[1].heights.tolist():
            ax.plot([1, 2], [height, 0.0], color=SOFT, linewidth=1.2, zorder=1)
    for at, column in enumerate(columns):
        _draw_units(ax, at, column)
    bottom = min(float(column.heights[-1]) for column in columns)
    for at, column in enumerate(columns):
        _write(ax, at, bottom - 0.85, column.name, SMALL)
    ax.set_xlim(-0.45, len(columns) - 0.55)
    ax.set_ylim(bottom - 1.1, 0.5 - bottom)
    # For the legend only: the lines of the weights differ in width and opacity.
    for name, colour, style in _SIGNS:
        ax.plot([], [], color=colour, linestyle=style, linewidth=1.8, label=f"{name} weight")
    legend = ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=2,
        frameon=False,
        fontsize=SMALL,
        handlelength=2.6,
    )
    plain(ax, legend)
    return ax


def _weights(model: Network) -> list[Array]:
    match model:
        case Linear(w):
            return [w]
        case Split(m1, m2):
            return [np.stack([m1.w, m2.w], axis=1)]
        case MLP(layers):
            return [layer.w for layer in layers]
        case Sequential(layers):
            kept = [layer for layer in layers if not isinstance(layer, Lambda)]
            return [w for layer in kept for w in _weights(layer)]
        case [*matrices] if matrices and all(np.ndim(w) in {1, 2} for w in matrices):
            return matrices
        case _:
            raise TypeError(
                f"{type(model).__name__} is not a network of linear layers: "
                "give the weights of its layers, as in network(ax, [m.first.w, m.last.w])"
            )


def _columns(
    model: Network, weights: Sequence[Array], features: Sequence[str] | None
) -> list[_Column]:
    sizes = [len(weights[0]), *(w.shape[1] for w in weights)]
    names = ["input", *("unit" for _ in weights[1:]), "score"]
    inputs = features or [f"x{i + 1}" for i in range(sizes[0])]
    columns = [
        _column(_counted(size, name), size, inputs if i == 0 else ())
        for i, (name, size) in enumerate(zip(names, sizes, strict=True))
    ]
    if isinstance(model, Split):
        columns = [
            columns[0],
            _column("2 submodels", 2, ("m1", "m2")),
            _column("their product", 1, ("\N{MULTIPLICATION SIGN}",)),
        ]
    return columns


def _counted(size: int, name: str) -> str:
    return f"{size:,} {name}s" if size > 1 else name


def _column(name: str, size: int, texts: Sequence[str]) -> _Column:
    half = _SHOWN // 2
    shown = list(range(size)) if size <= _SHOWN else [*range(half), *range(size - half, size)]
    heights: Array = np.arange(len(shown), 0.0, -1.0) - (len(shown) + 1) / 2
    if size > _SHOWN:  # room for the dots
        heights += np.where(np.arange(len(shown)) < half, 0.5, -0.5)
    return _Column(name, size, shown, heights, texts)


def _draw_weights(ax: "Axes", at: int, matrix: Array, left: _Column, right: _Column) -> None:
    greatest = max(float(np.max(np.abs(matrix))), 1e-12)
    for i, low in zip(left.shown, left.heights.tolist(), strict=True):
        for j, high in zip(right.shown, right.heights.tolist(), strict=True):
            relative = float(matrix[i, j]) / greatest
            _, colour, style = _SIGNS[relative < 0]
            ax.plot(
                [at, at + 1],
                [low, high],
                color=colour,
                linestyle=style,
                linewidth=0.3 + (_WIDEST - 0.3) * abs(relative),
                alpha=0.25 + 0.65 * abs(relative),
                solid_capstyle="butt",
                zorder=1,
            )


def _draw_units(ax: "Axes", at: int, column: _Column) -> None:
    ax.scatter(
        np.full(len(column.heights), at),
        column.heights,
        s=330,
        c="white",
        edgecolors=INK,
        linewidths=1.1,
        zorder=2,
    )
    for unit, height in zip(column.shown, column.heights.tolist(), strict=True):
        if column.texts:
            _write(ax, at, height, column.texts[unit], SMALL)
    if len(column.shown) < column.size:
        _write(ax, at, 0.0, "⋮", 14.0)


def _write(ax: "Axes", x: float, y: float, text: str, size: float) -> None:
    ax.text(x, y, text, ha="center", va="center", size=size, color=INK, zorder=3, parse_math=False)
