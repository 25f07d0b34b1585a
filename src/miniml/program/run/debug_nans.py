"""Where a number that is not finite came from."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import CONSTANT, AnyArray, Node, ancestors


def is_finite(value: Any) -> bool:
    """Whether all elements are."""
    if isinstance(value, tuple):
        return all(map(is_finite, value))
    return bool(np.isfinite(value).all())


def check_finite(outputs: Sequence[Node], given: Mapping[Node, str]) -> None:
    """Name the first operation that made something in the outputs NaN or infinite.

    An infinity that was masked away, as a softmax's, is not what they come from.

    Args:
        outputs: Nodes whose values are known, as are those of all that they were made of.
        given: Where the inputs are, by node.
    """
    wrong = ancestors([node for node in outputs if _is_spoilt(node)], _spoilt_inputs)
    sources = [node for node in wrong if not _spoilt_inputs(node)]
    if not sources:
        return
    node = min(sources, key=lambda node: (node.op is CONSTANT, node.index))
    kind = "NaN" if np.isnan(_value(node)).any() else "infinity"
    if node in given:
        raise FloatingPointError(f"at {given[node]}: the argument holds {kind}")
    raise FloatingPointError(
        f"{node.op.name} gives {kind}, first of all operations\n  at {node.origin}"
    )


def _value(node: Node) -> AnyArray:
    assert node.value is not None
    return node.value


def _is_spoilt(node: Node) -> bool:
    return not is_finite(_value(node))


def _spoilt_inputs(node: Node) -> list[Node]:
    """The inputs that are not finite, where they are looked at."""
    if node.op.seen is not None:
        seen = node.op.seen(*map(_value, node.inputs))
        return [i for i, value in zip(node.inputs, seen, strict=True) if not is_finite(value)]
    return [i for i in node.inputs if _is_spoilt(i)]
