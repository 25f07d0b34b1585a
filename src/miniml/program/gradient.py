"""Derivatives of traced functions, recorded in the trace that is going on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from miniml.program.derive import pullback
from miniml.program.errors import TraceError
from miniml.program.graph import DType, Graph
from miniml.program.reroll import reroll
from miniml.program.tracer import Tracer, active_graph, alias, lift
from miniml.tree import tree_flatten, tree_map, tree_unflatten


def current() -> Graph:
    """The graph of the trace that is going on."""
    graph = active_graph()
    assert graph is not None, "called within a trace only"
    return graph


def variables(tree: Any) -> tuple[Any, list[Tracer]]:
    """The tree with every leaf renamed, to be derived by, and the new leaves."""
    graph = current()
    leaves, structure = tree_flatten(tree)
    check_parameters(tree)
    renamed = [alias(lift(graph, leaf)) for leaf in leaves]
    return tree_unflatten(structure, renamed), renamed


def check_parameters(tree: Any) -> None:
    """Refuse leaves that have no gradient: what is no number, and integers."""
    leaves, structure = tree_flatten(tree)
    for name, leaf in zip(structure.names, leaves, strict=True):
        at = f"at {name}" if name else "at the root"
        if not (isinstance(leaf, float | int) or hasattr(leaf, "dtype")):
            raise TypeError(f"{at}: {type(leaf).__name__} is no parameter: mark it Static")
        dtype = dtype_of(leaf)
        if dtype.kind != "f":
            raise TypeError(
                f"{at}: a parameter of dtype {dtype} has no gradient: "
                "make it a float, or mark it Static"
            )


def dtype_of(leaf: Any) -> DType:
    """The dtype of an array, a stand-in or a Python number."""
    dtype: DType = leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype
    return dtype


def value_and_gradient(function: Callable[[Any], Any], tree: Any) -> tuple[Tracer, Any, Any]:
    """The value of `function(tree)[0]`, its gradient, and `function(tree)[1]`."""
    graph = current()
    _, structure = tree_flatten(tree)
    renamed, leaves = variables(tree)
    result, aux = function(renamed)
    if not isinstance(result, Tracer | np.ndarray | np.generic | float | int):
        hint = ": for more beside it there is has_aux=True" if _is_sequence(result) else ""
        raise TraceError(f"the loss must return a scalar, and returned {_described(result)}{hint}")
    value = lift(graph, result)
    if value.shape != ():
        raise TraceError(
            f"the loss must be a scalar, and is an array of shape {value.shape}: "
            "take its sum or mean"
        )
    if value.dtype.kind != "f":
        raise TraceError(f"the loss must be a float, and is of dtype {value.dtype}")
    value = Tracer(graph, reroll(graph, [value.node])[0])
    one = Tracer(graph, graph.constant(np.ones((), value.dtype)))
    gradient = tree_unflatten(structure, pulled(value, one, leaves))
    return Tracer(graph, value.node, float), gradient, aux


def pair(result: Any) -> tuple[Any, Any]:
    """What a loss with `has_aux` returned: the value, and what is passed through."""
    if _is_sequence(result) and len(result) == 2:
        return result[0], result[1]
    raise TraceError(
        f"with has_aux=True the loss must return a pair, (value, aux), and returned "
        f"{_described(result)}"
    )


def _is_sequence(result: Any) -> bool:
    return isinstance(result, tuple | list)


def _described(result: Any) -> str:
    if isinstance(result, Tracer):
        return f"an array of shape {result.shape}" if result.shape else "a scalar"
    kind: str = type(result).__name__
    if _is_sequence(result):
        return f"a {kind} of {len(result)}"
    return "nothing" if result is None else f"a {kind}"


def pulled(output: Tracer, cotangent: Tracer, leaves: list[Tracer]) -> list[Tracer]:
    """The gradients by the leaves, each a Python number where the leaf is one."""
    gradients = pullback(output, cotangent, leaves)
    return [Tracer(g.graph, g.node, x.weak) for g, x in zip(gradients, leaves, strict=True)]


def pull_tree(function: Callable[[Any], Any], tree: Any, cotangent: Any) -> tuple[Any, Any]:
    """`function(tree)`, and the gradient of its product with `cotangent`."""
    graph = current()
    _, structure = tree_flatten(tree)
    renamed, leaves = variables(tree)
    result = function(renamed)
    return result, tree_unflatten(structure, _pull(graph, result, cotangent, leaves))


def _pull(graph: Graph, result: Any, cotangent: Any, leaves: list[Tracer]) -> list[Tracer]:
    """The sum over the outputs of the gradients of output times cotangent."""
    total: list[Tracer] | None = None
    for y, g in _pairs(result, cotangent):
        output, weight = lift(graph, y), lift(graph, g)
        if output.shape != weight.shape:
            raise ValueError(
                f"a cotangent of shape {weight.shape} does not fit an output of shape "
                f"{output.shape}"
            )
        part = pulled(output, weight, leaves)
        total = part if total is None else [_sum(a, b) for a, b in zip(total, part, strict=True)]
    if total is None:
        raise TraceError("the function returned nothing: without outputs there is no derivative")
    return total


def _sum(a: Tracer, b: Tracer) -> Tracer:
    return Tracer(a.graph, np.add(a, b).node, a.weak)  # type: ignore[union-attr]  # stand-ins


def _pairs(result: Any, other: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    tree_map(lambda y, g: pairs.append((y, g)), result, other)
    return pairs


def push_tree(function: Callable[[Any], Any], tree: Any, tangent: Any) -> tuple[Any, Any]:
    """`function(tree)`, and its derivative in the direction `tangent`.

    The gradient of y * u by x is linear in u; its gradient by u is what is sought.
    """
    graph = current()
    renamed, leaves = variables(tree)
    result = function(renamed)
    outputs, structure = tree_flatten(result)
    traced = [lift(graph, y) for y in outputs]
    weights = [alias(Tracer(graph, graph.constant(np.zeros(y.shape, y.dtype)))) for y in traced]
    gradients: list[Tracer] | None = None
    for y, u in zip(traced, weights, strict=True):
        part = pullback(y, u, leaves)
        gradients = (
            part
            if gradients is None
            else [_sum(a, b) for a, b in zip(gradients, part, strict=True)]
        )
    if gradients is None:
        raise TraceError("the function returned nothing: without outputs there is no derivative")
    directions = [lift(graph, v) for _, v in _pairs(renamed, tangent)]
    for parameter, direction in zip(leaves, directions, strict=True):
        if direction.shape != parameter.shape:
            raise ValueError(
                f"a tangent of shape {direction.shape} does not fit a parameter of shape "
                f"{parameter.shape}"
            )
    pushed: list[list[Tracer]] = [
        pullback(g, v, weights) for g, v in zip(gradients, directions, strict=True)
    ]
    totals = [list(column) for column in zip(*pushed, strict=True)]
    tangents: list[Any] = []
    for y, parts in zip(traced, totals, strict=True):
        whole = parts[0]
        for part in parts[1:]:
            whole = _sum(whole, part)
        tangents.append(Tracer(graph, whole.node, y.weak))
    return result, tree_unflatten(structure, tangents)
