"""Operators that change an array of NumPy in place: `total += x`, where x alone is traced.

NumPy would write into the array. A traced value cannot be written there: the name is bound to a tracer
instead, and the array keeps its values. That is the same if nothing else refers to the array.
"""

import opcode
import sys
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray


def is_operator_call() -> bool:
    """Return whether an operator called the caller's caller (`total += x`), which binds the result again."""
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public API gives the calling instruction
    name = opcode.opname[frame.f_code.co_code[frame.f_lasti]]
    return name.startswith(("BINARY_OP", "INPLACE"))


def references(out: tuple[AnyArray]) -> int:
    """Return how many references there are to the array in a tuple."""
    return sys.getrefcount(out[0])


def references_to_base(array: AnyArray) -> int:
    """Return how many references there are to the array that this is a view of."""
    return sys.getrefcount(array.base)


class _Probe:
    """What NumPy calls as it calls a tracer."""

    def __array_ufunc__(self, ufunc: object, method: str, *inputs: Any, **options: Any) -> Any:
        out = options.pop("out", None)
        return references(out)


class _Holder:
    """An object with an array."""

    def __init__(self, array: Any) -> None:
        self.array: Any = array


def _of_one_name() -> int:
    """Return the references to an array of one name, during `array += x`; Python's versions differ."""
    name: Any = np.zeros(1)
    name += _Probe()
    holder = _Holder(np.zeros(1))
    several: list[Any] = [np.zeros(1)]
    holder.array += _Probe()
    several[0] += _Probe()
    return max(int(name), int(holder.array), int(several[0]))


_OF_ONE_NAME = _of_one_name()
_OF_ONE_VIEW = references_to_base(np.zeros((1, 1))[0])


def refuse_aliases(out: tuple[AnyArray]) -> None:
    """Refuse to change an array that another name, or another view, refers to.

    Raises:
        TraceError: If there is one: it would not change, as it does in NumPy.
        ValueError: If NumPy refuses to write into the array.
    """
    if not out[0].flags.writeable:
        raise ValueError("output array is read-only")
    base = out[0].base
    if references(out) > _OF_ONE_NAME or (
        base is not None and sys.getrefcount(base) > _OF_ONE_VIEW + 1
    ):
        raise TraceError(
            "a traced value cannot be put into an array of NumPy that has another name or view in use, "
            "since that would not change: write total = total + x, or make the array with like=x "
            "(total = np.zeros(3, like=x)), where x is a traced array"
        )
