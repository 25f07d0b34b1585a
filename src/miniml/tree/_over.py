"""Maps that hold a type checker to one type of tree."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from miniml.tree.mapping import tree_map

T = TypeVar("T")


class Over(Generic[T]):
    """The leaves of a tree, to map over: made by `over`."""

    __slots__ = ("_tree",)

    def __init__(self, tree: T) -> None:
        self._tree = tree

    def map(self, f: Callable[[Any], Any]) -> T:
        """Apply a function to each leaf.

        Args:
            f: takes a leaf, returns the new one.

        Returns:
            The tree of results.
        """
        return tree_map(f, self._tree)

    def zip_with(self, other: T, f: Callable[[Any, Any], Any]) -> T:
        """Apply a function to the leaves of this tree and of another of the same type.

        Args:
            other: a tree of the same structure.
            f: takes a leaf of each, returns the new one.

        Returns:
            The tree of results.

        Raises:
            ValueError: if the structures differ.
        """
        return tree_map(f, self._tree, other)


def over(tree: T) -> Over[T]:
    """Point at the leaves of a tree, to map over them with one type of tree only.

    `tree_map(f, a, b)` accepts any two trees. `over(a).zip_with(b, f)` is an error to a type
    checker unless `b` has the type of `a`.

    Args:
        tree: any tree.

    Returns:
        An object with `map` and `zip_with`.

    Example:
        >>> over({"w": 1.0}).zip_with({"w": 0.5}, lambda p, g: p - g)
        {'w': 0.5}
    """
    return Over(tree)
