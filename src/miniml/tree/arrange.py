"""Trees of other trees' form: specs, broadcasting, transposing."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from miniml.tree.flatten import build, tree_flatten, tree_structure
from miniml.tree.mapping import tree_map
from miniml.tree.mismatch import mismatch
from miniml.tree.path import Path
from miniml.tree.structure import Structure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)  # an attrs class would be a node, and this is a leaf
class Spec:
    """What an array is, without its values.

    Attributes:
        shape: the length of each axis.
        dtype: the type of the elements.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"


def tree_specs(tree: T) -> T:
    """Return the tree with each leaf replaced by its shape and dtype.

    Args:
        tree: a tree of numbers and arrays.

    Returns:
        A tree of `Spec`, of the same structure.

    Example:
        >>> import numpy as np
        >>> tree_specs({"w": np.zeros((2, 3), np.float32), "b": 1.0})
        {'b': float64[], 'w': float32[2, 3]}
    """
    return tree_map(_spec, tree)


def _spec(leaf: Any) -> Spec:
    return Spec(np.shape(leaf), leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype)


def tree_broadcast(prefix: Any, tree: T) -> T:
    """Repeat the leaves of a smaller tree over the parts of a larger one.

    Args:
        prefix: a tree that agrees with `tree` from the root down as far as it goes; a single
            leaf always does.
        tree: the larger tree.

    Returns:
        The tree in which each leaf of `tree` is replaced by the leaf of `prefix` above it.

    Raises:
        ValueError: if they do not agree; it names the path.

    Example:
        >>> tree_broadcast({"a": 0.1, "b": 0.2}, {"a": (1, 2), "b": [3]})
        {'a': (0.1, 0.1), 'b': [0.2]}
    """
    values, form = tree_flatten(prefix)
    structure = tree_structure(tree)
    counts: list[int] = []
    _count(form, structure, (), counts)
    leaves = [v for v, n in zip(values, counts, strict=True) for _ in range(n)]
    return build(structure, leaves)


def _count(form: Structure[Any], full: Structure[Any], path: Path, counts: list[int]) -> None:
    """Note how many leaves of the full tree stand under each leaf of the form."""
    if form.node is None:
        counts.append(full.num_leaves)
        return
    if form.node is not full.node or form.aux != full.aux or len(form.keys) != len(full.keys):
        raise mismatch(form, full, what="the first tree is no prefix of the second", path=path)
    for key, part, whole in zip(form.keys, form.children, full.children, strict=True):
        _count(part, whole, (*path, key), counts)


def tree_transpose(outer: Structure[Any], inner: Structure[T], tree: Any) -> Any:
    """Turn a tree of trees inside out.

    Args:
        outer: the structure of the outside.
        inner: the structure that stands at each of its leaves.
        tree: a tree of such a form.

    Returns:
        A tree of structure `inner` with one of structure `outer` at each of its leaves.

    Raises:
        ValueError: if the tree does not have that form.

    Example:
        >>> outer, inner = tree_structure([0, 0]), tree_structure({"a": 0, "b": 0})
        >>> tree_transpose(outer, inner, [{"a": 1, "b": 2}, {"a": 3, "b": 4}])
        {'a': [1, 3], 'b': [2, 4]}
    """
    leaves, found = tree_flatten(tree)
    whole = tree_structure(
        build(outer, [build(inner, [0.0] * inner.num_leaves)] * outer.num_leaves)
    )
    if found is not whole:
        raise mismatch(whole, found, what="the tree has not the form outer of inner")
    n = inner.num_leaves
    return build(inner, [build(outer, leaves[i::n]) for i in range(n)])
