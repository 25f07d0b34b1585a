"""Derivatives of functions of trees, recorded in the current trace."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.autodiff.reverse import backward_pass, or_zeros, zeros
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import DType
from miniml.program.passes.reroll import reroll
from miniml.program.trace.active import current
from miniml.program.trace.tracer import Tracer, lift, variable
from miniml.tree import tree_flatten, tree_map, tree_unflatten
from miniml.tree.containers import container_hint
from miniml.tree.path import Path, at_path


def variables(tree: Any) -> tuple[Any, list[Tracer]]:
    """Return the tree with a variable for each leaf, and the variables, to differentiate by."""
    graph = current()
    leaves, structure = tree_flatten(tree)
    check_parameters(tree)
    renamed = [variable(lift(graph, leaf)) for leaf in leaves]
    return tree_unflatten(structure, renamed), renamed


def check_parameters(tree: Any, within: Path = ()) -> None:
    """Raise an error if a leaf has no gradient: if it is not a number, or is an integer.

    Args:
        tree: The parameters.
        within: Where they are, if they are a part of a tree.
    """
    leaves, structure = tree_flatten(tree)
    for path, leaf in zip(structure.paths, leaves, strict=True):
        at = at_path((*within, *path))
        if not (isinstance(leaf, float | int) or hasattr(leaf, "dtype")):
            way_out = container_hint(leaf) or "mark it Static"
            raise TypeError(f"{at}: {type(leaf).__name__} is not a parameter: {way_out}")
        dtype = dtype_of(leaf)
        if dtype.kind != "f":
            raise TypeError(
                f"{at}: a parameter of dtype {dtype} has no gradient: "
                "make it a float, or mark it Static"
            )


def dtype_of(leaf: Any) -> DType:
    """Return the dtype of an array, a tracer or a Python number."""
    dtype: DType = leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype
    return dtype


def value_and_gradient(function: Callable[[Any], Any], tree: Any) -> tuple[Tracer, Any, Any]:
    """Return the value of `function(tree)[0]`, its gradient, and `function(tree)[1]`."""
    graph = current()
    _, structure = tree_flatten(tree)
    renamed, leaves = variables(tree)
    result, aux = function(renamed)
    if not isinstance(result, Tracer | np.ndarray | np.generic | float | int):
        hint = ": use has_aux=True to return more" if is_sequence(result) else ""
        raise TraceError(f"the loss must return a scalar, and returned {_described(result)}{hint}")
    value = lift(graph, result)
    if value.shape != ():
        raise TraceError(
            f"the loss must be a scalar, and is an array of shape {value.shape}: "
            "take its sum or mean"
        )
    if value.dtype.kind != "f":
        raise TraceError(f"the loss must be a float, and is of dtype {value.dtype}")
    _, (node,) = reroll(graph, [value.node])
    value = Tracer(graph, node)
    one = Tracer(graph, graph.constant(np.ones((), value.dtype)))
    gradient = tree_unflatten(structure, leaf_gradients([value], [one], leaves))
    wide = value.dtype.itemsize > np.dtype(float).itemsize  # a Python float would lose digits
    return Tracer(graph, value.node, None if wide else float), gradient, aux


def pair(result: Any, wanted: str) -> tuple[Any, Any]:
    """Return the two values that a function returned, or raise an error that begins with `wanted`."""
    if is_sequence(result) and len(result) == 2:
        return result[0], result[1]
    raise TraceError(f"{wanted}, and returned {_described(result)}")


def is_sequence(result: Any) -> bool:
    """Return whether a function returned several values."""
    return isinstance(result, tuple | list)


def _described(result: Any) -> str:
    if isinstance(result, Tracer):
        return f"an array of shape {result.shape}" if result.shape else "a scalar"
    kind: str = type(result).__name__
    if is_sequence(result):
        return f"a {kind} of {len(result)}"
    return "nothing" if result is None else f"a {kind}"


def leaf_gradients(
    outputs: Sequence[Tracer], cotangents: Sequence[Tracer], leaves: Sequence[Tracer]
) -> list[Tracer]:
    """Return the gradients by the leaves, as Python numbers for leaves that are such."""
    gradients = or_zeros(backward_pass(outputs, cotangents, leaves), leaves)
    return [Tracer(g.graph, g.node, x.weak) for g, x in zip(gradients, leaves, strict=True)]


def vjp_tree(
    function: Callable[[Any], tuple[Any, Any]], tree: Any, cotangent: Any
) -> tuple[Any, Any, Any]:
    """Return `function(tree)[0]`, the gradient of its product with a cotangent, and `function(tree)[1]`."""
    graph = current()
    _, structure = tree_flatten(tree)
    renamed, leaves = variables(tree)
    result, aux = function(renamed)
    pairs = _pairs(result, cotangent)
    outputs = [lift(graph, y) for y, _ in pairs]
    weights = [lift(graph, g) for _, g in pairs]
    for output, weight in zip(outputs, weights, strict=True):
        _check_shape("a cotangent", weight, "an output", output)
    _check_any(outputs, leaves)
    return result, tree_unflatten(structure, leaf_gradients(outputs, weights, leaves)), aux


def jvp_tree(
    function: Callable[[Any], tuple[Any, Any]], tree: Any, tangent: Any
) -> tuple[Any, Any, Any]:
    """Return `function(tree)[0]`, its derivative along a tangent, and `function(tree)[1]`.

    It needs reverse-mode rules only: the gradient by x of y * u is linear in u, and its gradient by
    u along the tangent is the derivative.
    """
    graph = current()
    renamed, leaves = variables(tree)
    result, aux = function(renamed)
    values, structure = tree_flatten(result)
    outputs = [lift(graph, y) for y in values]
    _check_any(outputs, leaves)
    weights = [variable(zeros(y)) for y in outputs]
    gradients = or_zeros(backward_pass(outputs, weights, leaves), leaves)
    directions = [lift(graph, v) for _, v in _pairs(renamed, tangent)]
    for parameter, direction in zip(leaves, directions, strict=True):
        _check_shape("a tangent", direction, "a parameter", parameter)
    tangents = or_zeros(backward_pass(gradients, directions, weights), weights)
    typed = [Tracer(graph, t.node, y.weak) for y, t in zip(outputs, tangents, strict=True)]
    return result, tree_unflatten(structure, typed), aux


def _pairs(result: Any, other: Any) -> list[tuple[Any, Any]]:
    """Return the pairs of leaves of two trees of one structure."""
    pairs: list[tuple[Any, Any]] = []
    tree_map(lambda y, g: pairs.append((y, g)), result, other)
    return pairs


def _check_shape(what: str, found: Tracer, of: str, wanted: Tracer) -> None:
    if found.shape != wanted.shape:
        raise ValueError(f"{what} of shape {found.shape} does not fit {of} of shape {wanted.shape}")


def _check_any(outputs: Sequence[Tracer], leaves: Sequence[Tracer]) -> None:
    if not outputs or not leaves:
        raise TraceError(
            "the function returned nothing, or was given no parameters: there is no derivative"
        )
