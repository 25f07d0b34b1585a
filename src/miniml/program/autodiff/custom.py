"""Operations whose derivative, and perhaps whose computation, is the user's."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from miniml.program.ir.graph import AnyArray, DType, Node, Op, Shape
from miniml.program.ir.kinds import Kind
from miniml.program.trace.tracer import Tracer

Vjp: TypeAlias = Callable[..., Sequence[Any]]
"""From the cotangent, the result and the arguments to a gradient, or None, for each argument."""

Compute: TypeAlias = Callable[..., Any]
"""From the arguments' values to the result's."""


_UNKNOWN = 0.25
"""Nanoseconds an element of the user's functions: they count as the cheapest operation."""


class Custom:
    """The reverse-mode rule of an operation on some arguments: see `Op.vjp`.

    Without `compute` the operation is a mark: its first input is the result, traced before, and
    the arguments come after it.
    """

    def __init__(
        self, name: str, vjp: Vjp, shape: Shape, dtype: DType, compute: Compute | None = None
    ) -> None:
        self.name = name
        self.vjp = vjp
        self.shape = shape
        self.dtype = dtype
        self.compute = compute

    def known(self) -> "Custom":
        """The mark that takes the place of the operation where its result is known."""
        return Custom(self.name, self.vjp, self.shape, self.dtype)

    @property
    def op(self) -> Op:
        """The operation."""
        if self.compute is None:
            return Op(self.name, _first, self._infer, kind=Kind.MARK, vjp=self, nanoseconds=0.0)
        return Op(
            self.name, self.compute, self._infer, kind=Kind.CALLED, vjp=self, nanoseconds=_UNKNOWN
        )

    def arguments(self, inputs: Sequence[Any]) -> Sequence[Any]:
        """The arguments among the operation's inputs."""
        return inputs[1:] if self.compute is None else inputs

    def _infer(self, *_: Node) -> tuple[Shape, DType]:
        return self.shape, self.dtype

    def __call__(self, position: int, g: Tracer, y: Tracer, *inputs: Tracer) -> Any:
        """Give the gradient by an input."""
        arguments = self.arguments(inputs)
        number = position - (len(inputs) - len(arguments))
        if number < 0:
            return None
        key = (self, g.node, y.node)
        if key not in g.graph.derived:
            g.graph.derived[key] = self.vjp(g, y, *arguments)
        return g.graph.derived[key][number]

    def mapped(self, vjp: Vjp, axes: Sequence[int | None], count: int) -> "Custom":
        """The operation for many examples, which lie along the first axis of some arguments.

        Args:
            vjp: The rule for all examples.
            axes: For each argument 0, or None where it is the same for all.
            count: The number of examples.
        """
        one = self.compute

        def every(*arguments: AnyArray) -> AnyArray:
            assert one is not None
            pairs = list(zip(arguments, axes, strict=True))
            return np.stack(
                [one(*(x if a is None else x[k] for x, a in pairs)) for k in range(count)]
            )

        compute = None if one is None else every
        return Custom(self.name, vjp, (count, *self.shape), self.dtype, compute)


def custom_of(node: Node) -> Custom | None:
    """What the user said of the node's operation, if it is of the user's."""
    return node.op.vjp if isinstance(node.op.vjp, Custom) else None


def _first(x: Any, *_: Any) -> Any:
    return x
