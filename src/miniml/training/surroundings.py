"""What the code of a model or an optimiser reads beside its arguments."""

import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from miniml.program import cached_on
from miniml.program.closure.cache import functions_in, methods_of
from miniml.tree import Structure, tree_leaves, tree_structure

_FIXED = {"miniml", "numpy", "typing", "builtins"}
"""Packages whose functions read nothing that is bound anew."""


def surroundings(*trees: object) -> tuple[object, ...]:
    """Give a token of each function in trees: another one where what it reads has changed.

    Functions are the methods of the nodes, and the leaves and static values that are called, such as
    schedules and activations.
    """
    functions = dict.fromkeys(function for tree in trees for function in _functions(tree))
    return tuple(cached_on(one, "read", object) for one in functions if _is_own(one))


def _is_own(one: FunctionType | type[Any]) -> bool:
    return str(one.__module__).partition(".")[0] not in _FIXED


def _functions(tree: object) -> Iterator[FunctionType]:
    for leaf in tree_leaves(tree):
        if callable(leaf):
            yield from functions_in(leaf)
    yield from _of_structure(tree_structure(tree))


def _of_structure(structure: Structure[Any]) -> Iterator[FunctionType]:
    if structure.node is None:
        return
    for kind in structure.node.type.__mro__:
        if _is_own(kind) and kind.__module__ in sys.modules:
            yield from methods_of(kind)
    for static in structure.aux:
        yield from functions_in(static)
    for child in structure.children:
        yield from _of_structure(child)
