"""The attributes of an array that are known before its values."""

from typing import Self

from miniml.program.ir.graph import DType, Node, Shape


class Shaped:
    """The attributes of an array that its node knows."""

    __slots__ = ()

    node: Node

    @property
    def shape(self) -> Shape:
        """The extents of the axes."""
        return self.node.shape

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        return self.node.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.node.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.node.size

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self.size * self.dtype.itemsize

    @property
    def device(self) -> str:
        """The device of the elements, by NumPy's name for it."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: object = None) -> Self:
        """Return the array itself: there is no other device."""
        if device != "cpu" or stream is not None:
            raise ValueError(f"device is {device!r}: the only device is 'cpu'")
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]
