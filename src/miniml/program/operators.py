"""Python's operators, each the ufunc that arrays have for it."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Binary: TypeAlias = Callable[[Any, Any], Any]


class Operators:
    """A class with all operators of arrays; in-place ones bind the name again, as for numbers."""

    __slots__ = ()

    def _operate(self, ufunc: np.ufunc, *values: Any) -> Any:
        raise NotImplementedError

    @staticmethod
    def _both(ufunc: np.ufunc) -> tuple[Binary, Binary]:
        """The operator, and the one for a left operand that does not know stand-ins."""
        return (
            lambda self, other: self._operate(ufunc, self, other),
            lambda self, other: self._operate(ufunc, other, self),
        )

    @staticmethod
    def _one(ufunc: np.ufunc) -> Callable[[Any], Any]:
        return lambda self: self._operate(ufunc, self)

    __add__, __radd__ = _both(np.add)
    __sub__, __rsub__ = _both(np.subtract)
    __mul__, __rmul__ = _both(np.multiply)
    __truediv__, __rtruediv__ = _both(np.true_divide)
    __floordiv__, __rfloordiv__ = _both(np.floor_divide)
    __mod__, __rmod__ = _both(np.remainder)
    __pow__, __rpow__ = _both(np.power)
    __matmul__, __rmatmul__ = _both(np.matmul)
    __and__, __rand__ = _both(np.bitwise_and)
    __or__, __ror__ = _both(np.bitwise_or)
    __xor__, __rxor__ = _both(np.bitwise_xor)
    __lshift__, __rlshift__ = _both(np.left_shift)
    __rshift__, __rrshift__ = _both(np.right_shift)
    __lt__, _ = _both(np.less)
    __le__, _ = _both(np.less_equal)
    __gt__, _ = _both(np.greater)
    __ge__, _ = _both(np.greater_equal)
    __eq__, _ = _both(np.equal)
    __ne__, _ = _both(np.not_equal)
    __hash__ = None  # type: ignore[assignment]  # as for arrays
    __neg__ = _one(np.negative)
    __pos__ = _one(np.positive)
    __abs__ = _one(np.absolute)
    __invert__ = _one(np.invert)
