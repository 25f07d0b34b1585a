"""Calls of functions that have a rule of their own: trees of arguments, and of what comes out."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.autodiff.trees import current, dtype_of, is_sequence
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import ALIAS, STOP_GRADIENT, DType, Shape, ancestors
from miniml.program.trace.tracer import Tracer, lift
from miniml.tree import Structure, tree_flatten, tree_leaves, tree_unflatten


def traced_leaves(args: Sequence[Any]) -> list[Tracer]:
    """What is traced among a call's arguments, in order."""
    return [leaf for leaf in tree_leaves(list(args)) if isinstance(leaf, Tracer)]


def refuse_others(value: Tracer) -> None:
    """Refuse a value of arguments whose gradients are stopped, if others have gradients."""
    for node in ancestors([value.node], lambda n: () if n.op is STOP_GRADIENT else n.inputs):
        if node.op is ALIAS:
            raise TraceError(
                "a function with a rule of its own uses a traced value that is not among its "
                "arguments, and would lose its gradient: pass it as an argument"
            )


@attrs.frozen
class _TracedLeaf:
    """Where a traced leaf goes; it keeps no trace alive."""

    weak: Weak
    shape: Shape
    dtype: DType


class FlatArgs:
    """The arguments of a call, with places for those of their leaves that are traced."""

    def __init__(self, args: Sequence[Any]) -> None:
        self._parts: list[tuple[list[Any], Structure[Any]]] = []
        for arg in args:
            leaves, structure = tree_flatten(arg)
            places = [
                _TracedLeaf(x.weak, x.shape, x.dtype) if isinstance(x, Tracer) else x
                for x in leaves
            ]
            self._parts.append((places, structure))

    def of(self, values: Iterable[Any]) -> list[Any]:
        """The arguments with these values in the places of those that are traced."""
        these = iter(values)

        def put(leaf: Any) -> Any:
            if not isinstance(leaf, _TracedLeaf):
                return leaf
            value = next(these)
            if isinstance(value, Tracer):
                return Tracer(value.graph, value.node, leaf.weak)
            return value if leaf.weak is None else leaf.weak(value)

        return [tree_unflatten(shape, list(map(put, leaves))) for leaves, shape in self._parts]

    def gradients(self, found: Any) -> list[Any]:
        """What a rule gave, for each traced leaf, or None."""
        count = len(self._parts)
        if count > 1 and not (is_sequence(found) and len(found) == count):
            raise TraceError(
                f"the rule of custom_vjp must return a tuple of {count}, a gradient or None for "
                f"each argument, and returned {found!r}"
            )
        by_argument: list[Any] = [found] if count == 1 else list(found)
        gradients: list[Any] = []
        for number, part in enumerate(by_argument):
            leaves, structure = self._parts[number]
            new, shape = tree_flatten(part)
            if part is None:
                new = [None] * len(leaves)
            elif shape != structure:
                raise TraceError(
                    f"the rule of custom_vjp returned for argument {number} a gradient of "
                    f"structure {shape}, and the argument is {structure}: they must be the same"
                )
            for leaf, gradient in zip(leaves, new, strict=True):
                if isinstance(leaf, _TracedLeaf):
                    gradients.append(_fitting(gradient, leaf, number))
        return gradients


class Values:
    """What values of a function are like; where they have several leaves, these lie in one array."""

    def __init__(self, value: Any) -> None:
        leaves, self._structure = tree_flatten(value)
        for leaf in leaves or [None]:
            if leaf is None or dtype_of(leaf).kind != "f":
                raise TraceError(
                    f"a function with a rule of its own must return floats, and returned {value!r}"
                )
        self._shapes = list(map(np.shape, leaves))
        self._dtypes = list(map(dtype_of, leaves))
        self._weak = [leaf.weak if isinstance(leaf, Tracer) else _weak(leaf) for leaf in leaves]
        self._ends = [0, *itertools.accumulate(map(math.prod, self._shapes))]
        self.dtype: DType = np.result_type(*self._dtypes)
        self.shape: Shape = self._shapes[0] if len(leaves) == 1 else (self._ends[-1],)

    def packed(self, value: Any) -> Any:
        """A value like this one as one array."""
        leaves, structure = tree_flatten(value)
        shapes = list(map(np.shape, leaves))
        if structure != self._structure or shapes != self._shapes:
            raise ValueError(
                f"a function gave {structure} of shapes {shapes}, and its `like` "
                f"{self._structure} of shapes {self._shapes}: they must be the same"
            )
        if len(leaves) == 1:
            return leaves[0]
        return np.concatenate([np.reshape(leaf, -1) for leaf in leaves])

    def parted(self, whole: Tracer) -> Any:
        """The value that lies in an array."""
        parts: list[Any] = [whole]
        if len(self._shapes) > 1:
            slices = (whole[a:b] for a, b in itertools.pairwise(self._ends))
            parts = [
                np.reshape(part, shape).astype(dtype)
                for part, shape, dtype in zip(slices, self._shapes, self._dtypes, strict=True)
            ]
        typed = [Tracer(x.graph, x.node, w) for x, w in zip(parts, self._weak, strict=True)]
        return tree_unflatten(self._structure, typed)


def _weak(number: Any) -> Weak:
    return float if isinstance(number, float) and not isinstance(number, np.generic) else None


def _fitting(gradient: Any, leaf: _TracedLeaf, number: int) -> Any:
    """A gradient by a leaf, which has its shape."""
    if gradient is None or leaf.dtype.kind != "f":
        return None
    if np.shape(gradient) != leaf.shape:
        raise TraceError(
            f"the rule of custom_vjp returned for argument {number} a gradient of shape "
            f"{np.shape(gradient)}, and the argument has the shape {leaf.shape}: they must be the same"
        )
    return lift(current(), gradient)
