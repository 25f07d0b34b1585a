"""Find the first operation whose result is not finite."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import CONSTANT, AnyArray, Node
from miniml.program.ir.walk import ancestors


def all_finite(value: Any) -> bool:
    """Return whether all elements of an array, a number or a tuple of them are finite."""
    kind: type[Any] = value.__class__
    if issubclass(kind, tuple):
        return all(map(all_finite, value))
    return bool(np.isfinite(value).all())


def raise_first_nonfinite(outputs: Sequence[Node], arguments: Mapping[Node, str]) -> None:
    """Raise an error that names the first operation whose NaN or infinity reached the outputs.

    An infinity that was masked away, as in a softmax, did not reach them.

    Args:
        outputs: Nodes whose values are known, as are those of all their ancestors.
        arguments: The place of each input among the arguments.

    Raises:
        FloatingPointError: If an output is not finite.
    """
    wrong = ancestors([node for node in outputs if _is_nonfinite(node)], _nonfinite_inputs)
    sources = [node for node in wrong if not _nonfinite_inputs(node)]
    if not sources:
        return
    node = min(sources, key=lambda node: (node.op is CONSTANT, node.index))
    kind = "NaN" if _holds_nan(_value(node)) else "infinity"
    if node in arguments:
        raise FloatingPointError(f"at {arguments[node]}: the argument holds {kind}")
    raise FloatingPointError(
        f"{node.op.name} gives {kind}, first of all operations\n  at {node.origin}"
    )


def _holds_nan(value: Any) -> bool:
    kind: type[Any] = value.__class__
    if issubclass(kind, tuple):
        return any(map(_holds_nan, value))
    return bool(np.isnan(value).any())


def _value(node: Node) -> AnyArray:
    assert node.value is not None
    return node.value


def _is_nonfinite(node: Node) -> bool:
    return not all_finite(_value(node))


def _nonfinite_inputs(node: Node) -> list[Node]:
    """Return the inputs that are not finite in the part that reaches the result."""
    if node.op.seen is not None:
        seen = node.op.seen(*map(_value, node.inputs))
        return [i for i, value in zip(node.inputs, seen, strict=True) if not all_finite(value)]
    return [i for i in node.inputs if _is_nonfinite(i)]
