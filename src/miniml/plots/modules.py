# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""A tree as a graph: nodes by type, leaves by name, static fields."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs
import numpy as np

from miniml.plots.style import INK, NEGATIVE, POSITIVE, SMALL, SOFT, Dashes, hide_scales, plain
from miniml.tree import Structure, tree_leaves, tree_structure
from miniml.tree.path import key_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind: TypeAlias = Literal["module", "parameter", "static field"]

_GAP = 5.0  # between columns, in letter widths
_LETTER, _LINE = 0.6, 2.1  # the width of a letter and the height of a row, in font sizes

# Edge, dashes and corners of each kind of box.
_LOOKS: dict[Kind, tuple[str, Dashes, str]] = {
    "module": (INK, "-", "square,pad=0.4"),
    "parameter": (POSITIVE, "-", "round,pad=0.4,rounding_size=0.7"),
    "static field": (NEGATIVE, "--", "square,pad=0.4"),
}


@attrs.frozen
class _Box:
    """A node, leaf or static field, and the boxes below it."""

    text: str
    kind: Kind
    parts: "tuple[_Box, ...]" = ()


def module_tree(ax: "Axes", tree: object) -> "Axes":
    """Draw a tree from its root at the left: nodes, leaves and static fields.

    Nodes are boxes with their type. Leaves have round corners and show their value, or their
    dtype and shape. Static fields have a dashed edge. The names along the path to a leaf, joined
    by dots, are its name in `named_leaves`. The text shrinks if it does not fit.

    Args:
        ax: The axes to draw on; their scales are removed.
        tree: Any tree.

    Returns:
        `ax`.

    Example:
        >>> from miniml.plots import axes
        >>> ax = module_tree(axes(), {"w": np.zeros(2), "b": 0.5})
        >>> [text.get_text() for text in ax.texts]
        ['b = 0.5', 'w: float64 (2,)', 'dict']
    """
    root = _tree("", tree_structure(tree), iter(tree_leaves(tree)))
    columns = _columns(root)
    width, height = columns[-1], float(_rows(root))
    hide_scales(ax)
    ax.set_ylim(height - 0.5, -0.5)
    extent = ax.get_window_extent()
    points = 72 / ax.figure.dpi
    size = min(
        SMALL + 1,
        extent.width * points / (_LETTER * (width + 1)),
        extent.height * points / (_LINE * height),
    )
    spare = max(0.0, extent.width * points / (_LETTER * size) - width - 1) / 2
    ax.set_xlim(-1.0 - spare, width + spare)
    _draw(ax, root, columns, (0, 0.0))
    for text in ax.texts:
        text.set_fontsize(size)
    _add_legend(ax, root)
    return ax


def _tree(name: str, structure: Structure[Any], leaves: Iterator[Any]) -> _Box:
    node = structure.node
    if node is None:
        return _Box(_leaf_text(name, next(leaves)), "parameter")
    parts = [
        _tree(key_name(key), child, leaves)
        for key, child in zip(structure.keys, structure.children, strict=True)
    ]
    parts += [
        _Box(f"{key} = {_shortened(value)}", "static field")
        for key, value in zip(node.static_names, structure.aux, strict=False)
    ]
    kind = "None" if node.kind == "none" else node.type.__name__
    return _Box(f"{name}: {kind}" if name else kind, "module", tuple(parts))


def _leaf_text(name: str, leaf: object) -> str:
    array = np.asarray(leaf)
    if array.ndim or array.dtype.kind not in "fiu":
        text = f"{array.dtype} {array.shape}"
        return f"{name}: {text}" if name else text
    return f"{name} = {array:.4g}" if name else f"{array:.4g}"


def _shortened(value: object) -> str:
    text = getattr(value, "__name__", None) or repr(value)
    return text if len(text) <= 24 else f"{text[:21]}..."


def _levels(root: _Box) -> Iterator[tuple[_Box, ...]]:
    boxes: tuple[_Box, ...] = (root,)
    while boxes:
        yield boxes
        boxes = tuple(part for box in boxes for part in box.parts)


def _columns(root: _Box) -> list[float]:
    """Return the left edge of each column, and the right edge of the last, in letter widths."""
    edges = [0.0]
    for boxes in _levels(root):
        edges.append(edges[-1] + max(len(box.text) for box in boxes) + _GAP)
    edges[-1] -= _GAP - 1
    return edges


def _rows(box: _Box) -> int:
    return sum(map(_rows, box.parts)) or 1


def _draw(ax: "Axes", box: _Box, columns: list[float], position: tuple[int, float]) -> float:
    """Draw a box and all below it, from a column and a first row on; return the row of the box."""
    depth, top = position
    rows: list[float] = []
    for part in box.parts:
        rows.append(_draw(ax, part, columns, (depth + 1, top)))
        top += _rows(part)
    row = (rows[0] + rows[-1]) / 2 if rows else top
    bend = columns[depth + 1] - _GAP / 2
    for below in rows:
        # The line ends behind the boxes, whose width is known only when they are drawn.
        path = [columns[depth] + 1, bend, bend, columns[depth + 1] + 1]
        ax.plot(path, [row, row, below, below], color=SOFT, linewidth=0.8, zorder=1)
    colour, dashes, corners = _LOOKS[box.kind]
    edge = {"edgecolor": colour, "linestyle": dashes, "linewidth": 1.1}
    ax.text(
        columns[depth],
        row,
        box.text,
        color=INK,
        va="center",
        parse_math=False,
        bbox={"boxstyle": corners, "facecolor": "white", **edge},
        zorder=2,
    )
    return row


def _add_legend(ax: "Axes", root: _Box) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415  # optional

    kinds = {box.kind for boxes in _levels(root) for box in boxes}
    handles = [
        Patch(facecolor="white", edgecolor=colour, linestyle=dashes, label=kind)
        for kind, (colour, dashes, _) in _LOOKS.items()
        if kind in kinds
    ]
    legend = ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL,
    )
    plain(ax, legend)
