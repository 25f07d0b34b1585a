"""What a function becomes for arguments of certain shapes and dtypes."""

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.ir.graph import AnyArray, Node
from miniml.program.run.build import Runnable
from miniml.program.run.explain import Explanation, explain
from miniml.program.trace.tracer import Tracer
from miniml.tree import Structure


@attrs.frozen
class Lowered:
    """A function's program for arguments of certain shapes and dtypes, as `Program.lower` returns it.

    Attributes:
        program: The compiled program. It takes the leaves of the arguments that are numbers or
            arrays, and returns the leaves of the result that depend on them.
        structure: The structure of the result.
    """

    program: Runnable
    structure: Structure[Any]
    _inputs: tuple[int, ...] | None  # the leaves that are inputs, unless all are
    _converted: bool  # whether the inputs must become NumPy's arrays
    _constants: tuple[tuple[int, Any], ...]  # leaves of the result that depend on no input
    _checks: tuple[tuple[int, Callable[[AnyArray], None]], ...]  # by the leaf's position

    def __reduce__(self) -> str:
        raise TypeError(
            "what lower returned does not pickle: pickle the function that has lower, such as "
            "grad(f), and call its lower(...) again where it is loaded"
        )

    def __copy__(self) -> "Lowered":
        return self

    def __deepcopy__(self, _: object) -> "Lowered":
        return self

    @property
    def source(self) -> str:
        """The NumPy source, with shapes as comments."""
        return self.program.text

    @property
    def outputs(self) -> Sequence[Node]:
        """The graph's outputs after the passes, before it is cut into chunks."""
        return self.program.outputs

    def explain(self) -> Explanation:
        """Count what one run does: operations, flops, bytes, buffers, chunks."""
        return explain(self.program)

    def compute(self, leaves: Sequence[Any]) -> list[Any]:
        """Run on the leaves of the arguments; return the leaves of the result that depend on them."""
        if self._inputs is not None:
            leaves = [leaves[i] for i in self._inputs]
        if self._converted:
            leaves = [np.asarray(leaf) for leaf in leaves]
        return self.program(leaves)

    def complete(self, results: list[Any]) -> list[Any]:
        """Insert the leaves of the result that depend on no input."""
        for position, value in self._constants:
            results.insert(position, owned_copy(value))
        return results

    def check(self, leaves: Sequence[Any]) -> None:
        """Run the checks that the function asked for with `check_input`."""
        for position, check in self._checks:
            check(np.asarray(leaves[position]))


def owned_copy(value: Any) -> Any:
    """Return the value, an array as a copy or, without axes, as a scalar: a result is the caller's own."""
    kind: type[Any] = value.__class__
    if not issubclass(kind, np.ndarray):
        return value
    return value.copy() if value.shape else value[()]


def kept_constants(
    results: Sequence[Any], structure: Structure[Any]
) -> tuple[tuple[int, Any], ...]:
    """Return the leaves of a result that depend on no input, by position, to return at each call.

    Raises:
        TypeError: If one is an object that changes, which all calls would share.
    """
    kept: list[tuple[int, Any]] = []
    for number, (value, name) in enumerate(zip(results, structure.names, strict=True)):
        if isinstance(value, Tracer):
            continue
        kind: Any = value.__class__
        changes = kind.__hash__ is None and not hasattr(kind, "__array__")
        if changes or hasattr(kind, "__next__"):
            at = f" at {name}" if name else ""
            raise TypeError(
                f"the function returned a {kind.__name__}{at}, which it made while it was traced: all "
                "calls would return this one object. Return a tuple, a frozenset or an array"
            )
        kept.append((number, owned_copy(value)))
    return tuple(kept)
