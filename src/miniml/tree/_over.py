"""Maps over trees of one type, as checked by type checkers."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from miniml.tree.mapping import tree_map

T = TypeVar("T")


class Over(Generic[T]):
    """The leaves of a tree, to map over; made by `over`."""

    __slots__ = ("_tree",)

    def __init__(self, tree: T) -> None:
        self._tree = tree

    def map(self, f: Callable[[Any], Any]) -> T:
        """Apply a function to each leaf.

        Args:
            f: Takes a leaf, returns the new leaf.

        Returns:
            The tree of results.
        """
        return tree_map(f, self._tree)

    def zip_with(self, other: T, f: Callable[[Any, Any], Any]) -> T:
        """Apply a function to the leaves of this tree and of another of the same type.

        Args:
            other: A tree of the same structure.
            f: Takes a leaf of each, returns the new leaf.

        Returns:
            The tree of results.

        Raises:
            ValueError: If the structures differ.
        """
        return tree_map(f, self._tree, other)


def over(tree: T) -> Over[T]:
    """Select the leaves of a tree, to map over trees of the same type.

    `tree_map(f, a, b)` accepts any two trees. Type checkers refuse `over(a).zip_with(b, f)` unless
    `b` has the type of `a`.

    Args:
        tree: Any tree.

    Returns:
        An object with `map` and `zip_with`.

    Example:
        >>> over({"w": 1.0}).zip_with({"w": 0.5}, lambda p, g: p - g)
        {'w': 0.5}
    """
    return Over(tree)
