"""Tracers of the parts of a tree, which record a path while a function selects parts.

Functions of trees take them apart: `tree_flatten` opens the tracer of a node, so that the leaves of
`m.layers` are tracers of leaves.
"""

import difflib
import types
from collections.abc import Hashable, Iterator
from typing import Any, NoReturn, cast

import numpy as np

from miniml.tree.node import NodeType, node_at
from miniml.tree.path import Path, at_path

_SHAPE = frozenset({"shape", "dtype", "ndim", "size", "nbytes"})  # what a leaf may be chosen by


class PathTracer:
    """A tracer of a part of a tree, which records its path while `where` runs."""

    __slots__ = ("_path", "_value")

    def __init__(self, value: object, path: Path) -> None:
        object.__setattr__(self, "_value", value)
        object.__setattr__(self, "_path", path)

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":  # for isinstance in `where`
            return cast("object", object.__getattribute__(self, "_value")).__class__
        if name.startswith("__") and name.endswith("__"):
            return object.__getattribute__(self, name)
        return _attribute(self, name)

    def __repr__(self) -> str:
        return f"<the part {at_path(path_of(self))}>"

    def __getitem__(self, key: object) -> Any:
        value, path, node = _opened(self)
        if node.kind == "attrs":
            raise TypeError(f"{at_path(path)}: a {node.type.__name__} has fields and no items")
        if isinstance(key, slice):
            found = list(_parts(value, path, node).values())[key]
            return found if node.kind == "list" else tuple(found)
        parts = _children(value, node)
        if node.kind in ("tuple", "list", "namedtuple"):
            key = _position(list(parts), cast("int", key), path)
        if key not in parts:
            near = ", ".join(map(repr, list(parts)[:8]))
            raise KeyError(f"{at_path(path)}: there is no {key!r} among the keys {near}")
        return PathTracer(parts[key], (*path, key))

    def __iter__(self) -> Iterator[Any]:
        value, path, node = _opened(self)
        parts = _parts(value, path, node)
        return iter(parts if node.kind in ("dict", "custom") else parts.values())

    def __len__(self) -> int:
        return len(_parts(*_opened(self)))

    def __contains__(self, key: object) -> bool:
        value = object.__getattribute__(self, "_value")
        return key in value if isinstance(value, dict) else _refuse(self)


def _refuse(item: PathTracer, *_: object) -> NoReturn:
    raise TypeError(
        f"{at_path(path_of(item))}: `where` selects parts of a tree and cannot compute with "
        "them; compute in .apply"
    )


for _name in (
    *("lt", "le", "gt", "ge", "eq", "ne", "bool", "int", "float", "complex", "index", "hash"),
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "neg", "pos", "abs"),
    *("radd", "rsub", "rmul", "rmatmul", "rtruediv", "rfloordiv", "rmod", "rpow", "round"),
    *("call", "array", "setattr", "setitem"),
):
    setattr(PathTracer, f"__{_name}__", _refuse)

# `tree_flatten` and what is built on it take the tracer of a node apart; see `opened`.
TRACED = NodeType(
    PathTracer, "tracer", _refuse, lambda _, __: _refuse(PathTracer(None, ())), lambda _, __: ()
)
PathTracer.__miniml_node__ = TRACED  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def path_of(item: PathTracer) -> Path:
    """Return the path that a tracer has recorded."""
    path: Path = object.__getattribute__(item, "_path")
    return path


def opened(item: PathTracer) -> object:
    """Return a traced node with tracers as its parts; the tracer itself if it is of a leaf."""
    value, path = object.__getattribute__(item, "_value"), path_of(item)
    node = node_at(value)
    if node is None:
        return item
    _, aux = node.explode(value)
    return node.build(list(_parts(value, path, node).values()), aux)


def _opened(item: PathTracer) -> tuple[Any, Path, NodeType]:
    value, path = object.__getattribute__(item, "_value"), path_of(item)
    node = node_at(value)
    if node is None:
        raise TypeError(
            f"{at_path(path)}: a leaf has no parts: select the leaf and index it in .apply"
        )
    if node.kind == "none":
        raise TypeError(f"{at_path(path)}: None has no parts: select it and replace it by .set")
    return value, path, node


def _position(keys: list[Hashable], position: int, path: Path) -> Hashable:
    try:
        return keys[position]
    except IndexError:
        raise IndexError(
            f"{at_path(path)}: there is no part {position} among {len(keys)}"
        ) from None


def _children(value: object, node: NodeType) -> dict[Hashable, Any]:
    """Return the children of a node by their keys."""
    children, aux = node.explode(value)
    return dict(zip(node.keys(aux, len(children)), children, strict=True))


def _parts(value: object, path: Path, node: NodeType) -> dict[Hashable, Any]:
    """Return tracers of the children of a node by their keys."""
    children = _children(value, node).items()
    return {key: PathTracer(child, (*path, key)) for key, child in children}


def _attribute(item: PathTracer, name: str) -> Any:
    value = object.__getattribute__(item, "_value")
    if name in _SHAPE and isinstance(value, np.ndarray | np.generic):
        return getattr(cast("Any", value), name)
    value, path, node = _opened(item)
    fields = (*node.child_names, *(node.static_names if node.kind == "attrs" else ()))
    if name in fields:
        return PathTracer(getattr(value, name), (*path, name))
    parts = {} if fields else _parts(value, path, node)
    if isinstance(value, dict):
        if name in ("keys", "values", "items", "get"):
            return getattr(parts, name)
    elif name in parts:  # a registered type: its keys are attributes
        return parts[name]
    found = getattr(node.type, name, None)
    if isinstance(found, property) and found.fget:
        return found.fget(item)
    if isinstance(found, types.FunctionType):
        return types.MethodType(found, item)
    if near := difflib.get_close_matches(name, fields, n=3) or fields:
        hint = f"did you mean {', '.join(map(repr, near))}?"
    else:
        keys = ", ".join(f"[{key!r}]" for key in list(parts)[:8])
        hint = f"select a part by its key: {keys}" if keys else "it has no parts"
    raise AttributeError(f"{at_path(path)}: a {node.type.__name__} has no field {name!r}; {hint}")
