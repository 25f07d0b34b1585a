"""Loops whose steps depend on each other, traced as one step."""

import operator
from typing import Any, Protocol, TypeVar, overload

import numpy as np

from miniml.program import active_graph, borrowed, fresh, lift
from miniml.program.autodiff.trees import pair
from miniml.program.loops.record import record
from miniml.tree import named_leaves, tree_flatten, tree_map, tree_unflatten
from miniml.types import Array, Scalar

C = TypeVar("C")
X = TypeVar("X")
X_contra = TypeVar("X_contra", contravariant=True)
Y_co = TypeVar("Y_co", covariant=True)

_WANTED = "a step must return a pair, (carry, output)"


class Step(Protocol[C, X_contra, Y_co]):
    """A step of `scan`: from the carry and a row to the next carry and an output.

    It is a protocol because mypy takes the carry's type of a `Callable` from the first carry alone:
    `np.zeros(3)` would not be an `Array`.
    """

    def __call__(self, carry: C, x: X_contra, /) -> tuple[C, Y_co]:
        """Run the step."""
        ...


@overload
def scan(
    step: Step[C, X, Scalar],
    carry: C,
    xs: X,
    *,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[C, Array]: ...
@overload
def scan(
    step: Step[C, X, object],
    carry: C,
    xs: X,
    *,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[C, Any]: ...
def scan(
    step: Step[C, X, Any],
    carry: C,
    xs: X,
    *,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[C, Any]:
    """Run a step for each row of arrays, and pass a carry from step to step.

    It is the loop `for x in xs: carry, y = step(carry, x)`. A trace of that loop has a copy of the
    step for each row; `scan` traces the step once, so that tracing takes as long for any number of
    steps. Operations that do not depend on the carry run once for all rows. Use it for recurrent
    nets, filters, hidden Markov models and differential equations.

    Args:
        step: From the carry and a row to the next carry and an output, both trees. The carry keeps
            its structure and shapes. Annotate a row with the type of its array, and numbers of a
            vector with `Array` or `Scalar`.
        carry: The carry of the first step. In a trace it is converted to the dtypes that a step
            returns.
        xs: A tree of arrays with the rows along the first axis; or None, with `length` given.
        length: The number of steps, if `xs` is None.
        reverse: Whether to go from the last row to the first.

    Returns:
        The carry after the last step, and the outputs of all steps, stacked in the order of the
        rows.

    Raises:
        TypeError: If `step` is not a function.
        ValueError: If the arrays differ in length, or there are no rows.
        TraceError: If a step does not return a pair, or returns a carry of another shape.

    Example:
        >>> import numpy as np
        >>> def halved(total: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ...     total = 0.5 * total + x
        ...     return total, total
        >>> scan(halved, np.float64(0.0), np.array([1.0, 1.0, 1.0]))
        (np.float64(1.75), array([1.  , 1.5 , 1.75]))
    """
    given: Any = step
    if not callable(given):
        raise TypeError(
            f"scan takes a step, a function of a carry and a row, and was given {step!r}: write "
            "scan(step, carry, xs)"
        )
    count = _count(xs, length)
    graph = active_graph()
    if graph is None or graph.eager:
        return _one_by_one(step, carry, xs, count, reverse=reverse)
    carried, structure = tree_flatten(carry)
    rows, row_structure = tree_flatten(xs)
    made: list[Any] = []

    def flat(carried: list[Any], row: list[Any]) -> tuple[list[Any], list[Any]]:
        found = pair(
            step(tree_unflatten(structure, carried), tree_unflatten(row_structure, row)), _WANTED
        )
        leaves, after = tree_flatten(found[0])
        if after != structure:
            raise ValueError(
                f"a step is given a carry {structure}, and returns {after}: they must be the same"
            )
        results, result_structure = tree_flatten(found[1])
        made.append(result_structure)
        return leaves, results

    first = [lift(graph, leaf) for leaf in carried]
    arrays = [lift(graph, row) for row in rows]
    names = structure.names
    finals, results = record(flat, first, arrays, count, reverse=reverse, names=names)
    after = [y if y is x else fresh(y) for x, y in zip(first, finals, strict=True)]
    return tree_unflatten(structure, after), tree_unflatten(made[0], list(map(fresh, results)))


def _count(xs: object, length: int | None) -> int:
    """Return the number of steps."""
    shapes = {name: np.shape(leaf) for name, leaf in named_leaves(xs).items()}
    counts = {shape[0] if shape else None for shape in shapes.values()}
    if length is not None:
        counts.add(operator.index(length))
    if len(counts) != 1 or None in counts:
        given = f", and length is {length}" if length is not None else ""
        raise ValueError(
            f"the arrays xs have the shapes {shapes}{given}: expected first axes of one length, "
            "or no arrays and a length"
        )
    count = int(counts.pop() or 0)
    if count < 1:
        raise ValueError("there are no rows: a scan takes at least one step")
    return count


def _one_by_one(
    step: Step[C, X, Any], carry: C, xs: X, count: int, *, reverse: bool
) -> tuple[C, Any]:
    results: list[Any] = [None] * count
    for t in range(count)[:: -1 if reverse else 1]:
        # A step may change its arguments in place: not the caller's arrays, nor earlier outputs.
        given, row = tree_map(_own_copy, (carry, tree_map(lambda leaf: leaf[t], xs)))  # noqa: B023
        carry, results[t] = pair(step(given, row), _WANTED)
    return carry, tree_map(lambda *leaves: np.stack(leaves), *results)


def _own_copy(leaf: Any) -> Any:
    return leaf.copy() if issubclass(type(leaf), np.ndarray) else borrowed(leaf)
