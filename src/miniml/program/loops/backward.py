"""The derivative of a loop: a loop from the last step to the first."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.autodiff.reverse import backward_pass, zeros
from miniml.program.ir.graph import Node
from miniml.program.ir.walk import ancestors
from miniml.program.loops.scan_op import Loop
from miniml.program.trace.tracer import variable

Record = Callable[..., tuple[list[Any], list[Any]]]

_MOST = 8
"""The number of steps that are recorded by themselves, at most."""

# fmt: off
_FINITE = frozenset((
    "absolute", "add", "astype", "broadcast_to", "concatenate", "constant", "cos", "exp",
    "expit", "expm1", "gate", "getitem", "input", "item", "keep", "log_expit", "logaddexp",
    "matmul", "max", "maximum", "min", "minimum", "multiply", "negative", "one_minus_square",
    "positive", "put_slice", "reshape", "share", "sin", "square", "subtract", "sum", "tanh",
    "transpose", "variable", "where",
))
# fmt: on
"""Operations whose slopes are finite if their results are: a product with zero is zero."""


@attrs.define
class _Cotangents:
    """The cotangents before a step: of its carried values by number, its row, and its shared values."""

    carried: dict[int, Any]
    row: list[Any]
    shared: list[Any]


def gradients(
    record: Record,
    calls: Sequence[Node],
    loop: Loop,
    g: Sequence[Any],
    y: Sequence[Any],
    *inputs: Any,
) -> list[Any]:
    """Record the gradients by all inputs.

    Each step is replayed from the carried values that it started with. It does not call the user's
    functions again: they might return something else.

    A step's cotangents have two sources: those of the carried values come from the step after it,
    those of its outputs, and of the values that it started with, are rows of `g`.

    What the last step carries on may have no cotangent. A zero in its place would become NaN in a
    product with a slope that is not finite. If there may be such slopes, the last steps are recorded
    by themselves, until a step passes cotangents to the same carried values as the step after it.

    Args:
        record: Records a loop.
        calls: The step's calls of the user's functions.
        loop: The loop.
        g: The cotangents of its results, or None.
        y: Its results.
        inputs: Its inputs.

    Returns:
        The gradient by each input, or None.
    """
    n = loop.carried
    _, rows, shared = loop.sections(inputs)
    returned = sum(len(node.parts) for node in calls)
    made = len(y) - 2 * n - returned
    _, starts, _, known = _pieces(y, n, n, made)
    g_finals, g_starts, g_outputs, _ = _pieces(g, n, n, made)
    carried = [k for k in range(n) if _is_float(starts[k])]
    with_g_start = [k for k in carried if g_starts[k] is not None]
    with_g_output = [k for k in range(made) if g_outputs[k] is not None]
    weights = [x for x in shared if _is_float(x)]

    def back(state: dict[int, Any], row: Sequence[Any]) -> _Cotangents:
        given, results, g_start, g_output = _pieces(row, n + len(rows), returned, len(with_g_start))
        values = [variable(x) if _is_float(x) else x for x in (*given, *shared)]
        wanted = [x for x in values if _is_float(x)]
        called = iter(results)
        replayed = loop.replayed(
            values, {node: list(itertools.islice(called, len(node.parts))) for node in calls}
        )
        outputs = [*(replayed[k] for k in state), *(replayed[2 * n + k] for k in with_g_output)]
        cotangents = [*state.values(), *g_output]
        found = backward_pass(outputs, cotangents, wanted) if outputs else [None] * len(wanted)
        through = len(wanted) - len(carried) - len(weights)
        by_carried, by_row, by_shared = _pieces(found, len(carried), through)
        before = dict(zip(carried, by_carried, strict=True))
        for k, direct in zip(with_g_start, g_start, strict=True):
            before[k] = _sum(before[k], direct)
        return _Cotangents({k: x for k, x in before.items() if x is not None}, by_row, by_shared)

    after = {k: g_finals[k] for k in carried if g_finals[k] is not None}
    through = [
        *(*starts, *rows, *known),
        *(g_starts[k] for k in with_g_start),
        *(g_outputs[k] for k in with_g_output),
    ]
    alone: list[_Cotangents] = []  # those before the steps that are recorded by themselves
    state = _Cotangents(after, [], [None] * len(weights))
    by_row: list[Any] = []
    left = loop.length
    most = 0 if _keeps_zeros(loop) else _MOST
    while left and (state.carried or with_g_start or with_g_output):
        if len(alone) == most:
            absent = {k: zeros(y[k]) for k in carried if k not in state.carried}
            state = attrs.evolve(state, carried=state.carried | absent)
        before = _looped(
            record, back, state, weights, through, length=left, reverse=not loop.reverse
        )
        if before.carried.keys() == state.carried.keys() or len(alone) == most:
            state, by_row = before, before.row
            break
        last, through = _last(through, reverse=loop.reverse)
        before = back(state.carried, last)
        state = attrs.evolve(before, shared=list(map(_sum, before.shared, state.shared)))
        alone.append(state)
        left -= 1
    floats = [x for x in rows if _is_float(x)]
    by_row = _rows(floats, by_row, [x.row for x in alone], reverse=loop.reverse)
    found = iter([*map(state.carried.get, carried), *by_row, *state.shared])
    return [next(found) if _is_float(x) else None for x in inputs]


def _looped(
    record: Record,
    back: Callable[[dict[int, Any], Sequence[Any]], _Cotangents],
    state: _Cotangents,
    weights: Sequence[Any],
    through: Sequence[Any],
    *,
    length: int,
    reverse: bool,
) -> _Cotangents:
    """Record the steps as a loop, and return the cotangents before it, with those of all rows.

    Those of carried values are not complete if other values have them than after the loop.
    """
    numbers = list(state.carried)
    one: _Cotangents | None = None

    def step(values: list[Any], row: list[Any]) -> tuple[list[Any], list[Any]]:
        nonlocal one
        given, sums = _pieces(values, len(numbers))
        after = dict(zip(numbers, given, strict=True))
        one = back(after, row)
        kept = [one.carried.get(k, zeros(x)) for k, x in after.items()]
        return [*kept, *map(_sum, one.shared, sums)], [x for x in one.row if x is not None]

    first = [zeros(w) if x is None else x for w, x in zip(weights, state.shared, strict=True)]
    ends, stacks = record(step, [*state.carried.values(), *first], through, length, reverse=reverse)
    assert one is not None, "record calls the step"
    by_carried, by_shared = _pieces(ends, len(numbers))
    stacked = iter(stacks)
    return _Cotangents(
        {k: by_carried[numbers.index(k)] if k in numbers else x for k, x in one.carried.items()},
        [None if x is None else next(stacked) for x in one.row],
        [
            total if x is start else x
            for x, start, total in zip(by_shared, first, state.shared, strict=True)
        ],
    )


def _keeps_zeros(loop: Loop) -> bool:
    """Return whether a step's gradient is zero if its cotangent is zero and its results are finite."""
    return all(
        _keeps_zeros(node.op.repeated)
        if isinstance(node.op.repeated, Loop)
        else node.op.name in _FINITE and not node.op.several
        for node in ancestors(loop.outputs)
        if node.dtype.kind == "f" or node.parts
    )


def _last(through: Sequence[Any], *, reverse: bool) -> tuple[list[Any], list[Any]]:
    """Return the rows of the last step, and the arrays without them."""
    if reverse:
        return [x[0] for x in through], [x[1:] for x in through]
    return [x[-1] for x in through], [x[:-1] for x in through]


def _rows(
    arrays: Sequence[Any],
    stacked: Sequence[Any],
    alone: Sequence[Sequence[Any]],
    *,
    reverse: bool,
) -> list[Any]:
    """Return the gradient by each array, of the steps of a loop and of those recorded by themselves."""
    if not alone:
        return list(stacked)
    found: list[Any] = []
    for k, array in enumerate(arrays):
        rows = [row[k] for row in alone]
        rest = stacked[k] if stacked else None
        if rest is None and all(x is None for x in rows):
            found.append(None)
            continue
        parts = [zeros(array[:1]) if x is None else x[None] for x in rows]
        if len(rows) < len(array):
            parts.append(zeros(array[: len(array) - len(rows)]) if rest is None else rest)
        found.append(np.concatenate(parts if reverse else parts[::-1]))
    return found


def _pieces(values: Sequence[Any], *counts: int) -> list[list[Any]]:
    """Return the values in pieces of so many, and the rest."""
    rest = iter(values)
    return [*(list(itertools.islice(rest, count)) for count in counts), list(rest)]


def _sum(this: Any, other: Any) -> Any:
    """Return the sum of two gradients, each of which may be None."""
    if this is None or other is None:
        return other if this is None else this
    return np.add(this, other)


def _is_float(x: Any) -> bool:
    return bool(x.dtype.kind == "f")
