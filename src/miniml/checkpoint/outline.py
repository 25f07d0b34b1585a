"""The outline of a structure: the type of each node and its static values, as text."""

import dataclasses
import enum
import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias, cast

import attrs
import numpy as np

from miniml.tree import Path, Structure, path_name

NodeOutline: TypeAlias = tuple[str, Mapping[str, str]]
"""The type of a node, and its static values as text."""

Outline: TypeAlias = Mapping[str, NodeOutline]
"""The nodes by their dotted names."""


def outline(structure: Structure[Any]) -> Outline:
    """Describe the nodes of a structure by text that is equal in all processes."""
    nodes: dict[str, NodeOutline] = {}
    _describe(structure, (), nodes)
    return nodes


def _describe(structure: Structure[Any], path: Path, nodes: dict[str, NodeOutline]) -> None:
    node = structure.node
    if node is None:
        return
    statics = dict(zip(node.static_names, map(static_text, structure.aux), strict=False))
    nodes[path_name(path)] = (node.type.__qualname__, statics)
    for key, child in zip(structure.keys, structure.children, strict=True):
        _describe(child, (*path, key), nodes)


def static_text(value: object) -> str:
    """Return the text of a static value, without memory addresses."""
    if isinstance(value, np.ufunc):
        return f"numpy.{value.__name__}"
    if isinstance(value, enum.Enum):
        return f"{type(value).__qualname__}.{value.name}"
    kind = type(value)
    if kind is tuple or kind is frozenset:
        parts = list(map(static_text, cast("Collection[object]", value)))
        return f"{kind.__name__}({', '.join(parts if kind is tuple else sorted(parts))})"
    if isinstance(value, functools.partial):
        parts = [static_text(part) for part in (value.func, *value.args)]
        parts += [f"{name}={static_text(part)}" for name, part in sorted(value.keywords.items())]
        return f"partial({', '.join(parts)})"
    if names := _field_names(kind):
        parts = [f"{name}={static_text(getattr(value, name))}" for name in names]
        return f"{kind.__qualname__}({', '.join(parts)})"
    text: str = getattr(value, "__qualname__", repr(value))  # functions and classes have a name
    return kind.__qualname__ if " at 0x" in text else text


def _field_names(kind: Any) -> Sequence[str]:
    """Return the compared fields of an attrs class, a dataclass or a named tuple."""
    if attrs.has(kind):
        return [field.name for field in attrs.fields(kind) if field.eq]
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind) if field.compare]
    names: Sequence[str] = getattr(kind, "_fields", ())
    return names
