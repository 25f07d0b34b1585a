"""The array API's namespace of stand-ins: NumPy, whose functions take them.

Libraries written for the array API (https://data-apis.org/array-api) ask an array for the namespace
that its functions are in, and so can be traced. SciPy does where SCIPY_ARRAY_API=1 is set.
"""

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from miniml.program.trace.active import active_graph
from miniml.program.trace.tracer import lift

_CREATING = {"arange", "asarray", "empty", "eye", "full", "ones", "zeros"}


def _like(function: Any, *args: Any, device: Any = None, **options: Any) -> Any:
    """What the function makes, as a stand-in."""
    graph = active_graph()
    assert graph is not None, "a stand-in is used outside a trace"
    return function(*args, like=lift(graph, 0.0), **options)


def linspace(*args: Any, device: Any = None, **options: Any) -> Any:
    """Numbers at equal distances."""
    return _like(np.asarray, np.linspace(*args, **options))


class _Special(SimpleNamespace):
    """SciPy's special functions as the ufuncs that they are: it wraps them where it asks for this."""

    def __getattr__(self, name: str) -> Any:
        from scipy import special  # noqa: PLC0415  # an optional dependency

        function = getattr(special, name)
        return getattr(function, "__wrapped__", function)


special: SimpleNamespace = _Special()


def __getattr__(name: str) -> Any:
    function = getattr(np, name)
    return functools.partial(_like, function) if name in _CREATING else function
