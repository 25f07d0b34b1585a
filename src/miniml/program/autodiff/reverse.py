"""Reverse mode: from a graph to the graph of its gradient."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import ITEM, Node, ancestors
from miniml.program.rules.moving import sum_to
from miniml.program.rules.placing import accumulate_cotangents
from miniml.program.rules.values import astype
from miniml.program.trace.registry import FUNCTIONS
from miniml.program.trace.tracer import Tracer, items


def backward_pass(
    outputs: Sequence[Tracer], cotangents: Sequence[Tracer], wanted: Sequence[Tracer]
) -> list[Tracer]:
    """The gradients by `wanted` of the sum of `output * cotangent` over the outputs.

    The gradient is recorded in the same graph, in operations with rules of their own: it can be
    derived again.
    """
    graph = outputs[0].graph
    order = ancestors(output.node for output in outputs)
    active = {tracer.node for tracer in wanted}
    for node in order:
        float_like = any(d.kind == "f" for _, d in node.parts) or node.dtype.kind == "f"
        if float_like and any(i in active for i in node.inputs):
            active.add(node)
    gradients: dict[Node, list[Any]] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        if output.node in active:
            gradients.setdefault(output.node, []).append(cotangent)
    sources = {tracer.node for tracer in wanted}
    for node in reversed(order):
        if node not in gradients or node in sources:
            continue
        if node.op is ITEM:
            (source,) = node.inputs
            part = accumulate_cotangents(gradients[node])
            gradients.setdefault(source, []).append((node.option("number"), part))
            continue
        y: Any = Tracer(graph, node)
        g: Any
        if node.op.several:
            y = items(y)
            by = [[g for n, g in gradients[node] if n == k] for k in range(len(y))]
            g = [
                accumulate_cotangents(some) if some else zeros(x)
                for some, x in zip(by, y, strict=True)
            ]
        else:
            g = accumulate_cotangents(gradients[node])
        if node.op.vjp is None:
            raise TraceError(f"{node.op.name} has no derivative rule", node.origin)
        inputs = [Tracer(graph, i) for i in node.inputs]
        with graph.at(node.origin):  # what the rule records is of the user's line, too
            for position, source in enumerate(node.inputs):
                if source in active:
                    part = node.op.vjp(position, g, y, *inputs, **dict(node.options))
                    if part is not None:
                        part = astype(sum_to(part, source.shape), source.dtype)
                        gradients.setdefault(source, []).append(part)
    return [
        accumulate_cotangents(gradients[t.node]) if t.node in gradients else zeros(t)
        for t in wanted
    ]


def zeros(like: Tracer) -> Tracer:
    """Zeros of a stand-in's shape and dtype."""
    zero = Tracer(like.graph, like.graph.constant(np.zeros((), like.dtype)))
    return FUNCTIONS[np.broadcast_to](zero, like.shape)  # type: ignore[no-any-return]  # a rule


def depends(value: Tracer, sources: Iterable[Tracer]) -> bool:
    """Whether a stand-in is computed from any of these."""
    return not {source.node for source in sources}.isdisjoint(ancestors([value.node]))
