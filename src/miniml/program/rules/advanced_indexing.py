"""NumPy's advanced indexing, by arrays, masks and bools, recorded as `gather`."""

# Indices are of any type, which pyright cannot infer.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Shape
from miniml.program.rules.gathering import check_bounds, gather_p
from miniml.program.rules.indices import ARRAY, GAP, NEW, IndexItem
from miniml.program.rules.values import traced
from miniml.program.trace.tracer import Tracer


def for_each_axis(shape: Shape, items: Sequence[Any]) -> list[Any]:
    """Return the items with a slice for each axis that an ellipsis stands for, or that has none.

    An ellipsis stays if it stands for no axis and lies between others, since it separates arrays.
    """
    used = sum(map(_axes_taken, items))
    rest = len(shape) - used
    if rest < 0:
        raise IndexError(
            f"too many indices for array: array is {len(shape)}-dimensional, but {used} were indexed"
        )
    at = next((k for k, item in enumerate(items) if item is Ellipsis), len(items))
    whole: list[Any] = [slice(None)] * rest
    between = not rest and 0 < at < len(items) - 1
    return [*items[:at], *(whole or [Ellipsis] * between), *items[at + 1 :]]


def _axes_taken(item: Any) -> int:
    """Return how many axes of the array an item takes: a mask several, a bool none."""
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return int(item.ndim) if _is_mask(item) else 1


def _is_mask(item: Any) -> bool:
    return bool(getattr(item, "dtype", None) == np.bool_)


def _arrays(mask: Any, shape: Shape, axis: int, *, alone: bool) -> list[Any]:
    """Return the arrays of integers that a mask of these axes stands for."""
    if isinstance(mask, Tracer):
        raise TraceError(
            "the result of indexing by a traced mask has a shape that depends on the values: use "
            "np.where(mask, x, 0), a reduction's where=mask, or trace with eager=True"
        )
    extents = shape[axis : axis + mask.ndim]
    # Beside other items NumPy takes an extent of 0 for any.
    if any(m != n and (m or alone) for m, n in zip(mask.shape, extents, strict=True)):
        raise IndexError(
            f"a mask of shape {mask.shape} does not fit axes {axis} and on of an array of shape {shape}"
        )
    return [*np.nonzero(mask)]


def gathered(x: Tracer, items: Sequence[Any]) -> Tracer:
    """Return the elements of `x` at an index, some of whose items are arrays or bools.

    A bool takes no axis of `x`: it stands for an index of a new axis, with one element or with none.
    """
    places: list[IndexItem] = []
    arrays: list[Any] = []
    shape: list[int] = []  # of x, with an axis for each bool
    axis = 0
    for item in for_each_axis(x.shape, items):
        if item is None:
            places.append(NEW)
            continue
        if item is Ellipsis:
            places.append(GAP)
            continue
        found: list[Any] = []
        if isinstance(item, bool):
            shape.append(1)
            found = [np.zeros(int(item), np.intp)]
            taken = 0
        elif isinstance(item, slice):
            ends = (item.start, item.stop, item.step)
            start, stop, step = (None if end is None else operator.index(end) for end in ends)
            places.append((start, stop, step))
            taken = 1
        elif isinstance(item, int):
            places.append(item)
            taken = 1
        else:
            alone = len(items) == 1
            found = _arrays(item, x.shape, axis, alone=alone) if _is_mask(item) else [item]
            taken = len(found)
        places.extend([ARRAY] * len(found))
        arrays.extend(found)
        shape.extend(x.shape[axis : axis + taken])
        axis += taken
    whole = np.reshape(x, tuple(shape))
    _check_known(whole.shape, places, arrays)
    return gather_p(whole, *(traced(a, x) for a in arrays), places=tuple(places))  # type: ignore[no-any-return]  # a rule


def _check_known(shape: Shape, places: Sequence[IndexItem], arrays: Sequence[Any]) -> None:
    """Refuse known indices out of bounds while tracing."""
    taking = [place for place in places if place not in (NEW, GAP)]
    extents = [extent for extent, place in zip(shape, taking, strict=True) if place == ARRAY]
    if not all(array.size for array in arrays):
        return  # as NumPy, which takes any index where the result is empty
    for extent, array in zip(extents, arrays, strict=True):
        if isinstance(array, np.ndarray):
            check_bounds((extent,), [array])
