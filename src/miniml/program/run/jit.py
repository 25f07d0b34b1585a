"""Functions that are traced once for each structure, shape and dtype, and then run as programs."""

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, get_args

import attrs
import numpy as np

from miniml.program.chunking.threads import get_threads
from miniml.program.closure.random_state import Draws
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray, Graph
from miniml.program.ir.origin import line_of
from miniml.program.run.build import Runnable, build
from miniml.program.run.debug_nans import all_finite, raise_first_nonfinite
from miniml.program.run.naming import argument_position, input_names, leaf_places, output_names
from miniml.program.run.spec import NUMBERS, JaxLeaf, StaticLeaf, spec_of
from miniml.program.trace.active import active_graph, set_active_graph
from miniml.program.trace.tracer import Tracer, borrowed, fresh, lift, refuse_escaped
from miniml.tree import Structure, tree_flatten, tree_map, tree_unflatten

Backend: TypeAlias = Literal["numpy", "jax"]


class TransformOptions(TypedDict, total=False):
    """How a function is run; see `JitFunction`."""

    eager: bool
    debug_nans: bool
    backend: Backend


PROGRAMS = 128
"""How many programs a function keeps; the oldest is dropped first."""


def _fresh(value: Any) -> Any:
    """The value, copied if it is an array: what is returned is the caller's own."""
    kind: type[Any] = value.__class__
    return value.copy() if issubclass(kind, np.ndarray) else value


@attrs.frozen
class Traced:
    """A program, and how its inputs and outputs lie in trees."""

    program: Runnable
    inputs: tuple[int, ...] | None  # which leaves are inputs, where not all are
    foreign: bool  # whether inputs need converting to NumPy's arrays
    structure: Structure[Any]
    fixed: tuple[tuple[int, Any], ...]  # outputs that do not depend on the inputs' values
    checks: tuple[tuple[int, Callable[[AnyArray], None]], ...]  # by the leaf's position

    def compute(self, leaves: Sequence[Any]) -> list[Any]:
        """Give what depends on the leaves of the arguments."""
        if self.inputs is not None:
            leaves = [leaves[i] for i in self.inputs]
        if self.foreign:
            leaves = [np.asarray(leaf) for leaf in leaves]
        return self.program(leaves)

    def complete(self, results: list[Any]) -> list[Any]:
        """Give the leaves of the result: with those that depend on nothing."""
        for position, value in self.fixed:
            results.insert(position, _fresh(value))
        return results

    def check(self, leaves: Sequence[Any]) -> None:
        """Run the checks that the function asked for with `check_input`."""
        for position, check in self.checks:
            check(np.asarray(leaves[position]))


class JitFunction:
    """Runs a function of trees as a program.

    Args:
        run: The function; within a trace it is called as it is.
        named: The function after whose parameters the inputs are named.
        words: By place in the result, what the outputs there are called in the source.
        eager: Trace at every call, with values that the function may branch on.
        debug_nans: Raise where a result is not finite, naming what made it so.
        backend: What runs the program: NumPy, or JAX.
    """

    def __init__(
        self,
        run: Callable[..., Any],
        named: Callable[..., Any],
        words: Mapping[str, str],
        *,
        eager: bool = False,
        debug_nans: bool = False,
        backend: Backend = "numpy",
    ) -> None:
        self._run = run
        self.named = named
        self._words = words
        self._eager = eager
        self._debug_nans = debug_nans
        if backend not in get_args(Backend):
            raise ValueError(f"backend is {backend!r}: it must be 'numpy' or 'jax'")
        self._backend = backend
        self._traced: dict[Hashable, Traced] = {}
        self._lock = threading.RLock()  # a function may ask its own program while traced

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the function, as a program unless a trace is going on."""
        if active_graph() is not None:
            # As when it runs by itself: what is given is left alone, what is returned is new.
            args, kwargs = tree_map(borrowed, (args, kwargs))
            return tree_map(fresh, self._run(*args, **kwargs))
        if self._eager:
            return self._run_eagerly(args, kwargs)
        leaves, structure = tree_flatten((args, kwargs))
        traced = self._find(leaves, structure)
        results = traced.compute(leaves)
        if self._debug_nans and not all(map(all_finite, results)):
            self._run_eagerly(args, kwargs)
        return tree_unflatten(traced.structure, traced.complete(results))

    def traced(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Traced:
        """The program for arguments like these."""
        return self._find(*tree_flatten((args, kwargs)))

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run the checks that the function asked for on these arguments; see `check_input`."""
        leaves, structure = tree_flatten((args, kwargs))
        self._find(leaves, structure).check(leaves)

    def _find(self, leaves: Sequence[Any], structure: Structure[Any]) -> Traced:
        key = (
            structure,
            get_threads(),
            *[
                (x.shape, x.dtype)
                if x.__class__ is np.ndarray
                else NUMBERS.get(x.__class__) or spec_of(x)
                for x in leaves
            ],
        )
        try:
            traced = self._traced.get(key)
        except TypeError:
            raise _unhashable(self.named, leaves, structure) from None
        if traced is None:
            with self._lock:  # threads that want the same program wait for the first one's
                traced = self._traced.get(key)
                if traced is None:
                    traced = self._trace(leaves, structure)
                    traced.check(leaves)
                    while len(self._traced) >= PROGRAMS:
                        del self._traced[next(iter(self._traced))]
                    self._traced[key] = traced
        return traced

    def _trace(self, leaves: Sequence[Any], structure: Structure[Any]) -> Traced:
        graph = Graph()
        names = input_names(self.named, structure)
        specs = [spec_of(leaf) for leaf in leaves]
        numbers = [i for i, spec in enumerate(specs) if not isinstance(spec, StaticLeaf)]
        stand_ins = self._stand_ins(graph, leaves, structure)
        outputs, result = self._record(graph, stand_ins, structure)
        labels = output_names(result, self._words)
        varying = [i for i, leaf in enumerate(outputs) if isinstance(leaf, Tracer)]
        program: Runnable
        if self._backend == "jax":
            from miniml.program.run.backends.jax import JaxProgram  # noqa: PLC0415  # an extra

            program = JaxProgram(graph.inputs, [outputs[i] for i in varying])
        else:
            program = build(
                graph,
                [outputs[i] for i in varying],
                [names[i] for i in numbers],
                [labels[i] for i in varying],
                [argument_position(structure.paths[i]) for i in numbers],
            )
        fixed = tuple((i, _fresh(v)) for i, v in enumerate(outputs) if not isinstance(v, Tracer))
        inputs = None if len(numbers) == len(leaves) else tuple(numbers)
        foreign = self._backend == "numpy" and any(isinstance(spec, JaxLeaf) for spec in specs)
        positions = dict(zip(graph.inputs, numbers, strict=True))
        checks = tuple((positions[n], check) for n, check in graph.checks if n in positions)
        return Traced(program, inputs, foreign, result, fixed, checks)

    def _record(
        self, graph: Graph, stand_ins: Sequence[Any], structure: Structure[Any]
    ) -> tuple[list[Any], Structure[Any]]:
        args, kwargs = tree_unflatten(structure, stand_ins)
        draws = None if graph.eager else Draws(self._run, (args, kwargs))
        set_active_graph(graph)
        try:
            found, result = tree_flatten(self._run(*args, **kwargs))
            outputs = [lift(graph, leaf) if isinstance(leaf, Tracer) else leaf for leaf in found]
        except (ValueError, IndexError) as error:
            if isinstance(error.__cause__, TraceError):  # NumPy's wrapper for an assignment
                raise TraceError(
                    "a traced value cannot be put into a NumPy array (array[i] = value): make the "
                    "array like a traced one, np.zeros(shape, like=x), or build it with np.stack, "
                    "np.concatenate or np.where",
                    error.__cause__.origin,
                ) from None
            error.add_note(f"{self._traced_with(stand_ins, structure)}\n  at {line_of(error)}")
            raise
        finally:
            set_active_graph(None)
            graph.closed = True
        if draws is not None:
            draws.refuse()
        refuse_escaped(graph, [v.node for v in outputs if isinstance(v, Tracer)])
        return outputs, result

    def _stand_ins(
        self, graph: Graph, leaves: Sequence[Any], structure: Structure[Any]
    ) -> list[Any]:
        stand_ins: list[Any] = []
        for position, leaf in enumerate(leaves):
            spec = spec_of(leaf)
            if isinstance(spec, StaticLeaf):
                kind: type[Any] = leaf.__class__
                if hasattr(kind, "__array__") and not graph.eager:
                    # Known by its identity, it could be written to unseen.
                    place = leaf_places(self.named, structure)[position]
                    name = f"{kind.__module__}.{kind.__qualname__}"
                    raise TypeError(
                        f"at {place}: a {name} is no NumPy array: pass np.asarray of it"
                    )
                stand_ins.append(leaf)
                continue
            value = np.asarray(leaf)
            if value.dtype.kind not in "biuf":
                place = leaf_places(self.named, structure)[position]
                text = "; of text, np.unique(text, return_inverse=True)[1] are the numbers"
                raise TypeError(
                    f"at {place}: an array of dtype {value.dtype} cannot be computed with: "
                    "make it an array of floats, integers or bools"
                    f"{text * (value.dtype.kind in 'OSTU')}"
                )
            weak: Weak = spec if isinstance(spec, type) else None
            node = graph.input(value.shape, value.dtype, value if graph.eager else None)
            stand_ins.append(Tracer(graph, node, weak))
        return stand_ins

    def _traced_with(self, stand_ins: Sequence[Any], structure: Structure[Any]) -> str:
        """A line that names the leaves and their shapes, for errors of shapes that do not fit."""
        names = input_names(self.named, structure)
        leaves = [
            f"{name}: {leaf.weak.__name__ if leaf.weak else f'{leaf.dtype}{list(leaf.shape)}'}"
            for name, leaf in zip(names, stand_ins, strict=True)
            if isinstance(leaf, Tracer)
        ]
        return f"traced with {', '.join(leaves)}"

    def _run_eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        leaves, structure = tree_flatten((args, kwargs))
        graph = Graph(eager=True)
        stand_ins = self._stand_ins(graph, leaves, structure)
        outputs, result = self._record(graph, stand_ins, structure)
        if self._debug_nans:
            places = leaf_places(self.named, structure)
            given = {
                leaf.node: place
                for leaf, place in zip(stand_ins, places, strict=True)
                if isinstance(leaf, Tracer)
            }
            raise_first_nonfinite([v.node for v in outputs if isinstance(v, Tracer)], given)
        values = [_value(v) if isinstance(v, Tracer) else v for v in outputs]
        return tree_unflatten(result, values)


def check_input(value: Any, check: Callable[[AnyArray], None]) -> None:
    """Check an array's values: now if they are known, else those that a program is traced for.

    The check runs once when a program is made, and whenever `JitFunction.check` is called, but not at
    each run, and not on what the program computes from its inputs.
    """
    if isinstance(value, Tracer):
        if value.node.value is not None:
            check(value.node.value)
        else:
            value.graph.checks.append((value.node, check))
    elif issubclass(type(value), np.ndarray):
        check(value)


def _value(tracer: Tracer) -> Any:
    value = tracer.node.value
    assert value is not None
    if tracer.weak is not None:
        return tracer.weak(value)
    return np.array(value)


def _unhashable(
    named: Callable[..., Any], leaves: Sequence[Any], structure: Structure[Any]
) -> TypeError:
    for place, leaf in zip(leaf_places(named, structure), leaves, strict=True):
        try:
            hash(spec_of(leaf))
        except TypeError:
            frame = hasattr(leaf, "to_numpy")
            way_out = "pass .to_numpy()" if frame else "mark it Static and make it hashable"
            return TypeError(
                f"at {place}: {type(leaf).__name__} is neither a number nor an array, and cannot "
                f"be hashed: {way_out}"
            )
    return TypeError("the structure of the arguments cannot be hashed")
