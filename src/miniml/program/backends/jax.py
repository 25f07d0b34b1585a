"""Programs under `jax.jit`: the way to accelerators.

The trace, its derivatives and their conventions at kinks are the same as for NumPy. Each operation's
own NumPy code is run on a box around a JAX tracer, which answers NEP 13 and NEP 18 with the function
of the same name in `jax.numpy`; JAX compiles what comes of it.
"""

import importlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from miniml.program.custom import custom_of
from miniml.program.dtypes import CAST
from miniml.program.graph import CONSTANT, INPUT, Node, Shape, ancestors
from miniml.program.loops import Results, loop_of
from miniml.program.operators import Operators
from miniml.program.rules.gathering import index_of, spread
from miniml.program.rules.indexing import put_slice, slices
from miniml.program.rules.windows import overlap, windows
from miniml.program.simplify import rebuild
from miniml.program.tracer import Tracer

_SEVERAL = (tuple, list)
_SKIPPED_OPTIONS = {"out", "casting", "subok", "order", "kind"}

_RENAMED = {"psi": "digamma", "_zeta": "zeta", "log_expit": "log_sigmoid"}


def _jax() -> ModuleType:
    try:
        return importlib.import_module("jax")
    except ImportError:
        raise ImportError("backend='jax' needs JAX: pip install 'miniml[jax]'") from None


class Box(Operators):
    """Stands for an array of JAX where NumPy code wants an array of NumPy."""

    __array_priority__: float = 2000.0

    def __init__(self, value: Any) -> None:
        self.value = value

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        function = _same_name(ufunc.__name__)
        return _call(
            function if method == "__call__" else getattr(function, method), inputs, options
        )

    def __array_function__(
        self, function: Callable[..., Any], types: object, args: Any, kwargs: Any
    ) -> Any:
        module = function.__module__.removeprefix("numpy").removeprefix(".")
        return _call(_same_name(function.__name__, module), args, kwargs)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.value, name)
        if not callable(found):
            return found

        def method(*args: Any, **kwargs: Any) -> Any:
            return _call(found, args, kwargs)

        return method

    def __getitem__(self, index: Any) -> "Box":
        return Box(self.value[_bare(index)])

    def __len__(self) -> int:
        return len(self.value)

    def _operate(self, ufunc: np.ufunc, *values: Any) -> Any:
        return _call(_same_name(ufunc.__name__), values, {})


def _same_name(name: str, module: str = "") -> Callable[..., Any]:
    """JAX's function of a NumPy or SciPy function's name."""
    name = _RENAMED.get(name, name)
    places = [f"jax.numpy.{module}".rstrip("."), "jax.numpy", "jax.scipy.special", "jax.nn"]
    for place in places:
        try:
            found = getattr(importlib.import_module(place), name, None)
        except ImportError:
            continue
        if found is not None:
            function: Callable[..., Any] = found
            return function
    raise NotImplementedError(f"jax.numpy has no {name}: run it with backend='numpy'")


def _call(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    named = {k: _bare(v) for k, v in kwargs.items() if k not in _SKIPPED_OPTIONS}
    return _boxed(function(*_bare(tuple(args)), **named))


def _bare(value: Any) -> Any:
    if isinstance(value, Box):
        return value.value
    return value.__class__(map(_bare, value)) if type(value) in _SEVERAL else value


def _boxed(value: Any) -> Any:
    several = type(value) in _SEVERAL or hasattr(value, "_fields")
    return tuple(map(Box, value)) if several else Box(value)


def _put_slice(g: Any, shape: Any, places: Any) -> Any:
    jnp = importlib.import_module("jax.numpy")
    return Box(jnp.zeros(shape, g.value.dtype).at[slices(places)].set(g.value))


def _cast(x: Any, dtype: str) -> Any:
    return Box(x.value.astype(np.dtype(dtype)))


def _spread(g: Any, *arrays: Any, shape: Any, places: Any, distinct: bool) -> Any:
    jnp = importlib.import_module("jax.numpy")
    index = index_of(places, [a.value for a in arrays])
    return Box(jnp.zeros(shape, g.value.dtype).at[index].add(g.value, unique_indices=distinct))


def _windows(x: Any, axes: Shape, extents: Shape, steps: Shape) -> Any:
    jnp = importlib.import_module("jax.numpy")
    y = x.value
    for axis, extent, step in zip(axes, extents, steps, strict=True):
        first = np.arange(0, int(y.shape[axis]) - extent + 1, step)
        found = jnp.take(y, first[:, None] + np.arange(extent), axis)
        y = jnp.moveaxis(found, axis + 1, -1)
    return Box(y)


def _overlap(g: Any, shape: Any, axes: Any, steps: Any) -> Any:
    jax: Any = _jax()

    def view(x: Any) -> Any:
        return _windows(Box(x), axes, g.value.shape[len(shape) :], steps).value

    like = jax.ShapeDtypeStruct(shape, g.value.dtype)
    return Box(*jax.linear_transpose(view, like)(g.value))


_OWN: dict[Any, Callable[..., Any]] = {
    put_slice.op: _put_slice,
    spread.op: _spread,
    windows.op: _windows,
    overlap.op: _overlap,
    CAST: _cast,
}
"""Operations whose NumPy code writes into arrays or looks at their memory, which JAX's cannot."""


def _computed(values: dict[Node, Any], order: Sequence[Node], outputs: Sequence[Node]) -> list[Any]:
    """The outputs, from the values of the inputs."""
    jnp = importlib.import_module("jax.numpy")
    for node in order:
        if node.op is CONSTANT:
            values[node] = Box(jnp.asarray(node.value))
        elif node.op is not INPUT:
            inputs = [values[i] for i in node.inputs]
            loop = loop_of(node)
            if loop is not None:
                values[node] = _scanned(loop, inputs)
            elif custom_of(node) is not None:
                values[node] = _called_back(node, inputs)
            else:
                compute = _OWN.get(node.op, node.op.compute)
                values[node] = compute(*inputs, **dict(node.options))
    return [values[node].value.astype(node.dtype) for node in outputs]


def _scanned(results: Results, inputs: Sequence[Any]) -> Any:
    """The results of a loop, by JAX's."""
    jax: Any = _jax()
    loop = results.loop
    order = ancestors(loop.outputs)
    carry, rows, shared = loop.split([x.value for x in inputs])

    def step(state: list[Any], row: list[Any]) -> Any:
        given = map(Box, (*state, *row, *shared))
        values: dict[Node, Any] = dict(zip(loop.inputs, given, strict=True))
        found = _computed(values, order, loop.outputs)
        return found[: loop.carried], (state, found[loop.carried :])

    options = {"length": loop.length, "reverse": loop.reverse}
    finals, (kept, made) = jax.lax.scan(step, carry, rows, **options)
    of_kind = {"final": finals, "kept": kept, "result": made}
    parts = [of_kind[part.kind][part.number].ravel() for part in results.parts]
    return Box(jax.numpy.concatenate([part.astype(results.dtype) for part in parts]))


def _called_back(node: Node, inputs: Sequence[Any]) -> Any:
    """The result of a function that JAX cannot trace."""
    jax: Any = _jax()
    like = jax.ShapeDtypeStruct(node.shape, node.dtype)

    def compute(*arrays: Any) -> Any:
        return node.op.compute(*map(np.asarray, arrays))

    return Box(jax.pure_callback(compute, like, *(x.value for x in inputs)))


class JaxProgram:
    """A traced function compiled by JAX: call it with the input leaves, in order."""

    def __init__(self, inputs: Sequence[Node], outputs: Sequence[Tracer]) -> None:
        self.jax: Any = _jax()
        graph, nodes = rebuild([tracer.node for tracer in outputs], inputs)
        self._weak = [tracer.weak for tracer in outputs]
        self._dtypes = [node.dtype for node in graph.inputs]
        order = ancestors(nodes)

        def run(leaves: Sequence[Any]) -> list[Any]:
            values: dict[Node, Any] = {
                node: Box(leaf) for node, leaf in zip(graph.inputs, leaves, strict=True)
            }
            return _computed(values, order, nodes)

        self._run = self.jax.jit(run)

    @property
    def text(self) -> str:
        """What a program's source would be: JAX keeps its own."""
        return "# compiled by jax.jit: no NumPy source\n"

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the program; arrays stay on JAX's device where one of the inputs came from there."""
        stay = any(isinstance(leaf, self.jax.Array) for leaf in leaves)
        with self.jax.enable_x64(True):
            given = [
                leaf if isinstance(leaf, self.jax.Array) else np.asarray(leaf, dtype)
                for leaf, dtype in zip(leaves, self._dtypes, strict=True)
            ]
            results = self._run(given)
        return [
            weak(value) if weak is not None else value if stay else np.array(value)
            for value, weak in zip(results, self._weak, strict=True)
        ]
