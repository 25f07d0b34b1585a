"""NumPy's advanced indexing, by arrays and masks, recorded as `gather`."""

# Indices are of any type, which pyright cannot infer.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import operator
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.rules.gathering import gather_p
from miniml.program.rules.indices import ARRAY, NEW, WHOLE, IndexItem
from miniml.program.rules.values import traced
from miniml.program.trace.tracer import Tracer


def index_arrays(item: Any, like: Any) -> list[Any]:
    """Return the arrays of integers that an item of an index stands for; a mask is several."""
    if isinstance(item, Tracer):
        known = item.node.value
        if known is not None:
            item = known
        elif item.dtype.kind == "b":
            raise TraceError(
                "the result of indexing by a traced mask has a shape that depends on the values: use "
                "np.where(mask, x, 0), a reduction's where=mask, or trace with eager=True"
            )
        elif item.dtype.kind not in "iu":
            raise TraceError(f"an index must be of integers, not of {item.dtype}")
        else:
            return [item]
    if isinstance(item, list | tuple) and any(isinstance(i, Tracer) for i in item):
        return [np.stack(item)]
    if isinstance(item, str):
        raise IndexError(
            f"an array has no column {item!r}, and a frame is an array here: take x[:, 0], or give the "
            f"columns by name, as {{{item!r}: frame[{item!r}]}}"
        )
    array = np.asarray(item)
    if array.dtype.kind == "b":
        return [traced(a, like) for a in np.nonzero(array)]
    if array.size == 0 and isinstance(item, list):
        array = array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise IndexError(
            "only integers, slices, None, ... and arrays of integers or booleans are indices, "
            f"not {item!r}"
        )
    return [traced(array, like)]


def gathered(x: Tracer, items: list[Any]) -> Tracer:
    """Return the elements of `x` at an index, some of whose items are arrays."""
    places: list[IndexItem] = []
    arrays: list[Any] = []
    axis = 0
    used = sum(
        item.ndim if _is_mask(item) else item is not None for item in items if item is not Ellipsis
    )
    if used > x.ndim:
        raise IndexError(
            f"too many indices for array: array is {x.ndim}-dimensional, but {used} were indexed"
        )
    if Ellipsis not in [i if i is Ellipsis else None for i in items]:
        items = [*items, Ellipsis]
    for item in items:
        if item is None:
            places.append(NEW)
        elif item is Ellipsis:
            places.extend([WHOLE] * (x.ndim - used))
            axis += x.ndim - used
        elif isinstance(item, slice):
            start, stop, step = (
                None if end is None else operator.index(end)
                for end in (item.start, item.stop, item.step)
            )
            places.append((start, stop, step))
            axis += 1
        elif isinstance(item, int):
            places.append(item)
            axis += 1
        else:
            found = index_arrays(item, x)
            if _is_mask(item) and item.shape != x.shape[axis : axis + len(found)]:
                raise IndexError(
                    f"a mask of shape {item.shape} does not fit axes {axis} and on "
                    f"of an array of shape {x.shape}"
                )
            places.extend([ARRAY] * len(found))
            arrays.extend(found)
            axis += len(found)
    return gather_p(x, *arrays, places=tuple(places))  # type: ignore[no-any-return]  # a rule


def _is_mask(item: Any) -> bool:
    return bool(getattr(item, "dtype", None) == np.bool_)
