"""A function of one element of a batch, recorded for the whole batch."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import Node
from miniml.program.ir.walk import interpret
from miniml.program.passes.reroll import reroll
from miniml.program.rules.axes import Operand, axes_of
from miniml.program.trace.active import current
from miniml.program.trace.mutation import scope
from miniml.program.trace.tracer import Tracer, lift, refuse_escaped, variable
from miniml.tree import tree_flatten, tree_unflatten


def map_batch(
    function: Callable[..., Any], args: Sequence[Any], axes: Sequence[int | None], out_axis: int
) -> Any:
    """Return a function's results for a batch, which lies along these axes of the arguments' leaves.

    The function is traced with the first element; then each operation that depends on the element
    is recorded for the batch.
    """
    graph = current()
    all_of: dict[Node, Operand] = {}
    count: int | None = None
    one: list[Any] = []
    for number, (arg, axis) in enumerate(zip(args, axes, strict=True)):
        if axis is None:
            one.append(arg)
            continue
        leaves, structure = tree_flatten(arg)
        firsts: list[Tracer] = []
        for name, leaf in zip(structure.names, leaves, strict=True):
            place = f"argument {number}" + (f" at {name}" if name else "")
            batch = _batch(lift(graph, leaf), axis, place)
            if count is not None and len(batch) != count:
                raise ValueError(
                    f"{place} has {len(batch)} elements along the batch axis {axis}, and an "
                    f"argument before has {count}: they must have equally many"
                )
            count = len(batch)
            firsts.append(variable(batch[0]))
            all_of[firsts[-1].node] = Operand(batch, count)
        one.append(tree_unflatten(structure, firsts))
    if count is None:
        raise ValueError("vmap has no array to map over: in_axes has no axis for any leaf")
    with scope(graph):
        outputs, structure = tree_flatten(function(*one))
    graph.checks += [(all_of[n].value.node, check) for n, check in graph.checks if n in all_of]
    _, nodes = reroll(graph, [lift(graph, value).node for value in outputs])
    refuse_escaped(graph, nodes)
    graph.finished.update(all_of)
    found = [x.whole(count) for x in _record(nodes, all_of, count)]
    for name, value in zip(structure.names, found, strict=True):
        if not -value.ndim <= out_axis < value.ndim:
            raise ValueError(
                f"the result{f' at {name}' if name else ''} has the shape {value.shape[1:]}: with "
                f"the batch it has no axis {out_axis}"
            )
    return tree_unflatten(structure, [np.moveaxis(value, 0, out_axis) for value in found])


def _batch(x: Any, axis: int, place: str) -> Any:
    """Return an array with the batch along the first axis."""
    if not -x.ndim <= axis < x.ndim:
        shape = f"has the shape {x.shape}" if x.shape else "is a number"
        raise ValueError(
            f"{place} {shape}, and has no axis {axis} to map over: pass in_axes=None for it"
        )
    if not x.shape[axis]:
        raise ValueError(f"{place} has an empty batch: axis {axis} of its shape {x.shape}")
    return np.moveaxis(x, axis, 0)


def _record(outputs: Sequence[Node], all_of: dict[Node, Operand], count: int) -> list[Operand]:
    """Record every operation that depends on the element for the whole batch."""
    graph = current()

    def visit(node: Node, operands: Sequence[Operand]) -> Operand:
        if all(x.count is None for x in operands):
            return Operand(Tracer(graph, node), None)
        with graph.at(node.origin):
            value = axes_of(node.op).batched(node, operands, count)
        assert node.parts or value.shape == (count, *node.shape), f"{node.op.name}: a wrong rule"
        return Operand(value, count)

    return interpret(outputs, all_of, visit)
