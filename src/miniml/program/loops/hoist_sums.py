"""Sums over the steps of a loop, taken over all steps at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from miniml.program.ir.graph import Node
from miniml.program.rules.axes import Operand
from miniml.program.rules.matmul import MATMUL
from miniml.program.rules.reductions import reduce_sum_p
from miniml.program.trace.registry import UFUNCS


def needs_stack(term: Node) -> bool:
    """Return whether the sum needs an array of the terms of all steps."""
    return not (_is_product(term) or _outer(term) or term.op is reduce_sum_p.op)


def summed(term: Node, known: Mapping[Node, Operand], count: int) -> Any:
    """Return the sum over all steps: one product for matrix products, one sum for sums."""
    if not all(i in known and known[i].count for i in term.inputs):
        return np.sum(known[term].value, axis=0)
    if _is_product(term):
        a, b = (known[i].value for i in term.inputs)
        steps = count * b.shape[1]
        left = np.reshape(np.transpose(a, (0, 2, 1)), (steps, a.shape[1]))
        return np.transpose(left) @ np.reshape(b, (steps, b.shape[2]))
    if vectors := _outer(term):
        column, row = (np.reshape(known[x].value, (count, x.size)) for x in vectors)
        return np.transpose(column) @ row
    if term.op is reduce_sum_p.op:
        axes = (0, *(axis + 1 for axis in term.option("axis")))
        return reduce_sum_p(known[term.inputs[0]].value, axis=axes)
    return np.sum(known[term].value, axis=0)


def _is_product(term: Node) -> bool:
    return term.op is MATMUL and all(len(i.shape) == 2 for i in term.inputs)


def _outer(term: Node) -> tuple[Node, Node] | None:
    """Return the column and the row whose product the term is."""
    if term.op is not UFUNCS["multiply"] or len(term.shape) != 2:
        return None
    rows, columns = term.shape
    for column, row in (term.inputs, term.inputs[::-1]):
        if column.shape == (rows, 1) and row.shape in {(columns,), (1, columns)}:
            return column, row
    return None
