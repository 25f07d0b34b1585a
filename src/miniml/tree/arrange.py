"""Trees of derived structure: specs, broadcast, transpose."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from miniml.tree.containers import check_leaves
from miniml.tree.depth import explained
from miniml.tree.flatten import build, tree_flatten, tree_structure
from miniml.tree.mismatch import mismatch
from miniml.tree.path import Path
from miniml.tree.structure import Structure, same_static

T = TypeVar("T")


@dataclass(frozen=True, slots=True)  # a leaf; an attrs class would be a node
class Spec:
    """The shape and dtype of an array.

    Attributes:
        shape: The length of each axis.
        dtype: The type of the elements.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"


def tree_specs(tree: object) -> Any:
    """Return the tree with each leaf replaced by its shape and dtype.

    Args:
        tree: A tree of numbers and arrays.

    Returns:
        A tree of `Spec`, of the same structure.

    Raises:
        TypeError: If a leaf is a container of numbers that is no node, such as a dataclass.

    Example:
        >>> import numpy as np
        >>> tree_specs({"w": np.zeros((2, 3), np.float32), "b": 1.0})
        {'b': float64[], 'w': float32[2, 3]}
    """
    leaves, structure = tree_flatten(tree)
    check_leaves(leaves, structure.paths)
    return build(structure, list(map(_spec, leaves)))


def _spec(leaf: Any) -> Spec:
    return Spec(np.shape(leaf), leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype)


def tree_broadcast(prefix: object, tree: object) -> Any:
    """Repeat the leaves of a prefix over the parts of a tree.

    Args:
        prefix: A tree whose nodes are those of `tree` from the root down to its leaves; a
            single leaf is a prefix of every tree.
        tree: Any tree.

    Returns:
        `tree` with each leaf replaced by the leaf of `prefix` above it.

    Raises:
        ValueError: If `prefix` is not a prefix; the message names the path.

    Example:
        >>> tree_broadcast({"a": 0.1, "b": 0.2}, {"a": (1, 2), "b": [3]})
        {'a': (0.1, 0.1), 'b': [0.2]}
    """
    values, prefix_structure = tree_flatten(prefix)
    structure = tree_structure(tree)
    counts: list[int] = []
    explained(_count)(prefix_structure, structure, (), counts)
    leaves = [v for v, n in zip(values, counts, strict=True) for _ in range(n)]
    return build(structure, leaves)


def _count(prefix: Structure[Any], full: Structure[Any], path: Path, counts: list[int]) -> None:
    """Append the number of leaves of the full tree below each leaf of the prefix."""
    if prefix.node is None:
        counts.append(full.num_leaves)
        return
    alike = prefix.node is full.node and same_static(prefix.aux, full.aux)
    if not alike or len(prefix.keys) != len(full.keys):
        raise mismatch(prefix, full, what="the first tree is not a prefix of the second", path=path)
    for key, part, whole in zip(prefix.keys, prefix.children, full.children, strict=True):
        _count(part, whole, (*path, key), counts)


def tree_transpose(outer: Structure[Any], inner: Structure[T], tree: Any) -> Any:
    """Transpose a tree of trees: exchange the outer and the inner structure.

    Args:
        outer: The outer structure.
        inner: The structure at each leaf of `outer`.
        tree: A tree of structure `outer` with trees of structure `inner` as leaves.

    Returns:
        A tree of structure `inner` with trees of structure `outer` as leaves.

    Raises:
        ValueError: If `tree` has another structure.

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
        raise mismatch(whole, found, what="the tree does not have the structure outer of inner")
    n = inner.num_leaves
    return build(inner, [build(outer, leaves[i::n]) for i in range(n)])
