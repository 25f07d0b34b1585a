"""Apply functions to the leaves of trees."""

from collections.abc import Callable
from typing import Any, TypeVar, overload

from miniml.tree.flatten import IsLeaf, build, tree_flatten
from miniml.tree.mismatch import mismatch
from miniml.tree.path import Path
from miniml.tree.structure import Structure

T = TypeVar("T")


@overload
def tree_map(f: Callable[[Any], Any], tree: T, /, *, is_leaf: IsLeaf | None = None) -> T: ...
@overload
def tree_map(
    f: Callable[[Any, Any], Any], tree: T, b: Any, /, *, is_leaf: IsLeaf | None = None
) -> T: ...
@overload
def tree_map(
    f: Callable[[Any, Any, Any], Any], tree: T, b: Any, c: Any, /, *, is_leaf: IsLeaf | None = None
) -> T: ...
@overload
def tree_map(
    f: Callable[[Any, Any, Any, Any], Any],
    tree: T,
    b: Any,
    c: Any,
    d: Any,
    /,
    *,
    is_leaf: IsLeaf | None = None,
) -> T: ...
@overload
def tree_map(
    f: Callable[..., Any],
    tree: T,
    b: Any,
    c: Any,
    d: Any,
    e: Any,
    /,
    *rest: Any,
    is_leaf: IsLeaf | None = None,
) -> T: ...
def tree_map(f: Callable[..., Any], tree: T, /, *rest: Any, is_leaf: IsLeaf | None = None) -> T:
    """Apply a function to each leaf of a tree, or to the corresponding leaves of several.

    Args:
        f: Takes one leaf of each tree, returns the new leaf.
        tree: The first tree; the result has its structure.
        rest: Trees of the same structure.
        is_leaf: See `tree_flatten`.

    Returns:
        The tree of results.

    Raises:
        ValueError: If the structures differ; the message names the first difference.

    Example:
        >>> tree_map(lambda p, g: p - 0.5 * g, {"w": 1.0, "b": 2.0}, {"w": 2.0, "b": 0.0})
        {'b': 2.0, 'w': 0.0}
    """
    leaves, structure = tree_flatten(tree, is_leaf)
    if not rest:
        return build(structure, list(map(f, leaves)))
    columns = [leaves]
    program = None if is_leaf else structure.flatten
    for other in rest:  # inlined, since small trees are mapped often
        flat = program(other) if program else None
        columns.append(flat[0] if flat else _matching(structure, other, len(columns), is_leaf))
    return build(structure, list(map(f, *columns)))


@overload
def tree_map_with_path(
    f: Callable[[Path, Any], Any], tree: object, /, *, is_leaf: IsLeaf | None = None
) -> Any: ...
@overload
def tree_map_with_path(
    f: Callable[[Path, Any, Any], Any], tree: object, b: Any, /, *, is_leaf: IsLeaf | None = None
) -> Any: ...
@overload
def tree_map_with_path(
    f: Callable[..., Any],
    tree: object,
    b: Any,
    c: Any,
    /,
    *rest: Any,
    is_leaf: IsLeaf | None = None,
) -> Any: ...
def tree_map_with_path(
    f: Callable[..., Any], tree: object, /, *rest: Any, is_leaf: IsLeaf | None = None
) -> Any:
    """Apply a function to the path and the value of each leaf.

    Args:
        f: Takes a path (a tuple of keys; see `path_name`) and one leaf of each tree.
        tree: The first tree; the result has its structure.
        rest: Trees of the same structure.
        is_leaf: See `tree_flatten`.

    Returns:
        The tree of results.

    Raises:
        ValueError: If the structures differ; the message names the first difference.

    Example:
        >>> tree_map_with_path(lambda path, leaf: (path, leaf), {"w": [1.0]})
        {'w': [(('w', 0), 1.0)]}
    """
    leaves, structure = tree_flatten(tree, is_leaf)
    others = [_matching(structure, other, i, is_leaf) for i, other in enumerate(rest, start=1)]
    return build(structure, list(map(f, structure.paths, leaves, *others)))


def _matching(
    structure: Structure[Any], tree: Any, before: int, is_leaf: IsLeaf | None
) -> list[Any]:
    """Return the leaves of a tree that must have the structure of the first."""
    leaves, found = tree_flatten(tree, is_leaf)
    if found is not structure:
        raise mismatch(structure, found, what=f"tree {before + 1} does not match tree 1")
    return leaves
