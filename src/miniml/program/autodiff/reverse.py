"""Reverse mode: from a graph to the graph of its gradient."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import ITEM, Node
from miniml.program.ir.walk import ancestors
from miniml.program.rules.moving import sum_to
from miniml.program.rules.placing import accumulate_cotangents
from miniml.program.rules.values import astype
from miniml.program.trace.registry import FUNCTIONS
from miniml.program.trace.tracer import Tracer, items


def backward_pass(
    outputs: Sequence[Tracer], cotangents: Sequence[Tracer], wanted: Sequence[Tracer]
) -> list[Tracer | None]:
    """Record the gradients by `wanted` of the sum of `output * cotangent` over the outputs.

    They are recorded in the same graph by operations that have rules, so that they can be
    differentiated again. None stands for a gradient that is zero because no output depends on it.
    """
    graph = outputs[0].graph
    order = ancestors(output.node for output in outputs)
    sources = {tracer.node for tracer in wanted}
    active = set(sources)
    for node in order:
        if _has_floats(node) and not active.isdisjoint(node.inputs):
            active.add(node)
    found: dict[Node, list[Any]] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        if output.node in active:
            found.setdefault(output.node, []).append(cotangent)

    def cotangent_of(tracer: Tracer) -> Any:
        parts = found.get(tracer.node)
        return accumulate_cotangents(parts) if parts else None

    for node in reversed(order):
        if node not in found or node in sources:
            continue
        if node.op is ITEM:
            found.setdefault(node.inputs[0], [])  # which asks for the cotangents of all its items
            continue
        y: Any = Tracer(graph, node)
        g: Any = cotangent_of(y)
        if node.op.several:
            y = items(y)
            g = [cotangent_of(item) for item in y]
        inputs = [Tracer(graph, i) for i in node.inputs]
        with graph.at(node.origin):  # the rule's operations belong to the user's line, too
            for source, part in zip(node.inputs, _parts(node, active, g, y, inputs), strict=True):
                if source in active and part is not None:
                    part = astype(sum_to(part, source.shape), source.dtype)
                    found.setdefault(source, []).append(part)
    return [cotangent_of(tracer) for tracer in wanted]


def _has_floats(node: Node) -> bool:
    return node.dtype.kind == "f" or any(dtype.kind == "f" for _, dtype in node.parts)


def _parts(
    node: Node, active: Container[Node], g: Any, y: Any, inputs: Sequence[Tracer]
) -> Iterable[Any]:
    """Return the gradient by each input that the node adds, or None."""
    vjp, options = node.op.vjp, dict(node.options)
    if vjp is None:
        raise TraceError(f"{node.op.name} has no derivative rule", node.origin)
    if node.op.several:
        return vjp(g, y, *inputs, **options)  # type: ignore[no-any-return]  # a rule
    return (
        vjp(position, g, y, *inputs, **options) if source in active else None
        for position, source in enumerate(node.inputs)
    )


def zeros(like: Tracer) -> Tracer:
    """Return zeros of a tracer's shape and dtype."""
    zero = Tracer(like.graph, like.graph.constant(np.zeros((), like.dtype)))
    return FUNCTIONS[np.broadcast_to](zero, like.shape)  # type: ignore[no-any-return]  # a rule


def or_zeros(gradients: Iterable[Tracer | None], like: Iterable[Tracer]) -> list[Tracer]:
    """Return the gradients, with zeros in place of those that are None."""
    return [zeros(x) if g is None else g for g, x in zip(gradients, like, strict=True)]


def depends(value: Tracer, sources: Iterable[Tracer]) -> bool:
    """Return whether a tracer is computed from any of these."""
    return not {source.node for source in sources}.isdisjoint(ancestors([value.node]))
