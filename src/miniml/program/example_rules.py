"""The rules of `vmap`: from an operation on one example to the same operation on all of them.

What differs from example to example has a first axis that counts them. A rule is written in
operations that have derivatives and rules themselves, so that maps nest and can be derived.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np

from miniml.program.families import ALONG, ELEMENTWISE, OF_MATRICES, REDUCING
from miniml.program.graph import Node, Op
from miniml.program.rules.gathering import ARRAY, NEW, Place, gather, spread
from miniml.program.rules.indexing import get_slice, put_slice
from miniml.program.rules.inverting import record_solve
from miniml.program.rules.matmul import MATMUL
from miniml.program.rules.reductions import reduce_sum
from miniml.program.rules.scans import (
    recurrence,
)
from miniml.program.rules.shaping import (
    record_broadcast,
    record_concatenate,
    record_reshape,
    record_transpose,
)
from miniml.program.rules.sorting import (
    record_searchsorted,
)
from miniml.program.rules.windows import overlap, windows
from miniml.program.tracer import Tracer, apply


@attrs.frozen
class Operand:
    """An input of an operation.

    Attributes:
        value: The same for all examples, or one for each along the first axis.
        count: The number of examples, where there is one for each.
    """

    value: Any
    count: int | None

    @property
    def ndim(self) -> int:
        """The number of axes that one example has."""
        axes: int = self.value.ndim
        return axes if self.count is None else axes - 1

    def aligned(self, ndim: int) -> Any:
        """The value, so that examples of fewer axes broadcast as one of them would."""
        if self.count is None or self.ndim >= ndim:
            return self.value
        return _reshape(self.value, (self.count, *(1,) * (ndim - self.ndim), *self.value.shape[1:]))

    def whole(self, count: int) -> Any:
        """The value with one for each example."""
        if self.count is not None:
            return self.value
        return np.broadcast_to(self.value, (count, *self.value.shape))


Operands: TypeAlias = Sequence[Operand]

Rule: TypeAlias = Callable[[Node, Operands, int], Any]
"""From an operation on one example, its operands for all, and their number to the result for all."""


def rule_of(op: Op) -> Rule:
    """The rule of an operation."""
    return RULES.get(op) or (_elementwise if op.kind == "elementwise" else _one_by_one)


def has_rule(node: Node) -> bool:
    """Whether an operation is done for all examples by others that are as few."""
    known = node.op in RULES or node.op.kind == "elementwise"
    return known and node.op is not record_searchsorted.op


def _elementwise(node: Node, operands: Operands, count: int) -> Any:
    ndim = len(node.shape)
    return apply(node.op, *(x.aligned(ndim) for x in operands), **dict(node.options))


def _one_by_one(node: Node, operands: Operands, count: int) -> Any:
    """Without a rule: example by example."""
    results = [
        apply(
            node.op,
            *(x.value if x.count is None else x.value[k] for x in operands),
            **dict(node.options),
        )
        for k in range(count)
    ]
    return np.stack(results)


def _stacked(node: Node, operands: Operands, count: int) -> Any:
    """Functions that take stacks of matrices anyway."""
    return apply(node.op, operands[0].value, **dict(node.options))


def _along(node: Node, operands: Operands, count: int) -> Any:
    """Functions along axes, which are one further on."""
    options = dict(node.options)
    axis: int | tuple[int, ...] = options.pop("axis")
    axis = tuple(a + 1 for a in axis) if isinstance(axis, tuple) else axis + 1
    return apply(node.op, *(x.whole(count) for x in operands), axis=axis, **options)


def _reshaped(node: Node, operands: Operands, count: int) -> Any:
    return _reshape(operands[0].value, (count, *node.shape))


def _transposed(node: Node, operands: Operands, count: int) -> Any:
    axes: tuple[int, ...] = node.option("axes")
    return apply(node.op, operands[0].value, axes=(0, *(a + 1 for a in axes)))


def _broadcast(node: Node, operands: Operands, count: int) -> Any:
    return apply(node.op, operands[0].aligned(len(node.shape)), shape=(count, *node.shape))


def _get_slice(node: Node, operands: Operands, count: int) -> Any:
    return apply(node.op, operands[0].value, places=((0, count, 1), *node.option("places")))


def _put_slice(node: Node, operands: Operands, count: int) -> Any:
    places = ((0, count, 1), *node.option("places"))
    return apply(node.op, operands[0].value, shape=(count, *node.shape), places=places)


def _windows(node: Node, operands: Operands, count: int) -> Any:
    options = dict(node.options)
    options["axes"] = tuple(a + 1 for a in options["axes"])
    if node.op is overlap.op:
        options["shape"] = (count, *options["shape"])
    return apply(node.op, operands[0].value, **options)


def _recurrence(node: Node, operands: Operands, count: int) -> Any:
    return apply(node.op, *(x.whole(count) for x in operands))


def _searchsorted(node: Node, operands: Operands, count: int) -> Any:
    among, x = operands
    if among.count is not None:
        return _one_by_one(node, operands, count)
    return apply(node.op, among.value, x.value, **dict(node.options))


def _solve(node: Node, operands: Operands, count: int) -> Any:
    a, b = operands
    if a.count is None and a.ndim == b.ndim == 2:  # factored once, for the columns of all
        rows, columns = node.shape
        side = _reshape(np.moveaxis(b.value, 0, 1), (rows, count * columns))
        found = _reshape(apply(node.op, a.value, side), (rows, count, columns))
        return np.moveaxis(found, 1, 0)
    ndim = len(node.shape)
    return apply(node.op, a.aligned(ndim), b.whole(count) if ndim == 2 else b.aligned(ndim))


def _matmul(node: Node, operands: Operands, count: int) -> Any:
    a, b = operands
    if b.count is None and b.ndim <= 2:
        return _times_matrix(a, b.value, node, count)
    if a.count is None and a.ndim <= 2 and b.ndim == 1:
        return b.value @ np.transpose(a.value)
    if a.ndim == b.ndim == 1 and node.dtype.kind == "f":  # sums widen small integers
        return reduce_sum(a.value * b.value, axis=(1,))
    # As matrices, with the rows and columns that a vector stands for.
    ndim = max(a.ndim, b.ndim, 2)
    left = Operand(a.value[..., None, :], a.count) if a.ndim == 1 else a
    right = Operand(b.value[..., :, None], b.count) if b.ndim == 1 else b
    product = apply(MATMUL, left.aligned(ndim), right.aligned(ndim))
    return _reshape(product, (count, *node.shape))


def _times_matrix(a: Operand, b: Any, node: Node, count: int) -> Any:
    """The rows of all examples times one matrix, or vector: a single product."""
    rows = _reshape(a.value, (math.prod(a.value.shape[:-1]), a.value.shape[-1]))
    return _reshape(rows @ b, (count, *node.shape))


def _gather(node: Node, operands: Operands, count: int) -> Any:
    x, *arrays = operands
    places: tuple[Place, ...] = node.option("places")
    before = _before(places)
    if all(a.count is None for a in arrays) and before is not None:
        return gather(x.value, *(a.value for a in arrays), places=(_ALL, *places))
    depth, indices = _indices(arrays)
    if x.count is None:
        taken = gather(x.value, *indices, places=places)
        return np.moveaxis(taken, before or 0, 0)
    taken = gather(x.value, _numbers(x.value, count, depth), *indices, places=(ARRAY, *places))
    return np.moveaxis(taken, _from(depth), _to(depth, before))


def _spread(node: Node, operands: Operands, count: int) -> Any:
    g, *arrays = operands
    options = dict(node.options)
    places, shape = options["places"], (count, *options["shape"])
    before = _before(places)
    if all(a.count is None for a in arrays) and before is not None:
        indices = [a.value for a in arrays]
        options |= {"shape": shape, "places": (_ALL, *places)}
        return spread(g.value, *indices, **options)
    depth, indices = _indices(arrays)
    value = np.moveaxis(g.whole(count), _to(depth, before), _from(depth))
    options |= {"shape": shape, "places": (ARRAY, *places), "distinct": False}
    return spread(value, _numbers(value, count, depth), *indices, **options)


_ALL = (None, None, None)


def _before(places: Sequence[Place]) -> int | None:
    """How many axes of the result come before those of the arrays; None where these come first.

    NumPy puts them first where a slice or a new axis lies between arrays or numbers.
    """
    taking = [k for k, place in enumerate(places) if not isinstance(place, tuple) and place != NEW]
    apart = taking[-1] - taking[0] >= len(taking)
    return None if apart else taking[0]


def _indices(arrays: Operands) -> tuple[int, list[Any]]:
    """The number of axes that the arrays broadcast to for one example, and the arrays for all."""
    depth = max(a.ndim for a in arrays)
    return depth, [a.aligned(depth) for a in arrays]


def _numbers(like: Any, count: int, depth: int) -> Any:
    """The examples' numbers, to go before index arrays of so many axes."""
    graph = like.graph
    return Tracer(graph, graph.constant(np.arange(count).reshape(count, *(1,) * depth)))


def _from(depth: int) -> list[int]:
    """Where the axes of index arrays are when those of the examples' numbers are among them."""
    return list(range(1, depth + 1))


def _to(depth: int, before: int | None) -> list[int]:
    """Where they belong."""
    return [k + (before or 0) for k in _from(depth)]


def _reshape(x: Any, shape: Sequence[int]) -> Any:
    return np.reshape(x, tuple(shape))


RULES: dict[Op, Rule] = {
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys([*REDUCING, *ALONG, reduce_sum.op, record_concatenate.op], _along),
    **dict.fromkeys(OF_MATRICES, _stacked),
    MATMUL: _matmul,
    record_reshape.op: _reshaped,
    record_transpose.op: _transposed,
    record_broadcast.op: _broadcast,
    get_slice.op: _get_slice,
    put_slice.op: _put_slice,
    windows.op: _windows,
    overlap.op: _windows,
    recurrence.op: _recurrence,
    record_searchsorted.op: _searchsorted,
    record_solve.op: _solve,
    gather.op: _gather,
    spread.op: _spread,
}
