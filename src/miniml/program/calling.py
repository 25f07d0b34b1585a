"""Calls of functions that have a rule of their own: trees of arguments, and of what comes out."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from miniml.program.errors import TraceError
from miniml.program.gradient import current, dtype_of, is_sequence
from miniml.program.graph import ALIAS, ancestors
from miniml.program.tracer import Tracer, lift
from miniml.tree import tree_flatten, tree_unflatten


class Arguments:
    """The arguments of a call, and the traced ones among their leaves."""

    def __init__(self, args: Sequence[Any]) -> None:
        self._parts = [tree_flatten(arg) for arg in args]
        leaves = itertools.chain.from_iterable(leaves for leaves, _ in self._parts)
        self.traced = [leaf for leaf in leaves if isinstance(leaf, Tracer)]

    def of(self, values: Iterable[Any]) -> list[Any]:
        """The arguments with other values in place of those that are traced."""
        these = iter(values)

        def put(leaf: Any) -> Any:
            if not isinstance(leaf, Tracer):
                return leaf
            value = next(these)
            if isinstance(value, Tracer):
                return Tracer(value.graph, value.node, leaf.weak)
            return value if leaf.weak is None else leaf.weak(value)

        return [tree_unflatten(shape, list(map(put, leaves))) for leaves, shape in self._parts]

    def refuse_others(self, value: Tracer) -> None:
        """Refuse a value that depends on what has a gradient, but is no argument."""
        known = {leaf.node for leaf in self.traced}
        order = ancestors([value.node], lambda node: () if node in known else node.inputs)
        if any(node.op is ALIAS and node not in known for node in order):
            raise TraceError(
                "a function with a rule of its own uses a traced value that is not among its "
                "arguments, and would lose its gradient: pass it as an argument"
            )

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
                if isinstance(leaf, Tracer):
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
        self._weak = [leaf.weak if isinstance(leaf, Tracer) else None for leaf in leaves]
        self._ends = [0, *itertools.accumulate(map(math.prod, self._shapes))]
        self.dtype = np.result_type(*self._dtypes)
        self.shape = self._shapes[0] if len(leaves) == 1 else (self._ends[-1],)

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


def _fitting(gradient: Any, leaf: Tracer, number: int) -> Any:
    """A gradient by a leaf, which has its shape."""
    if gradient is None or leaf.dtype.kind != "f":
        return None
    if np.shape(gradient) != leaf.shape:
        raise TraceError(
            f"the rule of custom_vjp returned for argument {number} a gradient of shape "
            f"{np.shape(gradient)}, and the argument has the shape {leaf.shape}: they must be the same"
        )
    return lift(current(), gradient)
