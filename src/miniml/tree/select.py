"""Partition the leaves of a tree in two, and combine the parts."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from miniml.tree.depth import explained
from miniml.tree.flatten import build, tree_flatten, tree_structure
from miniml.tree.lens import places_of, value_at
from miniml.tree.mismatch import defined_again, mismatch
from miniml.tree.node import NONE_NODE
from miniml.tree.path import Path, at_path
from miniml.tree.patterns import match_names
from miniml.tree.structure import LEAF, Structure, intern, same_static

T = TypeVar("T")

Selector: TypeAlias = Callable[[Any], bool] | str | type[object] | Iterable[str | type[object]]
"""A selection of leaves: a predicate on a leaf; or name patterns such as `"**.b"` and classes of nodes."""


def as_selector(select: Selector) -> Selector:
    """Return a hashable form of a selector, for a static field.

    Args:
        select: A predicate, or name patterns and classes of nodes.

    Returns:
        The same selector; several patterns or classes as a tuple.

    Raises:
        TypeError: If it is not a selector.

    Example:
        >>> as_selector(["**.w", "**.b"])
        ('**.w', '**.b')
    """
    if callable(select) or isinstance(select, str):
        return select
    given: Any = select
    patterns = tuple(given) if hasattr(given, "__iter__") else (given,)
    if not all(isinstance(pattern, str | type) for pattern in patterns):
        raise TypeError(
            f"{select!r} is not a selector: expected name patterns, such as '**.w', classes of nodes, "
            "or a predicate on a leaf"
        )
    return patterns


def partition(tree: object, select: Selector) -> tuple[Any, Any]:
    """Partition a tree in two: the selected leaves, and the other leaves.

    Both parts have the nodes of the tree, and None for the leaves of the other part. None has no
    leaves, so maps and gradients skip it. `combine` is the inverse.

    Args:
        tree: Any tree.
        select: A predicate on a leaf, such as `is_parameter`; or one or more name patterns
            (`layers.*.w`, `**.w`, `head.**`; see `match_names`) and classes of nodes, such as
            `Linear`, which select all leaves inside their instances.

    Returns:
        The part with the selected leaves, and the part with the others.

    Raises:
        KeyError: If a pattern matches no leaf, or the tree has no node of a class; the message
            lists the nearest names, or the classes.
        TypeError: If a predicate fails on a leaf, or does not return a bool.

    Example:
        >>> from miniml import is_parameter
        >>> partition({"w": 2.0, "b": 1.0, "n": 3}, is_parameter)
        ({'b': 1.0, 'n': None, 'w': 2.0}, {'b': None, 'n': 3, 'w': None})
        >>> partition({"w": 2.0, "b": 1.0}, "b")[0]
        {'b': 1.0, 'w': None}
    """
    return partition_by_mask(tree, leaf_mask(tree, select))


def leaf_mask(tree: object, select: Selector) -> list[bool]:
    """Return for each leaf whether a selector selects it.

    Args:
        tree: Any tree.
        select: A predicate on a leaf, or name patterns and classes; see `partition`.

    Returns:
        One bool per leaf, in order.

    Raises:
        KeyError: If a pattern or a class matches no leaf.
        TypeError: If a predicate fails on a leaf, or does not return a bool.

    Example:
        >>> leaf_mask({"w": 2.0, "b": 1.0}, "b")
        [True, False]
    """
    leaves, structure = tree_flatten(tree)
    select = as_selector(select)
    if callable(select) and not isinstance(select, type):
        return [_selects(select, *item) for item in zip(structure.names, leaves, strict=True)]
    chosen = [False] * len(leaves)
    for one in (select,) if isinstance(select, str | type) else select:
        hits = (
            _inside(structure, one) if isinstance(one, type) else match_names(structure.names, one)
        )
        chosen = [a or b for a, b in zip(chosen, hits, strict=True)]
    return chosen


@explained
def _inside(structure: Structure[Any], cls: type[Any]) -> list[bool]:
    """Return for each leaf whether it is inside an instance of a class."""
    found: list[bool] = []
    classes: dict[type[Any], None] = {}

    def walk(part: Structure[Any], *, inside: bool) -> None:
        if part.node is None:
            found.append(inside)
            return
        classes[part.node.type] = None
        inside = inside or issubclass(part.node.type, cls)
        for child in part.children:
            walk(child, inside=inside)

    walk(structure, inside=False)
    if not any(found):
        raise KeyError(_without(cls, [kind for kind in classes if kind is not type(None)]))
    return found


def _without(cls: type[Any], classes: list[type[Any]]) -> str:
    """Return the message for a class of which the tree has no instance."""
    again = next(filter(None, (defined_again(cls, kind) for kind in classes)), None)
    names = ", ".join(sorted(kind.__name__ for kind in classes)) or "none"
    hint = f"it has {again}" if again else f"its nodes are {names}"
    return (
        f"the tree has no leaf inside a {cls.__name__}; {hint}. To select leaves by their type, give a "
        "predicate: lambda leaf: isinstance(leaf, ...)"
    )


def partition_at(tree: T, where: Callable[[T], object]) -> tuple[Any, Any]:
    """Partition a tree in two: the leaves of some parts, and the other leaves.

    Args:
        tree: Any tree.
        where: Takes the tree; returns one part of it, or a tree of parts; see `at`.

    Returns:
        The part with those leaves, and the part with the others, as from `partition`.

    Raises:
        AttributeError: If there is no such part.
        TypeError: If `where` returns anything but parts.
        ValueError: If a part is a static field, is selected twice, or is inside another.

    Example:
        >>> partition_at({"head": (2.0, 1.0), "b": 3.0}, lambda tree: tree["head"])[0]
        {'b': None, 'head': (2.0, 1.0)}
    """
    chosen, _ = places_of(tree, where)
    whole = tree_structure(tree).paths
    for path in chosen:
        part = value_at(tree, path)
        if tree_structure(part).num_leaves and all(leaf[: len(path)] != path for leaf in whole):
            raise ValueError(f"{at_path(path)}: a static field has no leaves to select")
    places = frozenset(chosen)
    return partition_by_mask(
        tree, [any(leaf[:n] in places for n in range(len(leaf) + 1)) for leaf in whole]
    )


def partition_by_mask(tree: object, mask: Sequence[bool]) -> tuple[Any, Any]:
    """Partition a tree in two by one bool per leaf.

    Args:
        tree: Any tree.
        mask: One bool per leaf, in order, as from `leaf_mask`.

    Returns:
        The part with the leaves whose bool is True, and the part with the others, as from
        `partition`.

    Raises:
        ValueError: If the number of bools is not the number of leaves.

    Example:
        >>> partition_by_mask({"w": 2.0, "b": 1.0}, [True, False])
        ({'b': 1.0, 'w': None}, {'b': None, 'w': 2.0})
    """
    leaves, structure = tree_flatten(tree)
    if len(mask) != len(leaves):
        raise ValueError(f"the mask has {len(mask)} bools, but the tree {len(leaves)} leaves")
    parts = (
        build(
            _masked(structure, iter([c is keep for c in mask])),
            [leaf for leaf, c in zip(leaves, mask, strict=True) if c is keep],
        )
        for keep in (True, False)
    )
    return next(parts), next(parts)


def _selects(predicate: Callable[[Any], bool], name: str, leaf: Any) -> bool:
    """Call a predicate with a leaf; explain the error of a function of the tree."""
    hint = "a predicate takes a leaf and returns a bool; to select a part use a name, such as 'head.**'"
    try:
        answer: Any = predicate(leaf)
    except (AttributeError, TypeError, LookupError) as error:
        if not isinstance(error, AttributeError | LookupError) and type(error) is not TypeError:
            raise  # it has its own message, such as that of a branch on a tracer
        raise TypeError(
            f"the predicate fails at {name or 'the root'}, with {error!r}: {hint}"
        ) from error
    if not isinstance(answer, int) and getattr(answer, "shape", None) != ():
        raise TypeError(
            f"the predicate returns {type(answer).__name__} at {name or 'the root'}: {hint}"
        )
    return bool(answer)


@explained
def _masked(structure: Structure[T], keep: "Iterable[bool]") -> Structure[T]:
    """Return the structure with None for each leaf that is not kept."""
    marks = iter(keep)

    def masked(part: Structure[Any]) -> Structure[Any]:
        if part.node is None:
            return LEAF if next(marks) else NONE
        return intern(part.node, part.aux, tuple(map(masked, part.children)))

    return masked(structure)


NONE: Structure[Any] = intern(NONE_NODE, (), ())


def combine(first: T, *others: T) -> T:
    """Combine trees that have leaves in different places: the inverse of `partition`.

    Args:
        first: A tree, with None for the leaves of the others.
        others: More such trees.

    Returns:
        The tree with all leaves; None if no tree has a leaf.

    Raises:
        ValueError: If two trees have a leaf in the same place, or different nodes.

    Example:
        >>> combine({"b": None, "w": 2.0}, {"b": 1.0, "w": None})
        {'b': 1.0, 'w': 2.0}
    """
    return functools.reduce(_combined, others, first)


@explained
def _combined(a: T, b: T) -> T:
    left, one = tree_flatten(a)
    right, two = tree_flatten(b)
    from_left: list[bool] = []
    structure: Structure[T] = _merged(one, two, (), from_left)
    sources = {True: iter(left), False: iter(right)}
    return build(structure, [next(sources[side]) for side in from_left])


def _merged(
    a: Structure[Any], b: Structure[Any], path: Path, from_left: list[bool]
) -> Structure[Any]:
    """Return the combined structure, and append for each leaf whether it is from the left."""
    if a is NONE or b is NONE:
        from_left += [b is NONE] * (a.num_leaves + b.num_leaves)
        return a if b is NONE else b
    if a is LEAF and b is LEAF:
        raise ValueError(f"{at_path(path)}: both trees have a leaf here")
    alike = a.node is b.node and same_static(a.aux, b.aux) and len(a.keys) == len(b.keys)
    if a.node is None or not alike:
        raise mismatch(a, b, what="trees of different nodes cannot be combined", path=path)
    parts = zip(a.keys, a.children, b.children, strict=True)
    children = [_merged(x, y, (*path, key), from_left) for key, x, y in parts]
    return intern(a.node, a.aux, tuple(children))
