"""Sorting, and searching in sorted arrays."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Node
from miniml.program.rules.axes import ALONE, Operands, Ruled, reapply
from miniml.program.rules.define import Primitive, along, primitive
from miniml.program.rules.values import along_axis, constant_array, promote, traced
from miniml.program.trace.registry import ZERO, implements

_INTP = np.dtype(np.intp)

argsort_p: Primitive = along(
    "argsort", lambda x, axis, kind: np.argsort(x, axis, kind=kind), dtype=_INTP, nanoseconds=4.0
)
argpartition_p: Primitive = along("argpartition", np.argpartition, dtype=_INTP, nanoseconds=4.0)
sort_p: Primitive = along(
    "sort",
    np.sort,
    nanoseconds=4.0,
    # Equal elements keep their order, as in JAX.
    vjp=lambda i, g, y, x, axis: _unsorted(g, argsort_p(x, axis=axis, kind="stable"), axis),
)


def _unsorted(g: Any, order: Any, axis: int) -> Any:
    """Return sorted values in their original order."""
    return np.take_along_axis(g, argsort_p(order, axis=axis, kind="stable"), axis)


def _last_or_flat(a: Any, axis: int | None) -> tuple[Any, int]:
    x = traced(a)
    return (np.ravel(x), 0) if axis is None else (x, normalize_axis_index(axis, x.ndim))


@implements(np.sort, derivative="exact; equal elements keep their order")
def sort(
    a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: Any = None
) -> Any:
    x, axis = _last_or_flat(a, axis)
    return sort_p(x, axis=axis)


@implements(np.argsort, derivative=ZERO)
def argsort(
    a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: Any = None
) -> Any:
    x, axis = along_axis(traced(a), axis)
    return argsort_p(x, axis=axis, kind="stable" if stable else kind)


@implements(np.argpartition, derivative=ZERO)
def argpartition(a: Any, kth: Any, axis: int | None = -1, *_: Any, **__: Any) -> Any:
    x, axis = _last_or_flat(a, axis)
    places = tuple(int(k) for k in constant_array(kth, "kth").ravel())
    return argpartition_p(x, kth=places[0] if len(places) == 1 else places, axis=axis)


@implements(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, *_: Any, **__: Any) -> Any:
    x, axis = _last_or_flat(a, axis)
    return np.take_along_axis(x, argpartition(x, kth, axis), axis)


@implements(np.lexsort, derivative=ZERO)
def lexsort(keys: Any, axis: int = -1) -> Any:
    rows = [traced(key) for key in keys]
    order = argsort(rows[0], axis, stable=True)
    for row in rows[1:]:
        order = np.take_along_axis(
            order, argsort(np.take_along_axis(row, order, axis), axis, stable=True), axis
        )
    return order


def _search_batched(node: Node, operands: Operands, count: int) -> Any:
    among, x = operands
    if among.count is not None:
        return ALONE.batched(node, operands, count)
    return reapply(node, among.value, x.value)


searchsorted_p: Primitive = primitive(
    "searchsorted",
    np.searchsorted,
    infer=lambda a, v, side: (v.shape, _INTP),
    axes=Ruled(
        _search_batched,
        lambda node, axes, points: axes[1] if axes[0] is None else None,
        one_pass=False,  # if the searched arrays differ
    ),
    nanoseconds=8.0,
)


@implements(np.searchsorted, derivative=ZERO)
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    x, y = promote(a, v)
    return searchsorted_p(x if sorter is None else np.take(x, sorter), y, side=side)


@implements(np.digitize, derivative=ZERO)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    edges = constant_array(bins, "the bins")
    if edges.size > 1 and edges[0] > edges[-1]:
        raise TraceError("np.digitize with decreasing bins cannot be traced: reverse them")
    if np.any(np.diff(edges) < 0):
        raise ValueError("the bins of np.digitize must increase")
    return searchsorted(traced(edges, x), x, "left" if right else "right")
