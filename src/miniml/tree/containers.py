"""Containers of numbers that are no nodes, and how to make them nodes."""

import enum
import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np

from miniml.tree.flatten import tree_leaves
from miniml.tree.node import PLAIN_TYPES
from miniml.tree.path import Path, at_path
from miniml.tree.path_tracer import PathTracer

_NUMBERS = (float, complex, np.inexact, np.ndarray)
_NEVER = frozenset({*PLAIN_TYPES, PathTracer})
_WHOLE = (type, types.ModuleType, types.FunctionType, types.MethodType, enum.Enum, str, bytes)


def check_leaves(leaves: Sequence[Any], paths: Sequence[Path]) -> None:
    """Refuse leaves that hold numbers which nothing can see.

    Raises:
        TypeError: If a leaf is a container of a type that is no node; the message names the path.
    """
    if _NEVER.issuperset(map(type, leaves)):  # nearly always
        return
    for leaf, path in zip(leaves, paths, strict=True):
        if type(leaf) not in _NEVER and (way_out := container_hint(leaf)):
            raise TypeError(
                f"{at_path(path)}: a {type(leaf).__name__} is one leaf, so what it holds has no names "
                f"and cannot be trained: {way_out}"
            )


def container_hint(leaf: object, *, depth: int = 3) -> str | None:
    """Return how to make a leaf a node if it is a container of numbers, else None."""
    name = type(leaf).__name__
    if hasattr(leaf, "dtype") or hasattr(leaf, "__array__") or isinstance(leaf, _WHOLE):
        return None
    register = f"register the class by ml.register_node({name}, ...)"
    if isinstance(leaf, Iterator):
        return "it can be read only once; convert it by list(...)"
    fields = getattr(leaf, "__dataclass_fields__", None)
    held: list[object] = []
    if fields is not None:
        held += [getattr(leaf, field, None) for field in fields]
        way_out = f"write @ml.model instead of @dataclass above the class {name}, or {register}"
    elif isinstance(leaf, Mapping):
        held += cast("Mapping[Any, object]", leaf).values()
        way_out = f"convert it by dict(...), or {register}"
    elif isinstance(leaf, Collection):
        held += cast("Collection[object]", leaf)
        way_out = f"convert it by list(...), or {register}"
    else:
        held += getattr(leaf, "__dict__", {}).values()
        way_out = f"write @ml.model above the class {name}, or {register}"
    return way_out if any(_holds_numbers(value, depth) for value in held) else None


def _holds_numbers(value: object, depth: int) -> bool:
    try:
        leaves = tree_leaves(value)
    except (TypeError, RecursionError):  # of a mutable class, or a cycle
        return False
    return any(
        isinstance(leaf, _NUMBERS)
        or hasattr(cast("object", leaf), "dtype")
        or bool(depth and container_hint(leaf, depth=depth - 1))
        for leaf in leaves
    )
