"""Walks over graphs: what outputs need, and their evaluation under another meaning."""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from miniml.program.ir.graph import Node

T = TypeVar("T")


_inputs: Callable[[Node], tuple[Node, ...]] = operator.attrgetter("inputs")
_index: Callable[[Node], int] = operator.attrgetter("index")


def interpret(
    outputs: Sequence[Node],
    known: dict[Node, T],
    visit: Callable[[Node, list[T]], T],
    inputs_of: Callable[[Node], Iterable[Node]] = _inputs,
) -> list[T]:
    """Evaluate the outputs under another meaning of the operations: the walk of every pass.

    Args:
        outputs: The nodes to evaluate.
        known: The values of some nodes, inputs among them; the other nodes' are added.
        visit: Returns a node's value, given the values of its inputs.
        inputs_of: The inputs of a node that it needs, if not all.

    Returns:
        The values of the outputs.
    """
    needed: set[Node] = set()
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in known and node not in needed:
            needed.add(node)
            waiting.extend(inputs_of(node))
    for node in sorted(needed, key=_index):
        if node not in known:  # a visit may add values of later nodes
            known[node] = visit(node, [known[i] for i in inputs_of(node)])
    return [known[node] for node in outputs]


def ancestors(
    outputs: Iterable[Node], inputs_of: Callable[[Node], Iterable[Node]] = _inputs
) -> list[Node]:
    """Return every node that the outputs need, themselves included, inputs before users.

    Args:
        outputs: The nodes to begin with.
        inputs_of: The inputs of a node to follow, if not all.
    """
    found: set[Node] = set()
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(inputs_of(node))
    return sorted(found, key=_index)
