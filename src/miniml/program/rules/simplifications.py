"""Simplifications of arithmetic, as it is recorded: neutral elements, signs, factors; see `Op.rewrite`."""

from collections.abc import Sequence

import numpy as np

from miniml.program.ir.graph import CONSTANT, AnyArray, Graph, Node, Options, Rewrite, broadcast
from miniml.program.rules.moving import is_scalar
from miniml.program.trace.registry import UFUNCS


def neutral(value: float, *, either: bool = False) -> Rewrite:
    """Return the simplification for a neutral second operand, or for either one."""

    def rewrite(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
        a, b = inputs
        if a.dtype != b.dtype:
            return None
        shape = broadcast(a.shape, b.shape)
        if a.shape == shape and is_scalar(b, value):
            return a
        return b if either and b.shape == shape and is_scalar(a, value) else None

    return rewrite


_times_one = neutral(1, either=True)
_to_one = neutral(1)


def multiplied(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Simplify `x * 1`, and signs and factors in products."""
    a, b = inputs
    if a.dtype != b.dtype:
        return None
    return _times_one(graph, inputs, options) or _signs(graph, a, b) or _factors(graph, a, b)


def power(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Simplify `x ** 1` and `x ** 2`."""
    a, b = inputs
    same = a.dtype == b.dtype and a.shape == broadcast(a.shape, b.shape)
    if same and is_scalar(b, 2):
        return graph.apply(UFUNCS["square"], [a])
    return _to_one(graph, inputs, options)


def negated(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Simplify `-(-x)`."""
    (x,) = inputs
    return x.inputs[0] if x.op is UFUNCS["negative"] else None


def square(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Simplify `square(absolute(x))`, as in norms of numbers that may be complex."""
    (x,) = inputs
    return graph.apply(UFUNCS["square"], x.inputs) if x.op is UFUNCS["absolute"] else None


def _signs(graph: Graph, a: Node, b: Node) -> Node | None:
    """Return `-x * -y` without signs, and `c * -x` with the sign in the constant."""
    negative, multiply = UFUNCS["negative"], UFUNCS["multiply"]
    if a.op is negative and b.op is negative:
        return graph.apply(multiply, [a.inputs[0], b.inputs[0]])
    for this, other in ((a, b), (b, a)):
        if this.op is CONSTANT and other.op is negative:
            return graph.apply(multiply, [graph.apply(negative, [this]), other.inputs[0]])
    return None


def _factors(graph: Graph, a: Node, b: Node) -> Node | None:
    """Return `c * (d * x)` as `(c * d) * x` if c or d is a power of two, which rounds nothing."""
    multiply = UFUNCS["multiply"]
    for outer, product in ((a, b), (b, a)):
        if product.op is multiply and _is_number(outer):
            for inner, x in (product.inputs, product.inputs[::-1]):
                if _is_number(inner):
                    factor = _exact_product(outer, inner)
                    if factor is not None:
                        return graph.apply(multiply, [graph.constant(factor), x])
    return None


def _is_number(node: Node) -> bool:
    return node.op is CONSTANT and node.shape == () and node.dtype.kind == "f"


def _exact_product(a: Node, b: Node) -> AnyArray | None:
    """Return the product of two numbers if it is exact: if one is a power of two."""
    assert a.value is not None
    assert b.value is not None
    with np.errstate(over="ignore", under="ignore"):
        product = np.asarray(a.value * b.value)
    exact = 0.5 in (abs(np.frexp(a.value)[0]), abs(np.frexp(b.value)[0]))
    normal = np.isfinite(product) and abs(product) >= np.finfo(product.dtype).tiny
    return product if exact and normal else None
