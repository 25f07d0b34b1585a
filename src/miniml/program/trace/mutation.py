"""Which stand-ins may be assigned to: arrays that the function made, of which no other shows a part.

NumPy's arrays are memory, and stand-ins are values. `y[i] = v` is taken as "`y` is another value
from here on", which is the same wherever nothing else shows the memory of `y`.
"""

import weakref
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Graph

_VIEWING = frozenset(
    (  # noqa: SIM905  # to be read as one list
        "array_split asanyarray asarray ascontiguousarray atleast_1d atleast_2d atleast_3d "
        "broadcast_arrays broadcast_to conj conjugate diag diagonal diff dsplit einsum "
        "expand_dims flip fliplr flipud hsplit imag matrix_power matrix_transpose moveaxis "
        "permute_dims ravel real real_if_close require reshape rollaxis rot90 sliding_window_view "
        "split squeeze swapaxes transpose unstack vsplit"
    ).split()
)
"""Functions and methods whose result may be memory of their argument; others make their own."""


def may_view(name: str, options: Mapping[str, Any]) -> bool:
    """Whether a function of that name, called with these options, may give a view."""
    return not options.get("copy", name not in _VIEWING)


_VIEWED = (
    "cannot assign to an array of which another traced array shows a part (a slice, a transpose or "
    "a reshape of it), as that would change with it: take a .copy() of the part, or of the array "
    "before the assignment"
)


class Buffer:
    """What is known of an array that the traced function made itself."""

    __slots__ = ("changed", "scope", "views")

    def __init__(self, scope: object) -> None:
        self.scope: object = scope  # the step or the example it was made in
        self.views: list[weakref.ref[Alias]] = []
        self.changed: Alias | None = None  # what a view of it became by an operator in place

    def check(self, scope: object, but: object = None) -> None:
        """Refuse a change that something in use would see, `but` for that one.

        Raises:
            TraceError: If an array in use shows a part of this one, or a step of a loop changes
                what was made outside of it.
        """
        self.check_scope(scope)
        if any(view() is not None and view() is not but for view in self.views):
            raise TraceError(_VIEWED)

    def check_scope(self, scope: object) -> None:
        """Refuse a change by a step of a loop, or an example, in which this was not made."""
        if scope is not self.scope:
            raise TraceError(
                "a step of scan, or an example of vmap, cannot assign to an array made outside of "
                "it: carry it from step to step, or return it"
            )

    def assign(self, scope: object, index: object, value: object) -> None:
        """Refuse an assignment as `check` does; `y[index] += v` assigns what became of `y[index]`."""
        if self.changed is None or value is not self.changed or not self.changed.is_at(self, index):
            self.check(scope)
        else:
            self.check(scope, but=value)
            self.changed = None

    def check_unchanged(self, but: object = None) -> None:
        """Refuse the use of an array, or of a view, after a view was changed in place, `but` that one.

        Raises:
            TraceError: If it was, and not by `y[index] += value`, which assigns the result.
        """
        if self.changed is not None and self.changed is not but:
            raise TraceError(_VIEWED)


class Alias:
    """What stands for an array: its own, one that may show others', or the caller's."""

    __slots__ = ("__weakref__", "at", "bases", "buffer")

    def __init__(self) -> None:
        self.buffer: Buffer | None = None
        self.bases: tuple[Buffer, ...] = ()  # of what this may show
        self.at: tuple[Buffer, object] | None = None  # `y[index]` is of `y` at `index`

    def is_at(self, buffer: Buffer, index: object) -> bool:
        """Whether this was taken from that array at that index."""
        if self.at is None or self.at[0] is not buffer:
            return False
        known = self.at[1]
        return index is known or (type(index) is type(known) in {int, slice} and index == known)

    def check_unchanged(self) -> None:
        """Refuse the use of an array whose memory was changed by another name for it."""
        if self.buffer is not None:
            self.buffer.check_unchanged()
        for buffer in self.bases:
            buffer.check_unchanged(but=self)

    def change(self, scope: object) -> bool:
        """Whether an operator in place may change this: not if it is, or shows, the caller's."""
        if self.buffer is not None:
            self.buffer.check(scope)
        for buffer in self.bases:
            buffer.check_scope(scope)
            buffer.changed = self  # what else is a view may be gone when the result is assigned
        return self.buffer is not None or bool(self.bases)


def as_view(result: Any, *sources: Any) -> Any:
    """A result that may show the memory of its sources, which know of it as long as it is in use."""
    views: Sequence[Any] = result if type(result) in {list, tuple} else (result,)
    for view in views:
        if isinstance(view, Alias) and not any(view is source for source in sources):
            view.buffer = None
            for source in sources:
                if isinstance(source, Alias):
                    view.bases += source.bases if source.buffer is None else (source.buffer,)
            for buffer in view.bases:
                buffer.check_unchanged()
                buffer.views.append(weakref.ref(view))
    return result


@contextmanager
def scope(graph: Graph) -> Generator[None, None, None]:
    """Within, what is assigned to must have been made there."""
    before, graph.scope = graph.scope, object()
    try:
        yield
    finally:
        graph.scope = before
