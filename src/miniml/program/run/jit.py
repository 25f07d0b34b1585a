"""Functions that are traced once for each structure, shape and dtype, and then run as programs."""

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.chunking.threads import get_threads
from miniml.program.ir.errors import TraceError
from miniml.program.run.debug_nans import all_finite, raise_first_nonfinite
from miniml.program.run.lowered import Lowered, owned_copy
from miniml.program.run.make import Made, Maker
from miniml.program.run.naming import leaf_places
from miniml.program.run.options import CompleteOptions
from miniml.program.run.purity import changed_since
from miniml.program.run.remaking import note_making
from miniml.program.run.spec import NUMBERS, spec_of
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
        self._options = options
        self._making = note_making(named)
        self._maker = Maker(run, named, words, options)
        self._lowered: dict[Hashable, Lowered] = {}
        self._made: dict[Hashable, Made] = {}  # apart, since each call looks up the other
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
        """Return the program for arguments like these.

        Raises:
            TraceError: If there is none: an eager transform needs none.
        """
        if not self._options.eager:
            return self._find(*tree_flatten((args, kwargs)))
        try:
            return self._find(*tree_flatten((args, kwargs)))
        except TraceError as error:
            reason = str(error).split(": ")[0]
            raise TraceError(
                "with eager=True each operation runs when the function is called, so there is no program "
                f"to show; and without eager=True there would be none: {reason}",
                error.origin,
            ) from None

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run the checks that the function asked for on these arguments; see `check_input`."""
        leaves, structure = tree_flatten((args, kwargs))
        self._find(leaves, structure).check(leaves)

    def holds(self) -> bool:
        """Return whether each of its traces would be the same if it were traced again now."""
        made = list(self._made.values())
        return all(
            snapshot.holds() for snapshot in {id(m.snapshot): m.snapshot for m in made}.values()
        )

    def recheck(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Refuse to go on if the function would now do something else than its program does.

        If what the function reads may have changed, it is traced again.

        Raises:
            TraceError: If the trace differs; it names the operation and the user's line.
        """
        if self.holds():
            return
        leaves, structure = tree_flatten((args, kwargs))
        key = self._key(leaves, structure)
        made = self._made.get(key)
        if made is None or not made.recorded.is_exact:
            return
        snapshot = self._maker.snapshot(leaves, structure)
        recording = self._maker.record(leaves, structure, snapshot)
        if recording.recorded != made.recorded:
            raise changed_since(made.recorded, recording.recorded)
        self._made[key] = attrs.evolve(made, snapshot=snapshot)

    def values_read(self) -> list[object]:
        """Return the function that a call runs."""
        return [self._run]

    def _find(self, leaves: Sequence[Any], structure: Structure[Any]) -> Lowered:
        key = self._key(leaves, structure)
        try:
            lowered = self._lowered.get(key)
        except TypeError:
            raise _unhashable(self.named, leaves, structure) from None
        if lowered is None:
            with self._lock:  # threads that need the same program wait for the first one's
                lowered = self._lowered.get(key)
                if lowered is None:
                    lowered = self._make(key, leaves, structure).lowered
        return lowered

    def _key(self, leaves: Sequence[Any], structure: Structure[Any]) -> Hashable:
        """Return what arguments have in common that have the same program."""
        return (
            structure,
            get_threads(),
            *[
                (x.shape, x.dtype)
                if x.__class__ is np.ndarray
                else NUMBERS.get(x.__class__) or spec_of(x)
                for x in leaves
            ],
        )

    def _make(self, key: Hashable, leaves: Sequence[Any], structure: Structure[Any]) -> Made:
        """Make the program for arguments of a new kind, and keep it."""
        started = time.perf_counter()
        last = next(reversed(self._made.values()), None)
        made = self._maker.make(leaves, structure, None if last is None else last.snapshot)
        while len(self._lowered) >= PROGRAMS:
            oldest = next(iter(self._lowered))
            del self._lowered[oldest], self._made[oldest]
        self._lowered[key], self._made[key] = made.lowered, made
        if self._making is not None:
            self._making.tracing += time.perf_counter() - started
        return made

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
