"""The text of trees, and their collapsible HTML for notebooks."""

import html
from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np

from miniml.tree.depth import explained
from miniml.tree.node import NodeType, node_at
from miniml.tree.path import key_name
from miniml.tree.predicates import is_array

_WIDTH = 88
_WHOLE = 8  # elements of an array that are printed
_WITHOUT_PARTS = frozenset({"none", "tracer"})
_PARTS = 10  # parts of a container that are printed


def leaf_text(leaf: Any) -> str:
    """Return the text of a leaf: the values of a small vector, else dtype and shape."""
    if is_array(leaf):
        return _array_text(leaf)
    text = repr(leaf)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _array_text(array: np.ndarray[Any, Any]) -> str:
    if array.size > _WHOLE or array.ndim > 1:
        return f"{array.dtype}[{', '.join(map(str, array.shape))}]"
    numbers = np.array2string(array, separator=", ", precision=4, max_line_width=1000)
    kind = "" if array.dtype in (np.float64, np.int64) else f", {array.dtype}"
    return f"array({numbers}{kind})"


@explained
def tree_text(tree: Any) -> str:
    """Return the Python text of a tree, on one line if it fits, with short arrays."""
    return _text(tree, 0)


def _text(tree: Any, indent: int) -> str:
    node = node_at(tree)
    if node is None or node.kind in _WITHOUT_PARTS:
        return leaf_text(tree)
    head, tail = _brackets(node)
    parts = list(_parts(node, tree))
    hidden = len(parts) - _PARTS if len(parts) > _PARTS + 2 else 0
    items = [
        label + (repr(value) if is_static else _text(value, indent + 4))
        for label, value, is_static in parts[: len(parts) - hidden]
    ]
    if hidden:
        items.append(f"... {hidden:,} more")
    line = ", ".join(items)
    if node.kind == "tuple" and len(items) == 1:
        line += ","
    if "\n" not in line and indent + len(head) + len(line) + len(tail) <= _WIDTH:
        return f"{head}{line}{tail}"
    inner = "".join(f"\n{' ' * (indent + 4)}{item}," for item in items)
    return f"{head}{inner}\n{' ' * indent}{tail}"


@explained
def tree_html(tree: Any) -> str:
    """Return a tree as nested HTML `details`, with the first two levels open."""
    return f'<div style="font-family: monospace; line-height: 1.5">{_html("", tree, 0)}</div>'


def _html(label: str, tree: Any, depth: int) -> str:
    node = node_at(tree)
    name = f"<span style='opacity: .65'>{html.escape(label)}</span>"
    if node is None or node.kind in _WITHOUT_PARTS:
        return f"<div>{name}{html.escape(leaf_text(tree))}</div>"
    parts = list(_parts(node, tree))
    hidden = max(0, len(parts) - 10 * _PARTS)
    rows = "".join(
        f"<div><span style='opacity: .65'>{html.escape(inner)}</span>"
        f"<i>{html.escape(repr(value))}</i> <span style='opacity: .5'>static</span></div>"
        if is_static
        else _html(inner, value, depth + 1)
        for inner, value, is_static in parts[: len(parts) - hidden]
    )
    if hidden:
        rows += f"<div>... {hidden:,} more</div>"
    count = f"<span style='opacity: .5'>{len(parts):,} part{'s' * (len(parts) != 1)}</span>"
    return (
        f"<details{' open' * (depth < 2)}><summary style='cursor: pointer'>{name}"
        f"<b>{html.escape(node.type.__name__)}</b> {count}</summary>"
        f"<div style='margin-left: .35em; padding-left: 1.2em; "
        f"border-left: 1px solid rgba(128, 128, 128, .35)'>{rows}</div></details>"
    )


def _brackets(node: NodeType) -> tuple[str, str]:
    pairs = {"tuple": "()", "list": "[]", "dict": "{}"}
    if node.kind in pairs:
        return pairs[node.kind][0], pairs[node.kind][1]
    return f"{node.type.__name__}(", ")"


def _parts(node: NodeType, tree: Any) -> Iterator[tuple[str, Any, bool]]:
    """Yield each part in the order of the source: label, value, and whether it is static."""
    if node.kind == "attrs":
        for field in attrs.fields(node.type):
            value = getattr(tree, field.name, attrs.NOTHING)
            yield f"{field.name}=", value, field.name in node.static_names
        return
    children, aux = node.explode(tree)
    for key, child in zip(node.keys(aux, len(children)), children, strict=True):
        if node.kind in ("tuple", "list"):
            label = ""
        elif node.kind == "dict":
            label = f"{key!r}: "
        else:
            label = f"{key_name(key)}="
        yield label, child, False
