"""Operations whose derivative, and perhaps whose computation, is the user's."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np

from miniml.program.batching.vmap import map_batch
from miniml.program.ir.graph import AnyArray, DType, Node, Op, Shape
from miniml.program.ir.kinds import Kind
from miniml.program.rules.axes import Alone, Operand
from miniml.program.trace.tracer import apply, items

Rule: TypeAlias = Callable[..., Sequence[Any]]
"""From the cotangents, the results and the arguments to a gradient, or None, for each argument."""

Compute: TypeAlias = Callable[..., Sequence[AnyArray]]
"""From the arguments' values to the results'."""

_UNKNOWN = 0.25
"""The nanoseconds for an element of a user's function: those of the cheapest operation."""


@attrs.frozen(eq=False)
class Custom(Alone):
    """An operation with the user's rule, which `vmap` maps as it maps any function.

    Attributes:
        name: Its name in the generated source.
        rule: From the cotangents, the results and the arguments to the gradients.
        results: The shape and dtype of each result.
        compute: The user's function. Without it the operation is a mark: its first inputs are the
            results, recorded before, and the arguments follow.
        key: What is equal for calls of the same function with the same other arguments, if known.
    """

    name: str
    rule: Rule
    results: Sequence[tuple[Shape, DType]]
    compute: Compute | None = None
    key: Hashable = None

    @property
    def op(self) -> Op:
        """The operation."""
        mark = self.compute is None
        return Op(
            self.name,
            self.compute or self._given,
            self._infer,
            nanoseconds=0.0 if mark else _UNKNOWN,
            kind=Kind.MARK if mark else Kind.CALLED,
            vjp=self._gradients,
            axes=self,
            several=True,
        )

    def known(self) -> Op:
        """Return the mark that takes the operation's place if its results are known."""
        return attrs.evolve(self, compute=None).op

    def _given(self, *inputs: AnyArray) -> Sequence[AnyArray]:
        return inputs[: len(self.results)]

    def _infer(self, *_: Node) -> Sequence[tuple[Shape, DType]]:
        return self.results

    def _known(self) -> int:
        """Return the number of inputs that are results."""
        return len(self.results) if self.compute is None else 0

    def _gradients(self, g: Sequence[Any], y: Sequence[Any], *inputs: Any) -> Sequence[Any]:
        known = self._known()
        return [*[None] * known, *self.rule(g, y, *inputs[known:])]

    def batched(self, node: Node, operands: Sequence[Operand], count: int) -> Any:  # noqa: ARG002
        """Record it for the batch, with the rule mapped over the batch."""
        results, arguments = operands[: self._known()], operands[self._known() :]
        axes = [None if x.count is None else 0 for x in arguments]
        compute = self.compute

        def rule(*values: Any) -> Any:  # the cotangents, the results and the arguments
            return map_batch(self.rule, values, [0, 0, *axes], 0)

        def compute_all(*arrays: AnyArray) -> list[AnyArray]:
            assert compute is not None
            pairs = list(zip(arrays, axes, strict=True))
            found = [compute(*(x if a is None else x[k] for x, a in pairs)) for k in range(count)]
            return [np.stack(each) for each in zip(*found, strict=True)]

        shapes = [((count, *shape), dtype) for shape, dtype in self.results]
        key = None if self.key is None else (self.key, *axes, count)
        custom = Custom(self.name, rule, shapes, None if compute is None else compute_all, key)
        known = [x.whole(count) for x in results]
        return items(apply(custom.op, *known, *(x.value for x in arguments)))
