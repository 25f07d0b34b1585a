"""Python's operators, each by the ufunc that arrays use for it."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

import numpy as np

Unary: TypeAlias = Callable[[Any], Any]
Binary: TypeAlias = Callable[[Any, Any], Any]


def _one(ufunc: np.ufunc) -> Unary:
    return lambda self: self._operate(ufunc, self)


def _left(ufunc: np.ufunc) -> Binary:
    return lambda self, other: self._operate(ufunc, self, other)


def _right(ufunc: np.ufunc) -> Binary:
    """Return the reflected operator, for a left operand that does not know tracers."""
    return lambda self, other: self._operate(ufunc, other, self)


def _in_place(ufunc: np.ufunc) -> Binary:
    return lambda self, other: self._operate_in_place(ufunc, other)


class Operators:
    """All operators of arrays."""

    __slots__ = ()

    def _operate(self, ufunc: np.ufunc, *values: Any) -> Any:
        raise NotImplementedError

    def _operate_in_place(self, ufunc: np.ufunc, other: Any) -> Any:
        raise NotImplementedError

    __add__: ClassVar[Binary] = _left(np.add)
    __radd__: ClassVar[Binary] = _right(np.add)
    __iadd__: ClassVar[Binary] = _in_place(np.add)
    __sub__: ClassVar[Binary] = _left(np.subtract)
    __rsub__: ClassVar[Binary] = _right(np.subtract)
    __isub__: ClassVar[Binary] = _in_place(np.subtract)
    __mul__: ClassVar[Binary] = _left(np.multiply)
    __rmul__: ClassVar[Binary] = _right(np.multiply)
    __imul__: ClassVar[Binary] = _in_place(np.multiply)
    __truediv__: ClassVar[Binary] = _left(np.true_divide)
    __rtruediv__: ClassVar[Binary] = _right(np.true_divide)
    __itruediv__: ClassVar[Binary] = _in_place(np.true_divide)
    __floordiv__: ClassVar[Binary] = _left(np.floor_divide)
    __rfloordiv__: ClassVar[Binary] = _right(np.floor_divide)
    __ifloordiv__: ClassVar[Binary] = _in_place(np.floor_divide)
    __mod__: ClassVar[Binary] = _left(np.remainder)
    __rmod__: ClassVar[Binary] = _right(np.remainder)
    __imod__: ClassVar[Binary] = _in_place(np.remainder)
    __pow__: ClassVar[Binary] = _left(np.power)
    __rpow__: ClassVar[Binary] = _right(np.power)
    __ipow__: ClassVar[Binary] = _in_place(np.power)
    __matmul__: ClassVar[Binary] = _left(np.matmul)
    __rmatmul__: ClassVar[Binary] = _right(np.matmul)
    __imatmul__: ClassVar[Binary] = _in_place(np.matmul)
    __and__: ClassVar[Binary] = _left(np.bitwise_and)
    __rand__: ClassVar[Binary] = _right(np.bitwise_and)
    __iand__: ClassVar[Binary] = _in_place(np.bitwise_and)
    __or__: ClassVar[Binary] = _left(np.bitwise_or)
    __ror__: ClassVar[Binary] = _right(np.bitwise_or)
    __ior__: ClassVar[Binary] = _in_place(np.bitwise_or)
    __xor__: ClassVar[Binary] = _left(np.bitwise_xor)
    __rxor__: ClassVar[Binary] = _right(np.bitwise_xor)
    __ixor__: ClassVar[Binary] = _in_place(np.bitwise_xor)
    __lshift__: ClassVar[Binary] = _left(np.left_shift)
    __rlshift__: ClassVar[Binary] = _right(np.left_shift)
    __ilshift__: ClassVar[Binary] = _in_place(np.left_shift)
    __rshift__: ClassVar[Binary] = _left(np.right_shift)
    __rrshift__: ClassVar[Binary] = _right(np.right_shift)
    __irshift__: ClassVar[Binary] = _in_place(np.right_shift)
    __lt__: ClassVar[Binary] = _left(np.less)
    __le__: ClassVar[Binary] = _left(np.less_equal)
    __gt__: ClassVar[Binary] = _left(np.greater)
    __ge__: ClassVar[Binary] = _left(np.greater_equal)
    __eq__: ClassVar[Binary] = _left(np.equal)
    __ne__: ClassVar[Binary] = _left(np.not_equal)
    __hash__: ClassVar[None]  # type: ignore[assignment]  # as for arrays
    __neg__: ClassVar[Unary] = _one(np.negative)
    __pos__: ClassVar[Unary] = _one(np.positive)
    __abs__: ClassVar[Unary] = _one(np.absolute)
    __invert__: ClassVar[Unary] = _one(np.invert)
