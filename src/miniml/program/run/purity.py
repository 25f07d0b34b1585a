"""Refuse functions that are not pure: traced again, they record something else."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.closure.random_state import WAY_OUT
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import CONSTANT, Node, same_bits
from miniml.program.run.recorded import Recorded, Recording
from miniml.program.trace.tracer import Tracer

RANDOM_TRACES = 7
"""How often a function that may draw random numbers is traced again: most draws then differ."""

MOST = 20_000
"""Traces of more operations are not repeated."""


def check_pure(recording: Recording, again: Callable[[], Recording], *, is_random: bool) -> None:
    """Trace a function again, and refuse it if it does something else.

    Args:
        recording: The first trace.
        again: Traces the function again.
        is_random: Whether it may draw random numbers.

    Raises:
        TraceError: If a trace differs; it names the operation and the user's line.
    """
    if len(recording.recorded.nodes) > MOST:
        return
    for _ in range(RANDOM_TRACES if is_random else 1):
        try:
            second = again()
        except Exception as error:
            raise TraceError(
                "the function was traced a second time, as a check that it is pure, and failed: "
                f"{type(error).__name__}: {error}"
            ) from error
        difference = _difference(recording, second)
        if difference is not None:
            what, node = difference
            raise TraceError(
                f"the function is not pure: traced twice with the same arguments, {what}. A program "
                f"would repeat the first at each run: {_way_out(is_random=is_random)}",
                None if node is None else node.origin,
            )


def changed_since(recorded: Recorded, now: Recorded) -> TraceError:
    """Return the error for a function that does something else than when its program was made."""
    what, node = _differing_operation(recorded, now)
    return TraceError(
        "what the function reads beside its arguments has changed since its program was made: "
        f"{what}. The program goes on with the first: pass what changes as an argument",
        None if node is None else node.origin,
    )


def _way_out(*, is_random: bool) -> str:
    if is_random:
        return f"if the numbers are random, {WAY_OUT}"
    return "pass what changes as an argument, or trace at every call with eager=True"


def _difference(first: Recording, second: Recording) -> tuple[str, Node | None] | None:
    """Return how two traces differ, and the operation where they do; None if they are equal."""
    if first.trace.structure != second.trace.structure:
        return f"it returns {first.trace.structure}, then {second.trace.structure}", None
    if first.recorded != second.recorded:
        recorded, other = first.loosely(), second.loosely()
        if recorded != other:
            return _differing_operation(recorded, other)
    for a, b in zip(first.trace.results, second.trace.results, strict=True):
        if not isinstance(a, Tracer) and not _equal(a, b):
            return f"it returns {_shown(a)}, then {_shown(b)}", None
    return None


def _differing_operation(recorded: Recorded, other: Recorded) -> tuple[str, Node | None]:
    """Return a description of the first operation in which two traces differ, and its node."""
    pair = recorded.first_difference(other)
    if pair is None:
        return "it does not return the same values", None
    first, then = _in_words(pair[0], recorded.nodes), _in_words(pair[1], other.nodes)
    return f"it computes {first}, then {then}", _user_of(pair[0], recorded.nodes)


def _user_of(node: Node, nodes: Sequence[Node]) -> Node:
    """Return the operation that takes a constant, or the node if it is another operation."""
    users = (user for user in nodes if node in user.inputs)
    return next(users, node) if node.op is CONSTANT else node


def _in_words(node: Node, nodes: Sequence[Node]) -> str:
    if node.op is not CONSTANT:
        return f"{node.op.name} of shape {node.shape}"
    user = _user_of(node, nodes)
    return (
        f"{user.op.name} with the constant {_shown(node.value)}"
        if user is not node
        else f"the constant {_shown(node.value)}"
    )


def _shown(value: Any) -> str:
    """Return a value as text on one line."""
    if np.size(value) <= 4:
        return " ".join(repr(value.tolist() if isinstance(value, np.ndarray) else value).split())
    start = " ".join(map(repr, np.ravel(value)[:3].tolist()))
    return f"[{start} ...] of shape {np.shape(value)}"


def _equal(a: Any, b: Any) -> bool:
    if a.__class__ is not b.__class__:
        return False
    if hasattr(a, "dtype") or isinstance(a, int | float | complex):
        return same_bits(np.asarray(a), np.asarray(b))
    return not isinstance(a, str | bytes) or a == b  # other objects may be new ones in each trace
