"""Make the program of a function for arguments of certain shapes: trace, check, compile, or find it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from miniml.program.chunking.threads import get_threads
from miniml.program.closure.snapshot import Snapshot
from miniml.program.run.build import Runnable, build
from miniml.program.run.lowered import Lowered, kept_constants
from miniml.program.run.naming import argument_position, input_names, output_names
from miniml.program.run.options import CompleteOptions
from miniml.program.run.purity import check_pure
from miniml.program.run.recorded import Recorded, Recording, record
from miniml.program.run.spec import JaxLeaf, StaticLeaf, spec_of
from miniml.program.run.store import store_of
from miniml.program.run.tracing import trace
from miniml.program.trace.tracer import Tracer
from miniml.tree import Structure


@attrs.frozen
class Made:
    """A program, and what it was made of.

    Attributes:
        lowered: The program.
        snapshot: What the function read when it was traced.
        recorded: What the trace recorded.
    """

    lowered: Lowered
    snapshot: Snapshot
    recorded: Recorded


@attrs.frozen
class Maker:
    """Makes the programs of a function.

    Attributes:
        run: The function.
        named: A function with its parameters, after which the inputs are named.
        words: By place in the result, what the outputs there are called in the source.
        options: How a program is made and run.
    """

    run: Callable[..., Any]
    named: Callable[..., Any]
    words: Mapping[str, str]
    options: CompleteOptions

    def snapshot(
        self, leaves: Sequence[Any], structure: Structure[Any], last: Snapshot | None = None
    ) -> Snapshot:
        """Return a snapshot of what a trace reads beside these numbers: the last, if that still holds."""
        static = [leaf for leaf in leaves if isinstance(spec_of(leaf), StaticLeaf)]
        roots = [self.run, *_parts_of(structure), *static]
        return last if last is not None and last.is_of(roots) and last.holds() else Snapshot(roots)

    def record(
        self, leaves: Sequence[Any], structure: Structure[Any], snapshot: Snapshot
    ) -> Recording:
        """Trace the function, and complete the snapshot."""
        traced = trace(self.run, self.named, leaves, structure, generators=snapshot.generators)
        snapshot.complete(traced.graph.copies)
        return record(traced)

    def make(self, leaves: Sequence[Any], structure: Structure[Any], last: Snapshot | None) -> Made:
        """Trace the function and compile its program, unless that of an equal trace is kept.

        Args:
            leaves: The leaves of the arguments.
            structure: The structure of `(args, kwargs)`.
            last: The snapshot of the last program made.

        Raises:
            TraceError: If the function cannot be traced, or is not pure.
        """
        snapshot = self.snapshot(leaves, structure, last)
        recording = self.record(leaves, structure, snapshot)
        results, specs = recording.trace.results, [spec_of(leaf) for leaf in leaves]
        numbers = [i for i, spec in enumerate(specs) if not isinstance(spec, StaticLeaf)]
        names = input_names(self.named, structure)
        labels = output_names(recording.trace.structure, self.words)
        input_labels = tuple(names[i] for i in numbers)
        output_labels = tuple(
            label for label, v in zip(labels, results, strict=True) if isinstance(v, Tracer)
        )
        positions = tuple(argument_position(structure.paths[i]) for i in numbers)
        store = store_of(snapshot.code)
        shown = self.options.backend, get_threads(), input_labels, output_labels, positions
        key = recording.recorded, shown
        program = store.find(key)
        if program is None:
            if snapshot.doubt is not None:
                check_pure(
                    recording,
                    lambda: self.record(leaves, structure, snapshot),
                    is_random=snapshot.is_random,
                )
            program = self._compile(recording, input_labels, output_labels, positions)
            store.keep(key, program)
        given = dict(zip(recording.trace.graph.inputs, numbers, strict=True))
        lowered = Lowered(
            program,
            recording.trace.structure,
            None if len(numbers) == len(leaves) else tuple(numbers),
            self.options.backend != "jax" and any(isinstance(spec, JaxLeaf) for spec in specs),
            kept_constants(results, recording.trace.structure),
            tuple((given[n], check) for n, check in recording.trace.graph.checks if n in given),
        )
        lowered.check(leaves)
        return Made(lowered, snapshot, recording.recorded)

    def _compile(
        self,
        recording: Recording,
        input_labels: Sequence[str],
        output_labels: Sequence[str],
        positions: Sequence[int],
    ) -> Runnable:
        graph, nodes, weak = recording.graph, recording.nodes, recording.weak
        if self.options.backend == "jax":
            from miniml.program.run.backends.jax import JaxProgram  # noqa: PLC0415  # an extra

            return JaxProgram(graph, nodes, weak)
        return build(
            graph,
            nodes,
            weak,
            input_names=input_labels,
            output_names=output_labels,
            positions=positions,
        )


def _parts_of(structure: Structure[Any]) -> Iterator[object]:
    """Yield the types of the nodes in a structure, and its static values."""
    if structure.node is not None:
        yield structure.node.type
        yield from structure.aux
        for child in structure.children:
            yield from _parts_of(child)
