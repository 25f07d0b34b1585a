"""Calls of functions that have a rule: the arguments and the value as lists of traced leaves."""

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.autodiff.trees import dtype_of, is_sequence
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import STOP_GRADIENT, VARIABLE, DType, Shape
from miniml.program.ir.numeric import check_numeric
from miniml.program.ir.walk import ancestors
from miniml.program.trace.active import current
from miniml.program.trace.tracer import Tracer, lift
from miniml.tree import Structure, tree_flatten, tree_leaves, tree_unflatten


def traced_leaves(tree: Any) -> list[Tracer]:
    """Return the leaves of a tree that are traced, in order."""
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tracer)]


def refuse_others(values: Iterable[Tracer]) -> None:
    """Refuse values of arguments whose gradients are stopped, if others have gradients."""
    nodes = [value.node for value in values]
    for node in ancestors(nodes, lambda n: () if n.op is STOP_GRADIENT else n.inputs):
        if node.op is VARIABLE:
            raise TraceError(
                "a function with a custom rule uses a traced value that is not among its "
                "arguments, and would lose its gradient: pass it as an argument"
            )


@attrs.frozen
class _TracedLeaf:
    """The type, shape and dtype of a traced leaf; it does not keep the trace alive."""

    weak: Weak
    shape: Shape
    dtype: DType

    @classmethod
    def of(cls, leaf: Any) -> "_TracedLeaf":
        """Describe a leaf."""
        number = isinstance(leaf, float) and not isinstance(leaf, np.generic)
        weak = leaf.weak if isinstance(leaf, Tracer) else float if number else None
        return cls(weak, np.shape(leaf), dtype_of(leaf))

    def typed(self, value: Any) -> Any:
        """Return a value of the leaf, as a Python number if the leaf is one."""
        if isinstance(value, Tracer):
            return Tracer(value.graph, value.node, self.weak)
        return value if self.weak is None else self.weak(value)


class FlatArgs:
    """The arguments of a call, with gaps for the leaves that are traced."""

    def __init__(self, args: Sequence[Any]) -> None:
        self._flat: list[tuple[list[Any], Structure[Any]]] = []
        for arg in args:
            leaves, structure = tree_flatten(arg)
            gaps = [_TracedLeaf.of(x) if isinstance(x, Tracer) else x for x in leaves]
            self._flat.append((gaps, structure))

    def filled(self, values: Iterable[Any]) -> list[Any]:
        """Return the arguments with these values in the gaps."""
        these = iter(values)

        def fill(leaf: Any) -> Any:
            return leaf.typed(next(these)) if isinstance(leaf, _TracedLeaf) else leaf

        return [tree_unflatten(shape, list(map(fill, leaves))) for leaves, shape in self._flat]

    def gradients(self, found: Any, keywords: Iterable[str] = ()) -> list[Any]:
        """Return the gradient by each traced leaf, or None, from what a rule returned.

        Args:
            found: What the rule returned.
            keywords: The names of the other arguments of the call, for the errors.
        """
        count = len(self._flat)
        names = ", ".join(keywords)
        hint = f" (arguments passed by keyword, here {names}, get no gradient)" if names else ""
        if count > 1 and not (is_sequence(found) and len(found) == count):
            raise TraceError(
                f"bwd of custom_vjp must return a tuple of {count}, a gradient or None for each "
                f"argument, and returned {found!r}{hint}"
            )
        by_argument: list[Any] = [found] if count == 1 else list(found)
        gradients: list[Any] = []
        for number, (gradient, flat) in enumerate(zip(by_argument, self._flat, strict=True)):
            leaves, structure = flat
            new, shape = tree_flatten(gradient)
            if gradient is None:
                new = [None] * len(leaves)
            elif shape != structure:
                raise TraceError(
                    f"bwd of custom_vjp returned for argument {number} a gradient of structure "
                    f"{shape}, and the argument is {structure}: they must be the same{hint}"
                )
            pairs = zip(leaves, new, strict=True)
            gradients += [_fit(g, x, number) for x, g in pairs if isinstance(x, _TracedLeaf)]
        return gradients


class FlatValue:
    """The structure of a function's value, and the types, shapes and dtypes of its leaves."""

    def __init__(self, value: Any) -> None:
        leaves, self._structure = tree_flatten(value)
        for leaf in leaves or [None]:
            if leaf is None or dtype_of(leaf).kind != "f":
                raise TraceError(
                    f"a function with a custom rule must return floats, and returned {value!r}"
                )
        self._leaves = list(map(_TracedLeaf.of, leaves))
        self.results: list[tuple[Shape, DType]] = [
            (leaf.shape, leaf.dtype) for leaf in self._leaves
        ]

    def leaves(self, value: Any, function: str, model: str) -> list[Any]:
        """Return the leaves of a value; raise if its structure or shapes differ from this value's.

        Args:
            value: What a function returned.
            function: The function, for the error.
            model: Where this value is from, for the error.
        """
        leaves, structure = tree_flatten(value)
        shapes, wanted = [[*map(np.shape, leaves)], [shape for shape, _ in self.results]]
        if structure != self._structure or shapes != wanted:
            raise ValueError(
                f"{function} returned {structure} of shapes {shapes}, and {model} "
                f"{self._structure} of shapes {wanted}: they must be the same"
            )
        for leaf in leaves:
            check_numeric(dtype_of(leaf))
        return leaves

    def tree(self, leaves: Iterable[Any]) -> Any:
        """Return a value with these leaves."""
        typed = [x.typed(leaf) for x, leaf in zip(self._leaves, leaves, strict=True)]
        return tree_unflatten(self._structure, typed)


def _fit(gradient: Any, leaf: _TracedLeaf, number: int) -> Any:
    """Return a gradient by a leaf, whose shape it must have."""
    if gradient is None or leaf.dtype.kind != "f":
        return None
    if np.shape(gradient) != leaf.shape:
        raise TraceError(
            f"bwd of custom_vjp returned for argument {number} a gradient of shape "
            f"{np.shape(gradient)}, and the argument has the shape {leaf.shape}: they must be the same"
        )
    return lift(current(), gradient)
