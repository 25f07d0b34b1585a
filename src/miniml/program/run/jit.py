"""Functions that are traced once for each structure, shape and dtype, and then run as programs."""

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from miniml.program.chunking.threads import get_threads
from miniml.program.run.build import Runnable, build
from miniml.program.run.debug_nans import all_finite, raise_first_nonfinite
from miniml.program.run.lowered import Lowered, kept_constants, owned_copy
from miniml.program.run.naming import argument_position, input_names, leaf_places, output_names
from miniml.program.run.options import CompleteOptions
from miniml.program.run.spec import NUMBERS, JaxLeaf, StaticLeaf, spec_of
from miniml.program.run.tracing import trace
from miniml.program.trace.active import active_graph
from miniml.program.trace.tracer import Tracer, borrowed, fresh
from miniml.tree import Structure, tree_flatten, tree_map, tree_unflatten
from miniml.tree.containers import container_hint

PROGRAMS = 128
"""How many programs a function keeps; the oldest is dropped first."""


class JitFunction:
    """A function of trees that runs as a program.

    Args:
        run: The function; within a trace it is called as it is.
        named: A function with its parameters, after which the inputs are named.
        words: By place in the result, what the outputs there are called in the source.
        options: How the program is made and run.
    """

    def __init__(
        self,
        run: Callable[..., Any],
        named: Callable[..., Any],
        words: Mapping[str, str],
        options: CompleteOptions,
    ) -> None:
        self._run = run
        self.named = named
        self._words = words
        self._options = options
        self._lowered: dict[Hashable, Lowered] = {}
        self._lock = threading.RLock()  # a function may call its own program while it is traced

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the function: as a program, or within a trace as part of that."""
        if active_graph() is not None:
            # As when it runs by itself: arguments are not changed, and the result is fresh.
            args, kwargs = tree_map(borrowed, (args, kwargs))
            return tree_map(fresh, self._run(*args, **kwargs))
        leaves, structure = tree_flatten((args, kwargs))
        if self._options.eager:
            return self._run_eagerly(leaves, structure)
        lowered = self._find(leaves, structure)
        results = lowered.compute(leaves)
        if self._options.debug_nans and not all(map(all_finite, results)):
            self._run_eagerly(leaves, structure)
        return tree_unflatten(lowered.structure, lowered.complete(results))

    def lower(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Lowered:
        """Return the program for arguments like these."""
        return self._find(*tree_flatten((args, kwargs)))

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run the checks that the function asked for on these arguments; see `check_input`."""
        leaves, structure = tree_flatten((args, kwargs))
        self._find(leaves, structure).check(leaves)

    def _find(self, leaves: Sequence[Any], structure: Structure[Any]) -> Lowered:
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
            lowered = self._lowered.get(key)
        except TypeError:
            raise _unhashable(self.named, leaves, structure) from None
        if lowered is None:
            with self._lock:  # threads that need the same program wait for the first one's
                lowered = self._lowered.get(key)
                if lowered is None:
                    lowered = self._lower(leaves, structure)
                    lowered.check(leaves)
                    while len(self._lowered) >= PROGRAMS:
                        del self._lowered[next(iter(self._lowered))]
                    self._lowered[key] = lowered
        return lowered

    def _lower(self, leaves: Sequence[Any], structure: Structure[Any]) -> Lowered:
        """Trace the function and compile its program."""
        traced = trace(self._run, self.named, leaves, structure)
        inputs = traced.graph.inputs
        specs = [spec_of(leaf) for leaf in leaves]
        numbers = [i for i, spec in enumerate(specs) if not isinstance(spec, StaticLeaf)]
        varying = [i for i, leaf in enumerate(traced.results) if isinstance(leaf, Tracer)]
        outputs = [traced.results[i] for i in varying]
        program: Runnable
        if self._options.backend == "jax":
            from miniml.program.run.backends.jax import JaxProgram  # noqa: PLC0415  # an extra

            program = JaxProgram(inputs, outputs)
        else:
            names = input_names(self.named, structure)
            labels = output_names(traced.structure, self._words)
            program = build(
                traced.graph,
                outputs,
                [names[i] for i in numbers],
                [labels[i] for i in varying],
                [argument_position(structure.paths[i]) for i in numbers],
            )
        positions = dict(zip(inputs, numbers, strict=True))
        return Lowered(
            program,
            traced.structure,
            None if len(numbers) == len(leaves) else tuple(numbers),
            self._options.backend != "jax" and any(isinstance(spec, JaxLeaf) for spec in specs),
            kept_constants(traced.results, traced.structure),
            tuple((positions[n], check) for n, check in traced.graph.checks if n in positions),
        )

    def _run_eagerly(self, leaves: Sequence[Any], structure: Structure[Any]) -> Any:
        """Trace with values; they are the result."""
        traced = trace(self._run, self.named, leaves, structure, eager=True)
        if self._options.debug_nans:
            places = leaf_places(self.named, structure)
            arguments = {
                leaf.node: place
                for leaf, place in zip(traced.arguments, places, strict=True)
                if isinstance(leaf, Tracer)
            }
            outputs = [v.node for v in traced.results if isinstance(v, Tracer)]
            raise_first_nonfinite(outputs, arguments)
        values = [_value(v) if isinstance(v, Tracer) else owned_copy(v) for v in traced.results]
        return tree_unflatten(traced.structure, values)


def _value(tracer: Tracer) -> Any:
    value = tracer.node.value
    assert value is not None
    return owned_copy(value) if tracer.weak is None else tracer.weak(value)


def _unhashable(
    named: Callable[..., Any], leaves: Sequence[Any], structure: Structure[Any]
) -> TypeError:
    """Return the error for a leaf that cannot be hashed, so that no program can be kept for it."""
    for place, leaf in zip(leaf_places(named, structure), leaves, strict=True):
        try:
            hash(spec_of(leaf))
        except TypeError:
            frame = hasattr(leaf, "to_numpy")
            way_out = "mark it Static and make it hashable"
            way_out = "pass .to_numpy()" if frame else container_hint(leaf) or way_out
            return TypeError(
                f"at {place}: {type(leaf).__name__} is neither a number nor an array, and cannot "
                f"be hashed: {way_out}"
            )
    return TypeError("the structure of the arguments cannot be hashed")
