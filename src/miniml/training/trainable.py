"""Training some of the parameters: the others get no gradient at all."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, TypeAlias, TypeVar

from miniml.tree import path_name, tree_leaves, tree_map, tree_map_with_path

T = TypeVar("T")

Trainable: TypeAlias = str | Callable[[str, Any], bool]
"""Which leaves: a pattern of dotted names such as `head.*`, or a predicate of name and leaf."""


def divide(params: T, trainable: Trainable | None) -> tuple[T, T | None]:
    """Give the parameters to train and the frozen ones, with None in place of the others.

    Where all are to be trained, nothing is frozen: None.

    Raises:
        ValueError: If nothing is left to train.
    """
    if trainable is None:
        return params, None

    def chosen(name: str, leaf: object) -> bool:
        if isinstance(trainable, str):
            return fnmatchcase(name, trainable)
        return trainable(name, leaf)

    mask = tree_map_with_path(lambda path, leaf: chosen(path_name(path), leaf), params)
    if not any(tree_leaves(mask)):
        raise ValueError(f"trainable={trainable!r} chooses none of the parameters")
    live = tree_map(lambda keep, leaf: leaf if keep else None, mask, params)
    frozen = tree_map(lambda keep, leaf: None if keep else leaf, mask, params)
    return live, frozen


def unite(live: T, frozen: T | None) -> T:
    """Put together what `divide` took apart."""
    if frozen is None:
        return live
    return tree_map(
        lambda a, b: b if a is None else a, live, frozen, is_leaf=lambda leaf: leaf is None
    )
