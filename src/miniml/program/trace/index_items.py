"""The items of an index, told apart as NumPy does."""

# Indices are of any type, which pyright cannot infer.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.trace.shaped import Shaped


def index_items(index: Any) -> list[Any]:
    """Return the items of an index, one for each axis or for several.

    Each is None, an ellipsis, a slice, an int, a bool, an array of integers or bools, or a tracer
    of one whose values are not known.
    """
    items = [_item(item) for item in _tuple(index)]
    if sum(item is Ellipsis for item in items) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    return items


def takes_copy(index: Any) -> bool:
    """Return whether an array at this index is a new array: NumPy takes views by slices and integers."""
    return not all(
        item is None
        or item is Ellipsis
        or isinstance(item, slice)
        or (hasattr(item, "__index__") and not isinstance(item, np.ndarray) and _is_number(item))
        for item in _tuple(index)
    )


def is_basic(items: Sequence[Any]) -> bool:
    """Return whether the items take a view: they are neither bools nor arrays."""
    return all(
        item is None or item is Ellipsis or isinstance(item, slice) or type(item) is int
        for item in items
    )


def has_ellipsis(index: Any) -> bool:
    """Return whether an index has an ellipsis, so that NumPy gives an array and no number."""
    return any(item is Ellipsis for item in _tuple(index))


def _tuple(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def _is_number(item: Any) -> bool:
    """Return whether an item is one number, which takes no new axis as a bool does."""
    if isinstance(item, Shaped):
        return not item.shape and item.dtype.kind != "b"
    return not isinstance(item, bool | np.bool_)


def _item(item: Any) -> Any:
    if item is None or item is Ellipsis or isinstance(item, slice):
        return item
    if isinstance(item, str):
        raise IndexError(
            f"an array has no column {item!r}, and a frame is an array here: take x[:, 0], or give the "
            f"columns by name, as {{{item!r}: frame[{item!r}]}}"
        )
    value: Any = _stacked(item) if isinstance(item, list | tuple) and _has_tracer(item) else item
    if isinstance(value, Shaped):
        if value.node.value is None:
            return _checked(value)
        value = value.node.value
    elif not isinstance(value, np.ndarray | bool | np.bool_) and hasattr(value, "__index__"):
        return operator.index(value)
    array = np.asarray(value)
    if array.size == 0 and not isinstance(value, np.ndarray):  # an empty list has no integers
        array = array.astype(np.intp)
    _checked(array)
    if array.ndim:
        return array
    return bool(array) if array.dtype.kind == "b" else int(array)


def _checked(array: Any) -> Any:
    """Return an array of integers or bools; refuse any other."""
    if array.dtype.kind not in "biu":
        raise IndexError(
            "only integers, slices, None, ... and arrays of integers or booleans are indices, "
            f"not {array!r}"
        )
    return array


def _has_tracer(nested: Any) -> bool:
    if isinstance(nested, list | tuple):
        return any(_has_tracer(part) for part in nested)
    return isinstance(nested, Shaped)


def _stacked(nested: Any) -> Any:
    """Return nested lists of numbers and tracers as one array."""
    return np.stack([_stacked(i) for i in nested]) if _has_list(nested) else np.stack(nested)


def _has_list(nested: Sequence[Any]) -> bool:
    return any(isinstance(i, list | tuple) for i in nested)
