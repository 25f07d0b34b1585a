"""Programs that JAX compiles, for accelerators.

The trace, its derivatives and their conventions at kinks are the same as for NumPy. Each operation's
NumPy code runs on boxes around JAX's tracers. A box implements NEP 13 and NEP 18 by the function of
the same name in `jax.numpy`.
"""

import importlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from miniml._distribution import install_hint
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import CONSTANT, Graph, Node
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.loops.dead_code import prune_loops
from miniml.program.loops.scan_op import Loop
from miniml.program.run.lowered import owned_copy
from miniml.program.trace.operators import Operators

_SEVERAL = (tuple, list)
_SKIPPED_OPTIONS = {"out", "casting", "subok", "order", "kind"}

_RENAMED = {"psi": "digamma", "_zeta": "zeta", "log_expit": "log_sigmoid"}


def _jax() -> ModuleType:
    try:
        return importlib.import_module("jax")
    except ImportError:
        raise ImportError(f"backend='jax' needs JAX: {install_hint('jax')}") from None


class Box(Operators):
    """A JAX array that NumPy's functions accept."""

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
    """Return JAX's function with the name of one of NumPy or SciPy."""
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
    raise NotImplementedError(f"jax.numpy has no {name}: use backend='numpy'")


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


def _computed(values: dict[Node, Any], outputs: Sequence[Node]) -> list[Any]:
    """Return the outputs' values, from those of the inputs."""
    jnp = importlib.import_module("jax.numpy")

    def visit(node: Node, inputs: Sequence[Any]) -> Any:
        if node.op is CONSTANT:
            return Box(jnp.asarray(node.value))
        if isinstance(node.op.repeated, Loop):
            return _scanned(node.op.repeated, inputs)
        return (_called_back if node.op.kind.is_called else _called)(node, inputs)

    found = interpret(outputs, values, visit)
    return [x.value.astype(node.dtype) for x, node in zip(found, outputs, strict=True)]


def _called(node: Node, inputs: Sequence[Any]) -> Any:
    """Return the result of an operation: of its `jax`, or of its NumPy code on boxes."""
    options = dict(node.options)
    if node.op.jax is None:
        return node.op.compute(*inputs, **options)
    jnp = importlib.import_module("jax.numpy")
    return Box(node.op.jax(jnp, *(x.value for x in inputs), **options))


def _scanned(loop: Loop, inputs: Sequence[Any]) -> list[Box]:
    """Return the results of a loop, run by `jax.lax.scan`."""
    carry, rows, shared = loop.sections([x.value for x in inputs])

    def step(state: list[Any], row: list[Any]) -> Any:
        values: dict[Node, Any] = dict(
            zip(loop.inputs, map(Box, (*state, *row, *shared)), strict=True)
        )
        found = _computed(values, loop.outputs)
        return found[: loop.carried], found[loop.carried :]

    options = {"length": loop.length, "reverse": loop.reverse}
    finals, made = _jax().lax.scan(step, carry, rows, **options)
    return [*map(Box, (*(finals[k] for k in loop.finals), *made))]


def _called_back(node: Node, inputs: Sequence[Any]) -> list[Box]:
    """Return the results of a user's function, which JAX calls back.

    It is not declared pure: JAX would call it once for equal arguments, and once for all steps.
    """
    jax = _jax()
    like = [jax.ShapeDtypeStruct(*part) for part in node.parts]

    def compute(*arrays: Any) -> Any:
        return node.op.compute(*map(np.asarray, arrays))

    call = importlib.import_module("jax.experimental").io_callback
    return [*map(Box, call(compute, like, *(x.value for x in inputs), ordered=True))]


class JaxProgram:
    """A traced function that JAX has compiled."""

    def __init__(self, graph: Graph, nodes: Sequence[Node], weak: Sequence[Weak]) -> None:
        self.jax: Any = _jax()
        _, nodes = prune_loops(graph, nodes)  # JAX makes calls whose results nobody reads, too
        self.outputs = nodes
        self._weak = weak
        self._dtypes = [node.dtype for node in graph.inputs]

        def run(leaves: Sequence[Any]) -> list[Any]:
            values: dict[Node, Any] = {
                node: Box(leaf) for node, leaf in zip(graph.inputs, leaves, strict=True)
            }
            return _computed(values, nodes)

        self._run = self.jax.jit(run)

    @property
    def nbytes(self) -> int:
        """The bytes of its constants."""
        nodes = ancestors(self.outputs)
        return sum(node.value.nbytes for node in nodes if node.value is not None)

    @property
    def text(self) -> str:
        """A comment in place of the source, which JAX keeps."""
        return "# compiled by jax.jit: no NumPy source\n"

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the program on the leaves, in order; results stay JAX arrays if an input is one."""
        stay = any(isinstance(leaf, self.jax.Array) for leaf in leaves)
        with self.jax.enable_x64(True):
            given = [
                leaf if isinstance(leaf, self.jax.Array) else np.asarray(leaf, dtype)
                for leaf, dtype in zip(leaves, self._dtypes, strict=True)
            ]
            results = self._run(given)
        return [
            weak(value) if weak is not None else value if stay else owned_copy(np.array(value))
            for value, weak in zip(results, self._weak, strict=True)
        ]
