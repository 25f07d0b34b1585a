"""Checks of arrays and other values that enter a trace."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from miniml.program.ir.graph import AnyArray


def refuse_subclass(array: object) -> None:
    """Refuse masked arrays and matrices, whose operators differ from those of arrays."""
    if any(base.__name__ in {"MaskedArray", "matrix"} for base in type(array).__mro__):
        raise TypeError(
            f"a {type(array).__name__} cannot be traced, since its operators are not those of arrays: "
            "convert it with np.asarray (the mask is lost), and keep the mask as a separate array"
        )


def read_only(array: AnyArray) -> AnyArray:
    """Return a view that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def repeats(array: AnyArray) -> bool:
    """Return whether all elements are the same number, including the sign of zero."""
    first = array.flat[0]
    if first != array.flat[-1] or not (array == first).all():
        return False
    signed = first == 0 and array.dtype.kind == "f"
    return not signed or bool((np.signbit(array) == np.signbit(first)).all())


def contains(value: Any, kind: type[Any]) -> bool:
    """Return whether a value is of a kind, or a list or tuple that contains one, at any depth."""
    if type(value) not in {list, tuple}:
        return isinstance(value, kind)
    parts: Iterable[Any] = value
    return any(contains(part, kind) for part in parts)


def plain_option(option: Any) -> Any:
    """Return an option with Python's numbers in place of NumPy's, as it is written in source."""
    kind: type[Any] = option.__class__
    if kind is tuple:
        return tuple(plain_option(part) for part in option)
    return option.item() if issubclass(kind, np.generic) else option
