"""Indexing by slices and integers, and its adjoint; by arrays, see `gathering`."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from typing import Any, TypeAlias

import numpy as np

from miniml.program.errors import TraceError
from miniml.program.graph import AnyArray, DType, Node, Shape
from miniml.program.registry import method
from miniml.program.rules.define import Primitive, primitive
from miniml.program.rules.gathering import gathered
from miniml.program.tracer import Tracer, items_of

Span: TypeAlias = tuple[int, int | None, int]
"""A slice, hashable, with its ends worked out; the stop is None where it runs past the start."""

Places: TypeAlias = tuple[int | Span, ...]


def slices(places: Places) -> tuple[int | slice, ...]:
    """The index as NumPy takes it."""
    return tuple(slice(*p) if isinstance(p, tuple) else p for p in places)


def source(places: Places) -> str:
    """The index as it is written."""
    return ", ".join(_written(p) if isinstance(p, tuple) else str(p) for p in places)


def _written(span: Span) -> str:
    start, stop, step = span
    first = start if start or step < 0 else ""  # backward, no start is the end
    return f"{first}:{'' if stop is None else stop}" + (f":{step}" if step != 1 else "")


def _infer(x: Node, places: Places) -> tuple[Shape, DType]:
    return np.broadcast_to(np.int8(0), x.shape)[slices(places)].shape, x.dtype


def _scatter(g: AnyArray, shape: Shape, places: Places) -> AnyArray:
    out = np.zeros(shape, g.dtype)
    out[slices(places)] = g
    return out


get_slice: Primitive = primitive(
    "getitem",
    lambda x, places: x[slices(places)],
    infer=_infer,
    pull=lambda i, g, y, x, places: put_slice(g, shape=x.shape, places=places),
    kind="view",
    emit=lambda out, x, *, places, inputs: f"{x}[{source(places)}]",
)

put_slice: Primitive = primitive(
    "put_slice",
    _scatter,
    infer=lambda g, shape, places: (shape, g.dtype),
    pull=lambda i, g, y, x, shape, places: get_slice(g, places=places),
    kind="zeroed",
    emit=lambda out, g, *, shape, places, inputs: (
        None if out is None else f"{out}[{source(places)}] = {g}"
    ),
)


def _item(item: Any) -> Any:
    """An item of an index: None, an ellipsis, a slice, an int, or an array."""
    if isinstance(item, Tracer) and item.node.value is not None:
        item = item.node.value
    if isinstance(item, np.ndarray) and item.ndim == 0 and item.dtype.kind in "iu":
        return int(item)
    if isinstance(item, int | np.integer):
        return item.__index__()
    if isinstance(item, list) and not any(isinstance(i, Tracer) for i in item):
        return np.asarray(item)
    return item


@method("__getitem__")
def getitem(x: Tracer, index: Any) -> Any:
    items = [_item(i) for i in items_of(index)]
    if any(isinstance(i, bool | np.bool_) for i in items):
        raise TraceError("indexing by a single True or False cannot be traced: use x[None]")
    if not all(i is None or i is Ellipsis or isinstance(i, int | slice) for i in items):
        return gathered(x, items)
    used = sum(i is not None and i is not Ellipsis for i in items)
    if used > x.ndim:
        raise IndexError(
            f"too many indices for array: array is {x.ndim}-dimensional, but {used} were indexed"
        )
    if Ellipsis not in items:
        items.append(...)
    at = items.index(Ellipsis)
    items[at : at + 1] = [slice(None)] * (x.ndim - used)
    places: list[int | Span] = []
    shape: list[int] = []
    for item in items:
        if item is None:
            shape.append(1)
            continue
        extent = x.shape[len(places)]
        if isinstance(item, int):
            if not -extent <= item < extent:
                raise IndexError(
                    f"index {item} is out of bounds for axis {len(places)} with size {extent}"
                )
            # The only element of an axis is a matter of shape, which costs nothing.
            places.append((0, 1, 1) if extent == 1 else item % extent)
        else:
            start, stop, step = item.indices(extent)
            count = len(range(start, stop, step))
            span: Span = (start, None if stop < 0 else stop, step)
            places.append(span if count else (0, 0, 1))
            shape.append(count)
    whole = all(p == (0, n, 1) for p, n in zip(places, x.shape, strict=True))
    return np.reshape(x if whole else get_slice(x, places=tuple(places)), tuple(shape))
