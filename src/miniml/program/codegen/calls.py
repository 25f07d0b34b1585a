"""The source of the call that computes one node."""

from collections.abc import Sequence

import numpy as np

from miniml.program.codegen.names import ValueNames
from miniml.program.codegen.python_floats import is_double, python_source
from miniml.program.ir.dtypes import CAST
from miniml.program.ir.graph import Node

_KEYWORD_OUT = {"maximum", "minimum"}
"""Ufuncs whose third positional argument NumPy deprecates; for all others it is the faster way."""


def python_call(names: ValueNames, node: Node, arguments: Sequence[str], out: str | None) -> str:
    """Write a node whose scalars are Python's floats."""
    text = python_source(node, arguments)
    if text is not None:
        names.functions["float64"] = np.float64
        return text
    text = numpy_call(names, node, arguments, out)
    return f"float({text})" if is_double(node) and node.op is not CAST else text


def numpy_call(names: ValueNames, node: Node, arguments: Sequence[str], out: str | None) -> str:
    """Write a node by NumPy.

    Args:
        names: The names in the source.
        node: The node.
        arguments: The source of its inputs.
        out: The array to write into, or None.
    """
    op, options = node.op, dict(node.options)
    elementwise = op.kind.is_elementwise
    if op is CAST and not node.shape:
        return f"{names.type(node)}({arguments[0]})"
    if not node.shape and op.numpy.scalar is not None:
        # Of other kinds the inputs are NumPy's numbers, never literals.
        return op.numpy.scalar.format(*(arguments if elementwise else map(names.of, node.inputs)))
    if op.numpy.emit is not None:
        text = op.numpy.emit(out, *arguments, inputs=node.inputs, **options)
        if text is not None:
            if not hasattr(np, op.name):
                names.functions[op.name] = op.compute
            return str(text)
    name = names.function(op)
    if elementwise:
        written = [] if out is None else [f"out={out}" if name in _KEYWORD_OUT else out]
    else:
        written = [f"{key}={value!r}" for key, value in options.items()]
    return f"{name}({', '.join([*arguments, *written])})"
