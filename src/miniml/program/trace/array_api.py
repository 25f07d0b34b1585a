"""The array API's namespace of tracers: NumPy, whose functions take them.

Libraries written for the array API (https://data-apis.org/array-api) ask an array for the namespace
of its functions, and so can be traced. SciPy does if SCIPY_ARRAY_API=1 is set.
"""

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

_CREATING = {"arange", "asarray", "empty", "eye", "full", "ones", "zeros"}


class Namespace(ModuleType):
    """NumPy's functions, of which those that create arrays create tracers.

    Args:
        like: Returns a tracer of the current trace.
    """

    def __init__(self, like: Callable[[], Any]) -> None:
        super().__init__(__name__)
        self._like = like
        self.special: ModuleType = _Special(f"{__name__}.special")

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        return functools.partial(self._create, function) if name in _CREATING else function

    def _create(self, function: Any, *args: Any, **options: Any) -> Any:
        options.pop("device", None)
        return function(*args, like=self._like(), **options)

    def linspace(self, *args: Any, **options: Any) -> Any:
        """Return evenly spaced numbers, which NumPy cannot create `like` others."""
        options.pop("device", None)
        return self._create(np.asarray, np.linspace(*args, **options))


class _Special(ModuleType):
    """SciPy's special functions as ufuncs: SciPy wraps them when they are asked for this namespace."""

    def __getattr__(self, name: str) -> Any:
        from scipy import special  # noqa: PLC0415  # an optional dependency

        function = getattr(special, name)
        return getattr(function, "__wrapped__", function)
