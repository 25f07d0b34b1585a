"""Differences of the eigenvalues or singular values of a matrix, which decide how its vectors turn.

If two values are equal, their vectors are determined only together. A derivative that depends on how
one of them turns towards the other is unknown, and NaN. `turning_together` finds where it does not.
"""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Container, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.ir.dtypes import CAST
from miniml.program.ir.graph import CONSTANT, AnyArray, DType, Node, Shape
from miniml.program.rules.axes import Stacked
from miniml.program.rules.define import Primitive, primitive
from miniml.program.rules.indexing import get_slice_p, put_slice_p
from miniml.program.rules.moving import BROADCAST, TRANSPOSE
from miniml.program.trace.registry import UFUNCS


def _rounding(values: Any, xp: Any = np) -> Any:
    """Return how far apart two values may be that are equal but for rounding."""
    factor = max(16.0, 4.0 * values.shape[-1] ** 0.5) * float(np.finfo(values.dtype).eps)
    return factor * xp.max(xp.abs(values), -1, keepdims=True, initial=0.0)


def _inverse_gaps(values: AnyArray, sign: int, groups: Shape) -> AnyArray:
    gaps = values[..., None, :] + sign * values[..., :, None]
    count = gaps.shape[-1]
    each = np.arange(count)
    gaps[..., each, each] = np.inf
    lost = np.abs(gaps) <= _rounding(values)[..., None]
    if lost.any():
        group = np.broadcast_to(groups, (count,)) if groups else each
        held = group[:, None] == group
        gaps[lost & held] = np.inf
        gaps[lost & ~held] = np.nan
    return np.asarray(1.0 / gaps, values.dtype)


def _jax_inverse_gaps(jnp: Any, values: Any, sign: int, groups: Shape) -> Any:
    count = values.shape[-1]
    group = np.broadcast_to(groups, (count,)) if groups else np.arange(count)
    gaps = values[..., None, :] + sign * values[..., :, None]
    lost = jnp.abs(gaps) <= _rounding(values, jnp)[..., None]
    replaced = jnp.where(group[:, None] == group, jnp.inf, jnp.nan)
    found = 1.0 / jnp.where(lost, replaced, gaps)
    return jnp.where(np.eye(count, dtype=bool), 0.0, found).astype(values.dtype)


def _inverse_gaps_vjp(i: int, g: Any, y: Any, values: Any, *, sign: int, groups: Shape) -> Any:
    slopes = -g * np.square(y)
    return np.sum(slopes, -2) + sign * np.sum(slopes, -1)


def _infer(values: Node, **_: Any) -> tuple[Shape, DType]:
    return (*values.shape, values.shape[-1]), values.dtype


inverse_gaps_p: Primitive = primitive(
    "inverse_gaps",  # 1 / (w_j - w_i), or + for the sign 1; 0 on the diagonal
    _inverse_gaps,
    infer=_infer,
    vjp=_inverse_gaps_vjp,
    axes=Stacked(1, 2),
    nanoseconds=5.0,
    jax=_jax_inverse_gaps,
)


def _inverse_values(values: AnyArray, unused: Shape) -> AnyArray:
    lost = values <= _rounding(values)
    if lost.any():
        values = np.where(lost, np.nan, values)
        values[..., unused] = np.inf
    return np.asarray(1.0 / values)


def _jax_inverse_values(jnp: Any, values: Any, unused: Shape) -> Any:
    replaced = np.full(values.shape[-1:], np.nan)
    replaced[[*unused]] = np.inf
    found = 1.0 / jnp.where(values <= _rounding(values, jnp), replaced, values)
    return found.astype(values.dtype)


inverse_values_p: Primitive = primitive(
    "inverse_values",  # 1 / s, or NaN where s is 0 but for rounding; 0 where it is unused
    _inverse_values,
    infer=lambda values, unused: (values.shape, values.dtype),
    vjp=lambda i, g, y, values, unused: -g * np.square(y),
    axes=Stacked(1, 1),
    nanoseconds=2.0,
    jax=_jax_inverse_values,
)


def turning_together(*gradients: Any, vectors: Sequence[Any] = ()) -> Shape:
    """Return groups of vectors: of how those of one group turn towards each other the loss is independent.

    It has no part of either (as `v[:, 0]` has none of `v[:, 1]`), or it is a function of products that
    are the same for turned vectors, as `v @ v.T` and `u @ v.T`. Both is read off the gradients' graph.

    Args:
        gradients: Those by the vectors, which are columns.
        vectors: All vectors that turn together.

    Returns:
        A number for each vector, that of its group; () if each is a group, (0,) if all are one.
    """
    count = gradients[0].shape[-1]
    if not count:
        return ()
    turning = _Turning({x.node for x in vectors}, count)
    together = np.all([turning.pairs(g.node, -1) for g in gradients], 0) | np.eye(count, dtype=bool)
    first = np.argmax(together, 1)
    return () if np.all(np.diff(first)) else tuple(first.tolist()) if np.any(first) else (0,)


def unused_columns(g: Any) -> Shape:
    """Return the columns of a gradient that are 0 whatever the values."""
    zeros = _Turning((), g.shape[-1]).zeros(g.node, -1)
    return tuple(np.flatnonzero(zeros).tolist())


@attrs.frozen
class _Turning:
    """How nodes vary if vectors turn.

    Attributes:
        vectors: The nodes of the vectors.
        count: Their number.
    """

    vectors: Container[Node]
    count: int

    def pairs(self, node: Node, axis: int) -> AnyArray:
        """Return for each pair whether the gradient has no part of it, or one that turns with it."""
        if self.columns(node, axis) == (*range(self.count),):
            return np.ones((self.count, self.count), bool)
        if node.op in _SUMS:
            return self.pairs(node.inputs[0], axis) & self.pairs(node.inputs[1], axis)
        inner = _same_columns(node, axis)
        if inner is not None:
            return self.pairs(*inner)
        zero = self.zeros(node, axis)
        found: AnyArray = zero[:, None] & zero
        if node.op is put_slice_p.op:
            placed = _placed(node, axis)
            if placed == self.columns(node.inputs[0], axis):
                found[np.ix_(placed, placed)] = True
        return found

    def columns(self, node: Node, axis: int) -> tuple[int, ...] | None:
        """Return the vectors that these are, but for a product from the other side, or None."""
        if node in self.vectors:
            return (*range(self.count),) if axis == -1 else None
        if node.op is get_slice_p.op:
            whole = self.columns(node.inputs[0], axis)
            if whole is None or len(node.shape) != len(node.inputs[0].shape):
                return None
            return tuple(whole[k] for k in _placed(node, axis)) if _only(node, axis) else None
        if node.op is UFUNCS["matmul"] and min(len(i.shape) for i in node.inputs) >= 2:
            return self.columns(node.inputs[1 if axis == -1 else 0], axis)
        if node.op in _SUMS:
            found = {self.columns(i, axis) for i in node.inputs}
            return found.pop() if len(found) == 1 else None
        inner = _same_columns(node, axis)
        return None if inner is None else self.columns(*inner)

    def zeros(self, node: Node, axis: int) -> AnyArray:
        """Return for each column whether it is 0 whatever the values."""
        found = np.zeros(self.count, bool)
        if len(node.shape) < -axis or node.shape[axis] != self.count:
            return found
        if node.op is put_slice_p.op:
            found[:] = True
            found[[*_placed(node, axis)]] = False
        elif node.op is CONSTANT and node.value is not None:
            others = tuple(k for k in range(node.value.ndim) if k != node.value.ndim + axis)
            found |= ~np.any(node.value, others)
        elif node.op in _SUMS:
            found |= self.zeros(node.inputs[0], axis) & self.zeros(node.inputs[1], axis)
        elif node.op is UFUNCS["multiply"]:
            found |= self.zeros(node.inputs[0], axis) | self.zeros(node.inputs[1], axis)
        elif node.op is UFUNCS["matmul"] and min(len(i.shape) for i in node.inputs) >= 2:
            found |= self.zeros(node.inputs[1 if axis == -1 else 0], axis)
        else:
            inner = _same_columns(node, axis)
            found |= False if inner is None else self.zeros(*inner)
        return found


_SUMS = frozenset({UFUNCS["add"], UFUNCS["subtract"]})


def _same_columns(node: Node, axis: int) -> tuple[Node, int] | None:
    """Return the input that the node is but for its sign, dtype, axes or one factor for all columns."""
    if node.op in {UFUNCS["negative"], CAST}:
        return node.inputs[0], axis
    if node.op is TRANSPOSE:
        axes: Shape = node.option("axes")
        at = axes[axis] - len(axes)
        return (node.inputs[0], at) if at >= -2 else None
    if node.op is UFUNCS["multiply"]:
        for factor, x in (node.inputs, node.inputs[::-1]):
            inner = factor.inputs[0] if factor.op is BROADCAST else factor
            uniform = len(inner.shape) < -axis or inner.shape[axis] == 1
            if uniform and x.shape == node.shape:
                return x, axis
    return None


def _placed(node: Node, axis: int) -> tuple[int, ...]:
    """Return the columns that a slice takes or fills."""
    place = node.option("places")[axis]
    extent = (node if node.op is put_slice_p.op else node.inputs[0]).shape[axis]
    return (*range(extent)[slice(*place)],) if isinstance(place, tuple) else (place,)


def _only(node: Node, axis: int) -> bool:
    """Return whether a slice takes all of the other axes."""
    places, shape = node.option("places"), node.inputs[0].shape
    kept = len(places) + axis
    return all(
        k == kept or p == (0, n, 1) for k, (p, n) in enumerate(zip(places, shape, strict=True))
    )
