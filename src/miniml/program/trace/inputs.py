"""Checks of arrays that enter a trace."""

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
