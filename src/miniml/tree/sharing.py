"""Find leaves that share memory."""

from collections import defaultdict
from typing import Any

import numpy as np

from miniml.tree.flatten import tree_flatten
from miniml.tree.predicates import is_array


def shared_leaves(tree: Any) -> tuple[tuple[str, ...], ...]:
    """Find the leaves that share memory: one array in two places, or overlapping views.

    Sharing does not tie parameters: an update replaces each leaf by a new array. To tie
    parameters, store one leaf and use it twice.

    Args:
        tree: Any tree.

    Returns:
        The groups of names of leaves that share memory, in order.

    Example:
        >>> import numpy as np
        >>> w = np.ones((2, 3))
        >>> shared_leaves({"encoder": w, "decoder": w.T, "bias": np.ones(3)})
        (('decoder', 'encoder'),)
    """
    leaves, structure = tree_flatten(tree)
    owners: defaultdict[int, list[tuple[str, Any]]] = defaultdict(list)
    for name, leaf in zip(structure.names, leaves, strict=True):
        if is_array(leaf):
            owners[id(_owner(leaf))].append((name, leaf))
    groups: list[tuple[str, ...]] = []
    for views in owners.values():
        while views:
            (name, array), *rest = views
            group, views = [(name, array)], []
            for view in rest:
                hit = any(view[1] is a or np.shares_memory(view[1], a) for _, a in group)
                (group if hit else views).append(view)
            if len(group) > 1:
                groups.append(tuple(name for name, _ in group))
    return tuple(groups)


def _owner(array: Any) -> object:
    """Return the object that owns the memory of a view."""
    while is_array(array.base):
        array = array.base
    return array if array.base is None else array.base
