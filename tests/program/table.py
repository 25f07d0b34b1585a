"""The table of rules under test: functions of arrays, for NumPy and JAX."""

import types
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

ROWS: "list[Row]" = []
Shape = tuple[int, ...]
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""Options of JAX's compiler, which takes longer than all the rest: do not optimise."""


class Numpy:
    """NumPy, with SciPy's special functions as `special`: the first argument of a row's function."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @property
    def special(self) -> types.ModuleType:
        from scipy import special

        module: types.ModuleType = special
        return module


NUMPY = Numpy()


@attrs.frozen
class Row:
    """A function of arrays, with the shapes and the range of its arguments.

    Attributes:
        name: What the tests call it.
        function: From a namespace (NumPy's or JAX's) and arrays to a number, an array or several.
        shapes: The arrays' shapes.
        low: What their elements are not less than.
        high: What their elements are less than.
        jax: Whether to ask JAX as well: where it has the same, and one row of several will do.
        single: The relative tolerance in float32.
    """

    name: str
    function: Callable[..., Any]
    shapes: tuple[Shape, ...]
    low: float
    high: float
    jax: bool
    single: float

    def arrays(self, dtype: str = "f8") -> list[Any]:
        rng = np.random.default_rng(len(self.name))
        return [rng.uniform(self.low, self.high, shape).astype(dtype) for shape in self.shapes]

    def __call__(self, *arrays: Any) -> Any:
        return self.function(NUMPY, *arrays)

    def scalar(self, namespace: Any = NUMPY) -> Callable[..., Any]:
        """Return the sum of the results times fixed weights, to which every element contributes."""

        def weighted(arrays: list[Any]) -> Any:
            results = self.function(namespace, *arrays)
            total: Any = 0.0
            for y in results if isinstance(results, tuple | list) else [results]:
                weights = np.random.default_rng(1).uniform(0.5, 1.5, np.shape(y))
                total = total + namespace.sum(weights * y)
            return total

        return weighted


def row(
    name: str,
    function: Callable[..., Any],
    *shapes: Shape,
    low: float = -2.0,
    high: float = 2.0,
    jax: bool = True,
    single: float = 1e-5,
    needs: str = "",
) -> None:
    """Add a row, if NumPy has the function that it needs."""
    if needs and not hasattr(np, needs):
        return
    ROWS.append(Row(name, function, shapes or ((3, 4),), low, high, jax, single))


def ufuncs(
    *names: str, arity: int = 1, low: float = -2.0, high: float = 2.0, jax: bool = True
) -> None:
    """Add a row for each NumPy function; for two inputs also with broadcasting."""
    for name in names:
        called = _caller(name)
        if arity == 1:
            row(name, called, low=low, high=high, jax=jax)
        else:
            row(name, called, (3, 4), (3, 4), low=low, high=high, jax=False)
            row(f"{name}, broadcast", called, (3, 1), (4,), low=low, high=high, jax=jax)
            row(f"{name}, scalar", called, (), (4,), low=low, high=high, jax=False)


def specials(
    *names: str,
    inputs: int = 1,
    low: float = -2.0,
    high: float = 2.0,
    jax: bool = True,
    single: float = 2e-5,
) -> None:
    """Add a row for each function of `scipy.special`."""
    for name in names:
        shapes = ((3, 4),) if inputs == 1 else ((3, 1), (4,))
        function = _special(name)
        row(f"special.{name}", function, *shapes, low=low, high=high, jax=jax, single=single)


def results_of(found: Any) -> list[Any]:
    """Return one result or several as a list."""
    return list(found) if isinstance(found, tuple | list) else [found]


def _caller(name: str) -> Callable[..., Any]:
    return lambda np, *arrays: getattr(np, name)(*arrays)


def _special(name: str) -> Callable[..., Any]:
    return lambda np, *arrays: getattr(np.special, name)(*arrays)
