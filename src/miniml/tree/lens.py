"""Typed replacement of parts of a tree."""

from collections.abc import Callable
from typing import Any, Generic, TypeGuard, TypeVar, cast

from miniml.tree.flatten import build, tree_flatten
from miniml.tree.node import NodeType, node_at
from miniml.tree.path import Path, at_path
from miniml.tree.path_tracer import PathTracer, path_of
from miniml.tree.static import static_fault
from miniml.tree.structure import LEAF, Structure, same_static

T = TypeVar("T")
L = TypeVar("L")

_IN_ORDER = frozenset({"tuple", "list"})  # one may be set by the other


class At(Generic[T, L]):
    """One part of a tree, or a tree of parts; made by `at`."""

    __slots__ = ("_paths", "_places", "_tree")

    def __init__(self, tree: T, paths: tuple[Path, ...], places: Structure[Any]) -> None:
        self._tree = tree
        self._paths = paths
        self._places = places  # the structure of what `where` returned, with parts as leaves

    def get(self) -> L:
        """Return the part, or the tree of parts.

        Returns:
            The value; type checkers know its type.
        """
        values: L = build(self._places, [value_at(self._tree, path) for path in self._paths])
        return values

    def set(self, value: L) -> T:
        """Return the tree with the part replaced.

        Args:
            value: The new value; for several parts a tree of values, like the one that `where`
                returned.

        Returns:
            A new tree; parts off the paths are shared with the old tree.

        Raises:
            TypeError: If the new value of a static field is an array or unhashable, or the value
                for several parts is of another type than what `where` returned.
            ValueError: If the number of values is not the number of parts, or their keys differ.
        """
        values = _values(self._places, value, ())
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
    subtree, None or a static field. To type checkers, `where` takes the tree. Functions of trees
    work in it: `tree_leaves(m.layers)` is the list of the leaves of a part.

    Args:
        tree: Any tree.
        where: Takes the tree; returns one part of it, or a tree of parts, such as a tuple, a list
            of tuples, or a dict.

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
        >>> at([line, line], lambda m: [(part.w, part.b) for part in m]).get()[1]
        (array([1., 1.]), -1.0)
        >>> at(line, lambda m: (m.w[0], m.b))
        Traceback (most recent call last):
        ...
        TypeError: at w: a leaf has no parts: select the leaf and index it in .apply
    """
    return At(tree, *places_of(tree, where))


def places_of(tree: T, where: Callable[[T], object]) -> tuple[tuple[Path, ...], Structure[Any]]:
    """Return the paths of the parts that a function selects, and the structure that it returns."""
    found = where(cast("T", PathTracer(tree, ())))
    if _is_tracer(found):
        return (path_of(found),), LEAF
    if found is None:  # of a function without `return`, or a key that a dict lacks
        _path_of(found)
    parts, places = tree_flatten(found, is_leaf=_is_tracer)
    paths = tuple(map(_path_of, parts))
    _refuse_overlap(paths)
    return paths, places


def _is_tracer(part: object) -> TypeGuard[PathTracer]:
    return type(part) is PathTracer  # its `__class__` is another


def _path_of(item: object) -> Path:
    if not _is_tracer(item):
        raise TypeError(
            f"`where` returned {item!r} of type {type(item).__name__}, which is not a part of the "
            "tree: return a part, or a tuple, list or dict of parts, such as "
            "`lambda m: (m.w, m.b)` or `lambda m: list(m.table.values())`"
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


def _values(places: Structure[Any], value: object, path: Path) -> list[Any]:
    """Return the value of each part, from a tree like the one that `where` returned."""
    wanted = places.node
    if wanted is None:
        return [value]
    inside = f" {at_path(path)} of what `where` returned" if path else ""
    found = node_at(value)
    alike = found and (found is wanted or {found.kind, wanted.kind} <= _IN_ORDER)
    if not found or not alike:
        # The elements of an array are not values.
        kind = "None" if wanted.kind == "none" else f"a {wanted.type.__name__}"
        raise TypeError(
            f"there are {places.num_leaves} parts to set{inside}, but the value is {value!r} of "
            f"type {type(value).__name__}: pass {kind} with one value per part"
        )
    parts, aux = found.explode(value)
    if len(parts) != len(places.children):
        raise ValueError(
            f"there are {len(places.children)} parts to set{inside}, but {len(parts)} values"
        )
    if not same_static(aux, places.aux):
        raise ValueError(
            f"the value{inside} has the keys or static values {aux!r}, but those of the parts are "
            f"{places.aux!r}"
        )
    return [
        value
        for key, child, part in zip(places.keys, places.children, parts, strict=True)
        for value in _values(child, part, (*path, key))
    ]


def value_at(tree: Any, path: Path) -> Any:
    """Return the part of a tree at a path."""
    for key in path:
        node = cast("NodeType", node_at(tree))
        if node.kind == "attrs":
            tree = getattr(tree, cast("str", key))
        else:
            children, aux = node.explode(tree)
            tree = children[node.keys(aux, len(children)).index(key)]
    return tree


def static_part(tree: object, path: Path) -> Path | None:
    """Return the path of the static field that the part at a path is, or is in; None if it is in none."""
    for length, key in enumerate(path):
        node = node_at(value_at(tree, path[:length]))
        if node is not None and key in node.static_names and key not in node.child_names:
            return path[: length + 1]
    return None


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
