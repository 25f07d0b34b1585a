"""Steps of a loop on scalars, written for Python's floats.

Python adds and multiplies its floats in a third of the time of NumPy's scalars, to the same bits. An
operation for which Python would raise, and NumPy returns infinity or NaN, is left to NumPy.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from miniml.program.ir.dtypes import CAST
from miniml.program.ir.graph import CONSTANT, Node
from miniml.program.rules.elementwise import where_p

WHERE = where_p.op


def is_double(node: Node) -> bool:
    """Return whether a node is a scalar of Python's precision."""
    return not node.shape and node.dtype == np.float64


def allow_python_floats(steps: Iterable[Node]) -> bool:
    """Return whether no step needs a scalar to be one of NumPy's."""
    return all(
        node.op in {CAST, WHERE} or (node.op.kind.is_elementwise and node.op.numpy.emit is None)
        for node in steps
        if any(is_double(i) and i.op is not CONSTANT for i in node.inputs)
    )


def python_source(node: Node, arguments: Sequence[str]) -> str | None:
    """Return an operation on Python's floats, or None if it is written as on NumPy's scalars."""
    if node.op is WHERE and is_double(node):
        condition, this, other = arguments
        text = f"{this} if {condition} else {other}"
        return f"float({text})" if any(i.op is CONSTANT for i in node.inputs) else text
    written = node.op.numpy.python or node.op.numpy.scalar
    return written.format(*arguments) if written and all(map(is_double, node.inputs)) else None
