"""Rewrites to simpler operations: neutral elements, views of views, broadcasts that need not happen."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np

from miniml.program.graph import (
    CONSTANT,
    INPUT,
    REWRITES,
    AnyArray,
    Graph,
    Node,
    Op,
    Options,
    ancestors,
    broadcast,
)
from miniml.program.registry import UFUNCS
from miniml.program.rules.reductions import reduce_sum
from miniml.program.rules.shaping import record_broadcast, record_reshape, record_transpose
from miniml.program.slices import CONCATENATE, join

Rewrite: TypeAlias = Callable[[Graph, Sequence[Node], Options], Node | None]
BROADCAST, RESHAPE, TRANSPOSE = record_broadcast.op, record_reshape.op, record_transpose.op


def is_scalar(node: Node, value: float) -> bool:
    """Whether the node is that constant, the same in every element."""
    if node.op is BROADCAST:
        node = node.inputs[0]
    return node.value is not None and node.op is CONSTANT and node.size == 1 and node.value == value


def narrow(graph: Graph, inputs: Sequence[Node]) -> list[Node]:
    """Elementwise inputs without the broadcasts that the other inputs bring about anyway."""
    shape = broadcast(*(i.shape for i in inputs))
    narrowed = list(inputs)
    for position, node in enumerate(inputs):
        if node.op is BROADCAST:
            shorter = node.inputs[0]
            trial = [*narrowed[:position], shorter, *narrowed[position + 1 :]]
            if broadcast(*(i.shape for i in trial)) == shape:
                narrowed = trial
    return narrowed


_NEUTRAL = {"add": 0, "subtract": 0, "multiply": 1, "divide": 1, "power": 1}
"""What leaves the first operand as it is."""


def _arithmetic(name: str, graph: Graph, inputs: Sequence[Node]) -> Node | None:
    """`x + 0`, `x - 0`, `x * 1`, `x / 1`, `x ** 1`, `x ** 2`, and signs in products."""
    if name not in _NEUTRAL or inputs[0].dtype != inputs[1].dtype:
        return None
    a, b = inputs
    shape = broadcast(a.shape, b.shape)
    if a.shape == shape and is_scalar(b, _NEUTRAL[name]):
        return a
    if name in {"add", "multiply"} and b.shape == shape and is_scalar(a, _NEUTRAL[name]):
        return b
    if name == "multiply":
        return _signs(graph, a, b) or _factors(graph, a, b)
    if name == "power" and a.shape == shape and is_scalar(b, 2):
        return graph.apply(UFUNCS["square"], [a])
    return None


def _signs(graph: Graph, a: Node, b: Node) -> Node | None:
    """`-x * -y` without signs; `c * -x` with the sign in the constant."""
    negative, multiply = UFUNCS["negative"], UFUNCS["multiply"]
    if a.op is negative and b.op is negative:
        return graph.apply(multiply, [a.inputs[0], b.inputs[0]])
    for this, other in ((a, b), (b, a)):
        if this.op is CONSTANT and other.op is negative:
            return graph.apply(multiply, [graph.apply(negative, [this]), other.inputs[0]])
    return None


def _factors(graph: Graph, a: Node, b: Node) -> Node | None:
    """`c * (d * x)` as `(c * d) * x` where c or d is a power of two, by which nothing is rounded."""
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
    """The product of two numbers, if it is not rounded: if one is a power of two."""
    assert a.value is not None
    assert b.value is not None
    with np.errstate(over="ignore", under="ignore"):
        product = np.asarray(a.value * b.value)
    exact = 0.5 in (abs(np.frexp(a.value)[0]), abs(np.frexp(b.value)[0]))
    normal = np.isfinite(product) and abs(product) >= np.finfo(product.dtype).tiny
    return product if exact and normal else None


def _elementwise(op: Op) -> Rewrite:
    def rewrite(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
        simpler = _arithmetic(op.name, graph, inputs)
        if simpler is not None:
            return simpler
        if all(i.op is BROADCAST and i.inputs[0].size == 1 for i in inputs):
            shape = broadcast(*(i.shape for i in inputs))
            small = graph.apply(op, [scalar(graph, i.inputs[0]) for i in inputs], options)
            return graph.apply(BROADCAST, [small], (("shape", shape),))
        narrowed = narrow(graph, inputs)
        if narrowed != list(inputs):
            return graph.apply(op, narrowed, options)
        return None

    return rewrite


def scalar(graph: Graph, node: Node) -> Node:
    """A node of one element as a node of no axes."""
    return graph.apply(RESHAPE, [node], (("shape", ()),)) if node.shape else node


def _reshape(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    shape = dict(options)["shape"]
    (x,) = inputs
    if x.shape == shape:
        return x
    if x.op is RESHAPE:
        return graph.apply(RESHAPE, x.inputs, options)
    if x.op is BROADCAST and x.inputs[0].size == 1:
        return graph.apply(BROADCAST, [scalar(graph, x.inputs[0])], options)
    return None


def _transpose(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    axes: tuple[int, ...] = dict(options)["axes"]
    (x,) = inputs
    if axes == tuple(range(len(axes))):
        return x
    if x.op is TRANSPOSE:
        inner = x.option("axes")
        return graph.apply(TRANSPOSE, x.inputs, (("axes", tuple(inner[a] for a in axes)),))
    return None


def _broadcast(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    (x,) = inputs
    if x.shape == dict(options)["shape"]:
        return x
    if x.op is BROADCAST:
        return graph.apply(BROADCAST, x.inputs, options)
    if x.size == 1 and x.shape:
        return graph.apply(BROADCAST, [scalar(graph, x)], options)
    return None


def _sum(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Sums over axes of extent 1, and of one number repeated."""
    (x,) = inputs
    axes: tuple[int, ...] = dict(options)["axis"]
    shape = tuple(n for i, n in enumerate(x.shape) if i not in axes)
    if all(x.shape[a] == 1 for a in axes):
        return graph.apply(RESHAPE, [x], (("shape", shape),))
    if x.op is BROADCAST and x.size and x.inputs[0].size == 1 and x.dtype.kind == "f":
        count = np.array(np.prod([x.shape[a] for a in axes]), x.dtype)
        one = scalar(graph, x.inputs[0])
        product = graph.apply(UFUNCS["multiply"], [one, graph.constant(count)])
        return graph.apply(BROADCAST, [product], (("shape", shape),))
    return None


def _square(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """`square(absolute(x))`, which norms of what may be complex are written with."""
    square = UFUNCS["square"]
    if inputs[0].op is UFUNCS["absolute"]:
        return graph.apply(square, inputs[0].inputs)
    return _elementwise(square)(graph, inputs, options)


def _negative(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    (x,) = inputs
    return x.inputs[0] if x.op is UFUNCS["negative"] else None


for _op in UFUNCS.values():
    if _op.kind == "elementwise":
        REWRITES[_op] = _elementwise(_op)
REWRITES[UFUNCS["negative"]] = _negative
REWRITES[UFUNCS["square"]] = _square
REWRITES[RESHAPE] = _reshape
REWRITES[TRANSPOSE] = _transpose
REWRITES[BROADCAST] = _broadcast
REWRITES[reduce_sum.op] = _sum


def rebuild(outputs: Iterable[Node], inputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Copy what the outputs need to a new graph, without marks.

    Nodes that differed only by these become equal, and are recorded once.
    """
    graph = Graph()
    outputs = list(outputs)
    copies = {node: graph.input(node.shape, node.dtype) for node in inputs}
    needed = ancestors(outputs)
    uses = Counter([*outputs, *chain.from_iterable(node.inputs for node in needed)])
    for node in needed:
        if node.op.kind == "mark":
            copies[node] = copies[node.inputs[0]]
        elif node.op is CONCATENATE:
            copies[node] = join(graph, node, copies, uses)
        elif node.op is not INPUT:
            copies[node] = graph.copy(node, copies)
    return graph, [copies[node] for node in outputs]
