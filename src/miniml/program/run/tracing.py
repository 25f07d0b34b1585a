"""Call a function once with tracers and record what it does."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import attrs
import numpy as np

from miniml.program.closure.random_state import Draws
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray, Graph
from miniml.program.ir.numeric import is_numeric, refusal
from miniml.program.ir.origin import Origin, line_of
from miniml.program.run.naming import input_names, leaf_places
from miniml.program.run.spec import StaticLeaf, spec_of
from miniml.program.trace.active import set_active_graph
from miniml.program.trace.tracer import Tracer, lift, refuse_escaped
from miniml.tree import Structure, tree_flatten, tree_unflatten

_KNOWN = (
    "a traced value has no value yet, and what decides a shape, a count, an axis or a seed must be "
    "known: bind it with functools.partial, close over it, or make it a Static field; or trace at "
    "every call with eager=True"
)


@attrs.frozen
class Trace:
    """A recorded call of a function.

    Attributes:
        graph: What the function did.
        arguments: The leaves of the arguments: tracers, and static leaves as they are.
        results: The leaves of the result: tracers, and what depends on no argument as it is.
        structure: The structure of the result.
    """

    graph: Graph
    arguments: list[Any]
    results: list[Any]
    structure: Structure[Any]


def trace(
    function: Callable[..., Any],
    named: Callable[..., Any],
    leaves: Sequence[Any],
    structure: Structure[Any],
    *,
    eager: bool = False,
    generators: Iterable[tuple[object, Origin | None]] = (),
) -> Trace:
    """Call a function with tracers in place of numbers and arrays.

    Args:
        function: The function.
        named: A function with its parameters, after which errors name the leaves.
        leaves: The leaves of the arguments.
        structure: The structure of `(args, kwargs)`.
        eager: Whether values are computed as they are recorded, so that the function may branch on
            them.
        generators: The random generators that the function can reach: it must draw from none.
    """
    graph = Graph(eager=eager)
    arguments = [
        _tracer(graph, leaf, partial(_place, named, structure, position))
        for position, leaf in enumerate(leaves)
    ]
    args, kwargs = tree_unflatten(structure, arguments)
    draws = Draws(generators)
    set_active_graph(graph)
    try:
        found, result = tree_flatten(function(*args, **kwargs))
        results = [lift(graph, leaf) if isinstance(leaf, Tracer) else leaf for leaf in found]
    except TypeError as error:
        missing = re.match(r"(\w+)\.<locals>\.run\(\) missing .*: (.*)", str(error))
        if missing is not None:
            required = ", ".join(re.findall(r"'(\w+)'", missing[2]))
            raise by_position(missing[1], required) from None
        if isinstance(error, TraceError) or "<traced " not in str(error):
            raise
        raise TraceError(f"{error}: {_KNOWN}", line_of(error)) from None
    except (ValueError, IndexError) as error:
        if isinstance(error.__cause__, TraceError):  # NumPy's wrapper for an assignment
            raise TraceError(
                "a traced value cannot be put into a NumPy array (array[i] = value): make the "
                "array like a traced one, np.zeros(shape, like=x), or build it with np.stack, "
                "np.concatenate or np.where",
                error.__cause__.origin,
            ) from None
        names = input_names(named, structure)
        error.add_note(f"{_traced_with(names, arguments)}\n  at {line_of(error)}")
        raise
    finally:
        set_active_graph(None)
        graph.closed = True
    draws.refuse()
    refuse_escaped(graph, [v.node for v in results if isinstance(v, Tracer)])
    return Trace(graph, arguments, results, result)


def by_position(transform: str, names: str) -> TypeError:
    """Return the error for a call of a transform without the arguments that it takes by position."""
    return TypeError(
        f"{transform} differentiates by the first argument, which it takes by position: write "
        f"{transform}(f)({names}), without keywords for these"
    )


def _tracer(graph: Graph, leaf: Any, place: Callable[[], str]) -> Any:
    """Return a tracer for a leaf, or the leaf itself if it is static."""
    spec = spec_of(leaf)
    if isinstance(spec, StaticLeaf):
        kind: type[Any] = leaf.__class__
        if hasattr(kind, "__array__") and not graph.eager:
            # A program is kept for its identity: a change of its values would go unnoticed.
            name = f"{kind.__module__}.{kind.__qualname__}"
            raise TypeError(f"at {place()}: a {name} is not a NumPy array: pass np.asarray of it")
        return leaf
    value = np.asarray(leaf)
    if not is_numeric(value.dtype):
        raise TypeError(f"at {place()}: {refusal(value.dtype)}")
    weak: Weak = spec if isinstance(spec, type) else None
    return Tracer(
        graph, graph.input(value.shape, value.dtype, value if graph.eager else None), weak
    )


def _place(named: Callable[..., Any], structure: Structure[Any], position: int) -> str:
    return leaf_places(named, structure)[position]


def _traced_with(names: Sequence[str], arguments: Sequence[Any]) -> str:
    """Describe the leaves and their shapes, for errors of shapes that do not fit."""
    described = [
        f"{name}: {leaf.weak.__name__ if leaf.weak else f'{leaf.dtype}{list(leaf.shape)}'}"
        for name, leaf in zip(names, arguments, strict=True)
        if isinstance(leaf, Tracer)
    ]
    return f"traced with {', '.join(described)}"


def check_input(value: Any, check: Callable[[AnyArray], None]) -> None:
    """Check an array's values: now if they are known, else those that a program is traced for.

    The check runs once when a program is made, and whenever `Program.check` is called, but not at
    each run, and not on what the program computes from its inputs.
    """
    if isinstance(value, Tracer):
        if value.node.value is not None:
            check(value.node.value)
        else:
            value.graph.checks.append((value.node, check))
    elif issubclass(type(value), np.ndarray):
        check(value)
