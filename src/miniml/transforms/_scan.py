"""Loops whose steps follow on each other, traced as one step."""

import operator
from typing import Any, Protocol, TypeVar

import numpy as np

from miniml.program import active_graph, borrowed, fresh, lift
from miniml.program.autodiff.trees import pair
from miniml.program.loops.record import record
from miniml.tree import named_leaves, tree_flatten, tree_map, tree_unflatten

C = TypeVar("C")
X = TypeVar("X")
Y = TypeVar("Y")
X_contra = TypeVar("X_contra", contravariant=True)
Y_co = TypeVar("Y_co", covariant=True)

_WANTED = "a step must return a pair, (what is carried on, result)"


class Step(Protocol[C, X_contra, Y_co]):
    """What `scan` calls: from what is carried and a row to what is carried on and a result.

    A protocol, since of a `Callable` mypy would take the type of what is carried from the first
    one alone: `np.zeros(3)` would be no `Array`.
    """

    def __call__(self, carry: C, x: X_contra, /) -> tuple[C, Y_co]:
        """Make a step."""
        ...


def scan(
    step: Step[C, X, Y],
    carry: C,
    xs: X,
    *,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[C, Y]:
    """Make a step for each row of some arrays, each with what the one before carries on.

    It is the loop `for x in xs: carry, y = step(carry, x)`. In a traced function that loop is a
    copy of the step for each row; `scan` is traced once, so that the program is made at once for
    any number of steps. What needs no step before is done for all steps at once. For recurrent nets, filters, hidden Markov models and differential equations.

    Args:
        step: From what is carried and a row to what is carried on and a result, both trees; what
            is carried keeps its structure and shapes. Annotate a row as its array is, numbers of a
            vector as `Array` or `Scalar`.
        carry: What the first step is given, in a trace in the dtypes that come out of a step.
        xs: A tree of arrays, whose first axis has the rows; or None, with `length` given.
        length: The number of steps, where `xs` does not say it.
        reverse: Whether to go from the last row to the first.

    Returns:
        What the last step carries on, and the results of all steps, row by row.

    Raises:
        ValueError: If the arrays differ in length, or there are no rows.
        TraceError: If a step returns no pair, or carries on something of another shape than it was
            given.

    Example:
        >>> import numpy as np
        >>> def halved(total: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ...     total = 0.5 * total + x
        ...     return total, total
        >>> scan(halved, np.float64(0.0), np.array([1.0, 1.0, 1.0]))
        (np.float64(1.75), array([1.  , 1.5 , 1.75]))
    """
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
            raise ValueError(f"a step is given {structure}, and carries on {after}: not alike")
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
    """The number of steps."""
    shapes = {name: np.shape(leaf) for name, leaf in named_leaves(xs).items()}
    counts = {shape[0] if shape else None for shape in shapes.values()}
    if length is not None:
        counts.add(operator.index(length))
    if len(counts) != 1 or None in counts:
        given = f", and length is {length}" if length is not None else ""
        raise ValueError(
            f"the arrays to go through have the shapes {shapes}{given}: a first axis of one length "
            "is wanted, or a length"
        )
    count = int(counts.pop() or 0)
    if count < 1:
        raise ValueError("there are no rows to go through: a scan makes one step at least")
    return count


def _one_by_one(step: Step[C, X, Y], carry: C, xs: X, count: int, *, reverse: bool) -> tuple[C, Y]:
    results: list[Any] = [None] * count
    for t in range(count)[:: -1 if reverse else 1]:
        # A step may change what it is given in place: neither the caller's arrays nor its results.
        given, row = tree_map(_apart, (carry, tree_map(lambda leaf: leaf[t], xs)))  # noqa: B023
        carry, results[t] = pair(step(given, row), _WANTED)
    return carry, tree_map(lambda *leaves: np.stack(leaves), *results)


def _apart(leaf: Any) -> Any:
    return leaf.copy() if issubclass(type(leaf), np.ndarray) else borrowed(leaf)
