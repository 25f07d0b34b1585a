"""How operations treat the axes of their inputs, family by family.

A family knows two things. *Batching*: the operation for a batch, which lies along a first axis. It is
recorded in operations that have rules themselves, so that maps nest and have derivatives. *The points'
axis*: that of the result, from those of the inputs. A result has such an axis if each slice along it
needs only the same points of the inputs. It is a partial sum if the operation sums over the points.
Otherwise nothing is known.

Along the axis lie one element for each point, or several side by side if another axis was merged into
that of the points.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs
import numpy as np

from miniml.program.ir.graph import ITEM, STOP_GRADIENT, VARIABLE, Axes, Node, Op, Options, Shape
from miniml.program.trace.tracer import apply, items

UNIFORM: Final = "uniform"
"""The tag of a value that is the same for all points."""

PARTIAL: Final = "partial"
"""The tag of a sum over the points, of which each chunk computes a part."""

AFTER: Final = "after"
"""The tag of a value that needs whole sums: it is computed after the chunks."""

Tag: TypeAlias = int | Literal["uniform", "partial", "after"]
"""The axis along the points, or one of these words."""

InputAxes: TypeAlias = Sequence[int | None]
"""For each input of a node the axis along the points, or None if it is uniform."""


@attrs.frozen
class Operand:
    """An input of an operation.

    Attributes:
        value: One value for the whole batch, or the batch's values along the first axis.
        count: The size of the batch, or None if the value is the same for all of it.
    """

    value: Any
    count: int | None

    @property
    def ndim(self) -> int:
        """The number of axes of one element of the batch."""
        axes: int = self.value.ndim
        return axes if self.count is None else axes - 1

    def aligned(self, ndim: int) -> Any:
        """Return the value with axes of 1, so that elements of fewer axes broadcast as one of them would."""
        if self.count is None or self.ndim >= ndim:
            return self.value
        shape = (self.count, *(1,) * (ndim - self.ndim), *self.value.shape[1:])
        return np.reshape(self.value, shape)

    def whole(self, count: int) -> Any:
        """Return the value repeated for the batch, if it is the same for all of it."""
        if self.count is not None:
            return self.value
        return np.broadcast_to(self.value, (count, *self.value.shape))


Operands: TypeAlias = Sequence[Operand]


@attrs.frozen
class Alone:
    """An operation of which nothing is known: recorded for each element of a batch, never in chunks."""

    one_pass: bool = attrs.field(default=False, kw_only=True)

    def batched(self, node: Node, operands: Operands, count: int) -> Any:
        """Record it once for each element of the batch."""
        found = [
            reapply(node, *(x.value if x.count is None else x.value[k] for x in operands))
            for k in range(count)
        ]
        return [*map(np.stack, zip(*found, strict=True))] if node.op.several else np.stack(found)

    def points(self, node: Node, axes: InputAxes, points: int) -> Tag | None:  # noqa: ARG002
        """Return None: nothing is known."""
        return None

    def narrowed(self, node: Node, axis: int, extent: int) -> Options:
        """Return the options with another extent in their shape, if there is one."""
        options = dict(node.options)
        if "shape" in options:
            options["shape"] = replaced(options["shape"], axis, extent)
        return tuple(options.items())

    def counter(self, node: Node, axes: InputAxes, axis: int | None) -> int | None:  # noqa: ARG002
        """Return None: no input counts points."""
        return None


ALONE: Final = Alone()


@attrs.frozen
class Ruled:
    """An operation with rules that no other has; see `Axes` for what each returns."""

    batched: Callable[[Node, Operands, int], Any]
    points: Callable[[Node, InputAxes, int], Tag | None]
    narrowed: Callable[[Node, int, int], Options] = ALONE.narrowed
    counter: Callable[[Node, InputAxes, int | None], int | None] = ALONE.counter
    one_pass: bool = attrs.field(default=True, kw_only=True)


@attrs.frozen
class Stacked(Alone):
    """An operation on the last axes of its inputs, for all other axes, as NumPy's gufuncs.

    Attributes:
        core: The number of last axes: 0 for elementwise operations, 2 for matrices.
        result: The number of last axes of the result.
        broadcasts: Whether its NumPy code broadcasts the other axes.
    """

    core: int = 0
    result: int = 0
    broadcasts: bool = True
    one_pass: bool = attrs.field(default=True, kw_only=True)

    def batched(self, node: Node, operands: Operands, count: int) -> Any:
        """Record it on the batch as a further leading axis."""
        if not self.broadcasts:
            return reapply(node, *(x.whole(count) for x in operands))
        if node.parts:
            ndim = max(x.ndim for x in operands)
        else:
            ndim = len(node.shape) - self.result + self.core
        return reapply(node, *(x.aligned(ndim) for x in operands))

    def points(self, node: Node, axes: InputAxes, points: int) -> Tag | None:  # noqa: ARG002
        """Return the points' axis, counted from the end: it broadcasts against uniform inputs only."""
        pairs = list(zip(node.inputs, axes, strict=True))
        ends = {len(i.shape) - a for i, a in pairs if a is not None}
        if len(ends) != 1:
            return None
        (end,) = ends
        repeated = [i for i, a in pairs if a is None and len(i.shape) >= end]
        if end <= self.core or any(i.shape[-end] != 1 for i in repeated):
            return None
        loops = len(node.shape) - self.result
        if node.parts:
            loops = max(len(i.shape) for i in node.inputs) - self.core
        return loops + self.core - end


@attrs.frozen
class Along(Alone):
    """An operation along the axis or axes in the option `axis`.

    Attributes:
        gone: Whether the result lacks them.
        adds: Whether the result over all points is the sum of the results over some of them.
    """

    gone: bool = False
    adds: bool = False
    one_pass: bool = attrs.field(default=True, kw_only=True)

    def batched(self, node: Node, operands: Operands, count: int) -> Any:
        """Record it along the axes after the batch's."""
        options = dict(node.options)
        axis: int | Shape = options.pop("axis")
        axis = tuple(a + 1 for a in axis) if isinstance(axis, tuple) else axis + 1
        return apply(node.op, *(x.whole(count) for x in operands), axis=axis, **options)

    def points(self, node: Node, axes: InputAxes, points: int) -> Tag | None:  # noqa: ARG002
        """Return the points' axis, if it is the same in all inputs."""
        option: int | Shape = node.option("axis")
        taken = option if isinstance(option, tuple) else (option,)
        axis = axes[0]
        if axis is None or set(axes) != {axis}:
            return None
        if axis in taken:
            return PARTIAL if self.adds else None
        return axis - sum(a < axis for a in taken) if self.gone else axis


@attrs.frozen
class Item(Alone):
    """One of several results, which all have the same leading axes."""

    one_pass: bool = attrs.field(default=True, kw_only=True)

    def batched(self, node: Node, operands: Operands, count: int) -> Any:  # noqa: ARG002
        """Take it from the batch's results."""
        return reapply(node, operands[0].value)

    def points(self, node: Node, axes: InputAxes, points: int) -> Tag | None:  # noqa: ARG002
        """Return the points' axis of all results."""
        return axes[0]


ELEMENTWISE: Final = Stacked()
ALONG: Final = Along()
REDUCING: Final = Along(gone=True)
SUMMING: Final = Along(gone=True, adds=True)


def axes_of(op: Op) -> Axes:
    """Return how an operation treats axes."""
    if op.axes is not None:
        return op.axes
    if op is ITEM:
        return Item()
    return ELEMENTWISE if op.kind.is_elementwise or op in {VARIABLE, STOP_GRADIENT} else ALONE


def reapply(node: Node, *values: Any) -> Any:
    """Apply the node's operation and options to other inputs; return a list if it has several results."""
    if node.op is ITEM:
        return values[0][node.option("number")]
    found = apply(node.op, *values, **dict(node.options))
    return items(found) if node.op.several else found


def only_axis(axes: InputAxes) -> int:
    """Return the axis of the only input."""
    (axis,) = axes
    assert axis is not None
    return axis


def replaced(shape: Shape, axis: int, extent: int) -> Shape:
    """Return the shape with another extent of one axis."""
    return (*shape[:axis], extent, *shape[axis + 1 :])
