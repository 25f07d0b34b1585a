"""What is known of a stand-in's array before it has values."""

from typing import Self

from miniml.program.ir.graph import DType, Node, Shape


class Shaped:
    """A class with the attributes of an array that its node tells."""

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
        """Where the elements are, as NumPy says it."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: object = None) -> Self:
        """The array itself: there is no other device."""
        if device != "cpu" or stream is not None:
            raise ValueError(f"there is no device but 'cpu', not {device!r}")
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]
