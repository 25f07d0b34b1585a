"""The generated functions of structures, and the search for the one that matches a tree.

The functions of a structure are generated when it is seen for the second time, and are freed with
it. A node type tries the functions of the structures last seen at its root. Only classes and
structures refer to them, so no global cache keeps a class alive.
"""

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from miniml.tree.generate_flatten import generate_flatten
from miniml.tree.generate_unflatten import generate_unflatten
from miniml.tree.node import PLAIN_TYPES, node_at
from miniml.tree.structure import Flat, Structure, keep
from miniml.tree.writer import TooVaried

_TRIED = 8  # functions that a type tries before the careful traversal


def recall(tree: Any) -> Flat[Any] | None:
    """Flatten a tree by the generated function of its structure, if there is one."""
    node = None if type(tree) in PLAIN_TYPES else node_at(tree)
    for entry in node.functions if node else ():
        found: Flat[Any] | None = entry[1](tree)
        if found is not None:
            if node is not None and node.flatten is not entry[1]:  # the next tree is likely alike
                node.functions = (entry, *(e for e in node.functions if e is not entry))
                node.flatten = entry[1]
            return found
    return None


def learn(structure: Structure[Any], leaves: Sequence[Any]) -> None:
    """Count a structure as seen; generate its function the second time."""
    node = structure.node
    if node is None:
        return
    keep(structure)
    structure.seen += 1
    if structure.seen == 1:
        return
    if structure.flatten is None:
        try:
            structure.flatten = generate_flatten(structure, leaves)
        except (TooVaried, RecursionError):
            structure.flatten = _never
    if structure.flatten is not _never:
        function = structure.flatten if structure.youngest is node else _weakly(structure.flatten)
        others = [(i, f) for i, f in node.functions if i != id(structure)]
        node.functions = ((id(structure), function), *others[: _TRIED - 1])
        node.flatten = function


def _never(_: object) -> None:
    """Return None: the structure has too many different parts for a function."""


def _weakly(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a weak reference to a function, which belongs to a younger type."""
    find = weakref.ref(function)

    def flatten(tree: Any) -> Any:
        function = find()
        return None if function is None else function(tree)

    return flatten


def learn_unflatten(structure: Structure[Any]) -> Callable[[Sequence[Any]], Any]:
    """Return a function that builds the tree: from the second call on, a generated one."""
    structure.built += 1
    if structure.built > 1:
        try:
            structure.unflatten = generate_unflatten(structure)
        except (TooVaried, RecursionError):
            structure.unflatten = _carefully(structure)
        return structure.unflatten
    return _carefully(structure)


def _carefully(structure: Structure[Any]) -> Callable[[Sequence[Any]], Any]:
    find = weakref.ref(structure)  # the structure refers to the function

    def unflatten(leaves: Sequence[Any]) -> Any:
        whole = find()
        assert whole is not None
        return _build(whole, iter(leaves))

    return unflatten


def _build(structure: Structure[Any], leaves: Iterator[Any]) -> Any:
    if structure.node is None:
        return next(leaves)
    return structure.node.build(
        [_build(child, leaves) for child in structure.children], structure.aux
    )
