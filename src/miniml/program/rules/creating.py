"""Creation of arrays as tracers: `np.zeros(shape, like=x)`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import Graph
from miniml.program.rules.values import astype
from miniml.program.trace.active import active_graph
from miniml.program.trace.registry import ZERO, implements, named
from miniml.program.trace.tracer import Tracer, lift


def _graph() -> Graph:
    graph = active_graph()
    assert graph is not None, "NumPy calls these with a tracer, within a trace"
    return graph


@implements(*named("array", "asarray", "asanyarray", "ascontiguousarray"))
def array(value: Any, dtype: Any = None, *, ndmin: int = 0, **_: Any) -> Any:
    x = _whole(value)
    x = Tracer(x.graph, x.node) if dtype is None else astype(x, dtype)
    return x if x.ndim >= ndmin else np.reshape(x, (*(1,) * (ndmin - x.ndim), *x.shape))


def _whole(value: Any) -> Any:
    """Return a number, an array, or nested lists of them as one tracer."""
    parts: Sequence[Any] = value if type(value) in {list, tuple} else ()
    return np.stack([_whole(part) for part in parts]) if parts else lift(_graph(), value)


@implements(*named("full"))
def full(shape: Any, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    return np.broadcast_to(array(fill_value, dtype), shape)


@implements(*named("empty"), derivative=ZERO)
def empty(shape: Any, dtype: Any = None, **_: Any) -> Any:
    return lift(_graph(), np.zeros(shape, dtype))  # the same numbers whenever it is traced


def _constant(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **options: lift(_graph(), function(*args, **options))


for _function in named("zeros", "ones", "arange", "eye", "identity", "tri"):
    implements(_function, derivative=ZERO)(_constant(_function))
