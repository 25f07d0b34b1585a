"""Typed replacement of parts of a tree."""

import difflib
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Generic, NoReturn, TypeVar, cast

from miniml.tree.node import NodeType, node_at
from miniml.tree.path import Path, at_path
from miniml.tree.static import static_fault

T = TypeVar("T")
L = TypeVar("L")


class At(Generic[T, L]):
    """One part of a tree, or a tuple or list of parts; made by `at`."""

    __slots__ = ("_gather", "_paths", "_tree")

    def __init__(
        self, tree: T, paths: tuple[Path, ...], gather: Callable[[list[Any]], Any]
    ) -> None:
        self._tree = tree
        self._paths = paths
        self._gather = gather  # converts the values to the result of `get`

    def get(self) -> L:
        """Return the part, or the tuple or list of parts.

        Returns:
            The value; type checkers know its type.
        """
        values: L = self._gather([_get(self._tree, path) for path in self._paths])
        return values

    def set(self, value: L) -> T:
        """Return the tree with the part replaced.

        Args:
            value: The new value, or a tuple or list with one value per part.

        Returns:
            A new tree; parts off the paths are shared with the old tree.

        Raises:
            TypeError: If the new value of a static field is an array or unhashable, or the value
                for several parts is neither a tuple nor a list.
            ValueError: If the number of values is not the number of parts.
        """
        values: Sequence[Any] = (value,)
        if self._gather is not _only:
            if not isinstance(value, tuple | list):  # the elements of an array are not values
                raise TypeError(
                    f"there are {len(self._paths)} parts to set, but the value is {value!r} of type "
                    f"{type(value).__name__}: pass a tuple with one value per part"
                )
            values = cast("Sequence[Any]", value)
        if len(values) != len(self._paths):
            raise ValueError(f"there are {len(self._paths)} parts to set, but {len(values)} values")
        tree: T = _replace(self._tree, dict(zip(self._paths, values, strict=True)), ())
        return tree

    def apply(self, f: Callable[[L], L]) -> T:
        """Return the tree with the part replaced by a function of it.

        Args:
            f: Takes the result of `get`, returns the argument of `set`.

        Returns:
            A new tree.
        """
        return self.set(f(self.get()))

    def __repr__(self) -> str:
        return f"At({', '.join(map(at_path, self._paths))})"


def at(tree: T, where: Callable[[T], L]) -> At[T, L]:
    """Select one or several parts of a tree, to read or replace them.

    `where` is called once with a tracer that records the path, so a part may be a leaf, a
    subtree, None or a static field. To type checkers, `where` takes the tree.

    Args:
        tree: Any tree.
        where: Takes the tree; returns one part of it, or a tuple or list of parts.

    Returns:
        The selected parts, with `get`, `set` and `apply`.

    Raises:
        AttributeError: If there is no such part.
        TypeError: If `where` computes with a part, or returns anything but parts.
        ValueError: If a part is selected twice, or is inside another selected part.

    Example:
        >>> import numpy as np
        >>> from miniml import Array, model
        >>> @model
        ... class Linear:
        ...     w: Array
        ...     b: float
        >>> line = Linear(np.array([1.0, 1.0]), -1.0)
        >>> at(line, lambda m: m.b).set(-1.5).b
        -1.5
        >>> at(line, lambda m: (m.w[0], m.b))
        Traceback (most recent call last):
        ...
        TypeError: at w: a leaf has no parts: select the leaf and index it in .apply
    """
    found: object = where(cast("T", PathTracer(tree, ())))
    gather = _GATHER.get(type(found), _only)
    parts = (found,) if gather is _only else cast("Sequence[object]", found)
    paths = tuple(map(_path_of, parts))
    _refuse_overlap(paths)
    return At(tree, paths, gather)


def _only(values: list[Any]) -> Any:
    return values[0]


_GATHER: dict[type, Callable[[list[Any]], Any]] = {tuple: tuple, list: list}


def _path_of(item: object) -> Path:
    if not isinstance(item, PathTracer):
        raise TypeError(
            f"`where` returned {item!r} of type {type(item).__name__}, which is not a part of the "
            "tree: return a part, or a tuple or list of parts, such as `lambda m: (m.w, m.b)`"
        )
    return path_of(item)


def _refuse_overlap(paths: tuple[Path, ...]) -> None:
    seen: set[Path] = set()
    for path in sorted(paths, key=len):
        if path in seen:
            raise ValueError(f"{at_path(path)}: the part is selected twice")
        for length in range(len(path)):
            if path[:length] in seen:
                raise ValueError(
                    f"{at_path(path)}: the part is inside the one {at_path(path[:length])}"
                )
        seen.add(path)


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

    def __getitem__(self, key: object) -> Any:
        value, path, node = _opened(self)
        if node.kind == "attrs":
            raise TypeError(f"{at_path(path)}: a {node.type.__name__} has fields and no items")
        parts = _parts(value, node)
        if isinstance(key, slice):
            found = [PathTracer(parts[k], (*path, k)) for k in list(parts)[key]]
            return found if node.kind == "list" else tuple(found)
        if node.kind in ("tuple", "list", "namedtuple"):
            key = _position(list(parts), cast("int", key), path)
        if key not in parts:
            near = ", ".join(map(repr, list(parts)[:8]))
            raise KeyError(f"{at_path(path)}: there is no {key!r} among the keys {near}")
        return PathTracer(parts[key], (*path, key))

    def __iter__(self) -> Iterator[Any]:
        value, path, node = _opened(self)
        parts = _parts(value, node)
        if node.kind in ("dict", "custom"):
            return iter(parts)
        return iter([PathTracer(part, (*path, key)) for key, part in parts.items()])

    def __len__(self) -> int:
        value, _, node = _opened(self)
        return len(_parts(value, node))


def _refuse(item: PathTracer, *_: object) -> NoReturn:
    raise TypeError(
        f"{at_path(path_of(item))}: `where` selects parts of a tree and cannot compute with "
        "them; compute in .apply"
    )


for _name in (
    *("lt", "le", "gt", "ge", "eq", "ne", "bool", "int", "float", "complex", "index", "hash"),
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "neg", "pos", "abs"),
    *("radd", "rsub", "rmul", "rmatmul", "rtruediv", "rfloordiv", "rmod", "rpow", "round"),
    *("call", "array", "setattr", "setitem", "contains"),
):
    setattr(PathTracer, f"__{_name}__", _refuse)


def path_of(item: PathTracer) -> Path:
    """Return the path that a tracer has recorded."""
    path: Path = object.__getattribute__(item, "_path")
    return path


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


def _parts(value: object, node: NodeType) -> dict[Hashable, Any]:
    """Return the children of a node by their keys."""
    children, aux = node.explode(value)
    return dict(zip(node.keys(aux, len(children)), children, strict=True))


def _attribute(item: PathTracer, name: str) -> Any:
    value, path, node = _opened(item)
    fields = (*node.child_names, *(node.static_names if node.kind == "attrs" else ()))
    if name in fields:
        return PathTracer(getattr(value, name), (*path, name))
    parts = {} if fields else _parts(value, node)
    if isinstance(value, dict):
        if name in ("keys", "values", "items"):
            pairs = {key: PathTracer(part, (*path, key)) for key, part in parts.items()}
            return getattr(pairs, name)
    elif name in parts:  # a registered type: its keys are attributes
        return PathTracer(parts[name], (*path, name))
    if isinstance(found := getattr(node.type, name, None), property) and found.fget:
        return found.fget(item)
    if near := difflib.get_close_matches(name, fields, n=3) or fields:
        hint = f"did you mean {', '.join(map(repr, near))}?"
    else:
        keys = ", ".join(f"[{key!r}]" for key in list(parts)[:8])
        hint = f"select a part by its key: {keys}" if keys else "it has no parts"
    raise AttributeError(f"{at_path(path)}: a {node.type.__name__} has no field {name!r}; {hint}")


def _get(tree: Any, path: Path) -> Any:
    for key in path:
        node = cast("NodeType", node_at(tree))
        tree = getattr(tree, cast("str", key)) if node.kind == "attrs" else _parts(tree, node)[key]
    return tree


def _replace(tree: Any, values: dict[Path, Any], path: Path) -> Any:
    """Rebuild the nodes along each path; other parts are shared."""
    if () in values:
        return values[()]
    if not values:  # nothing is selected
        return tree
    node = cast("NodeType", node_at(tree))
    parts, statics = node.explode(tree)
    children, aux = list(parts), list(statics)
    inside: dict[Any, dict[Path, Any]] = {}
    for (key, *rest), value in values.items():
        inside.setdefault(key, {})[tuple(rest)] = value
    keys = {key: i for i, key in enumerate(node.keys(tuple(aux), len(children)))}
    for key, below in inside.items():
        if key in keys:
            children[keys[key]] = _replace(children[keys[key]], below, (*path, key))
            continue
        position = node.static_names.index(cast("str", key))
        aux[position] = _replace(aux[position], below, (*path, key))
        if fault := static_fault(aux[position]):
            raise TypeError(f"{at_path((*path, key))}: {node.type.__name__}.{key}: {fault}")
    return node.build(children, tuple(aux))
