"""Which tracers may be assigned to: arrays that the function made and that have no views in use.

NumPy's arrays are memory, and tracers are values. `y[i] = v` gives the tracer `y` another value from
here on, which is the same if no other array in use shares the memory of `y`.
"""

import weakref
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Graph

_MAY_VIEW = frozenset(
    (  # noqa: SIM905  # to be read as one list
        "array_split asanyarray asarray ascontiguousarray atleast_1d atleast_2d atleast_3d "
        "broadcast_arrays broadcast_to conj conjugate diag diagonal diff dsplit einsum "
        "expand_dims flip fliplr flipud hsplit imag matrix_power matrix_transpose moveaxis "
        "permute_dims ravel real real_if_close require reshape rollaxis rot90 sliding_window_view "
        "split squeeze swapaxes transpose unstack vsplit"
    ).split()
)
"""Functions and methods whose result may share memory with their argument; others make new arrays."""


def may_view(name: str, options: Mapping[str, Any]) -> bool:
    """Return whether a function of that name, called with these options, may return a view."""
    return not options.get("copy", name not in _MAY_VIEW)


_HAS_VIEWS = (
    "cannot assign to an array that has views in use (a slice, a transpose or a reshape of it), since "
    "they would change too: take a .copy() of the view, or of the array before the assignment"
)


def not_assigned(shape: Sequence[int], bases: Sequence[object]) -> TraceError:
    """Return the error for an assignment to what is not an array of its own."""
    if not shape:
        return TraceError(
            "a number cannot be assigned to: bind its name again, or take a copy of the array it was "
            "taken from (y = x.copy(); y[0] = 1.0)"
        )
    if bases:
        return TraceError(
            "a view (a slice, a transpose, a part of np.split) cannot be assigned to, since the array "
            "that it was taken from would change too: take a copy (y = x.copy(); y[0] = 1.0)"
        )
    return TraceError(
        "only a traced array that the function made can be assigned to: take a copy "
        "(y = x.copy(); y[0] = 1.0), or build the result with np.where(condition, new, old), "
        "np.concatenate or np.stack"
    )


class Buffer:
    """The memory of an array that the traced function made."""

    __slots__ = ("changed", "scope", "views")

    def __init__(self, scope: object) -> None:
        self.scope: object = scope  # the step of a loop, or the vmap, that it was made in
        self.views: list[weakref.ref[Alias]] = []
        self.changed: Alias | None = None  # a view of it that an in-place operator changed

    def check(self, scope: object, but: object = None) -> None:
        """Refuse a change that views in use would see, except the view `but`.

        Raises:
            TraceError: If there are such views, or if a step of a loop changes an array that was
                made outside of it.
        """
        self.check_scope(scope)
        if any(view() is not None and view() is not but for view in self.views):
            raise TraceError(_HAS_VIEWS)

    def check_scope(self, scope: object) -> None:
        """Refuse a change in a step of a loop, or a vmap, in which this was not made."""
        if scope is not self.scope:
            raise TraceError(
                "a function given to scan or vmap cannot assign to an array made outside of it: carry "
                "the array from step to step, or return it"
            )

    def assign(self, scope: object, index: object, value: object) -> None:
        """Refuse an assignment as `check` does, except at the end of `y[index] += v`, which assigns the view."""
        if self.changed is None or value is not self.changed or not self.changed.is_at(self, index):
            self.check(scope)
        else:
            self.check(scope, but=value)
            self.changed = None

    def check_unchanged(self, but: object = None) -> None:
        """Refuse the use of an array or a view after another view, not `but`, was changed in place.

        Raises:
            TraceError: If one was, and not by `y[index] += value`, which assigns the result.
        """
        if self.changed is not None and self.changed is not but:
            raise TraceError(_HAS_VIEWS)


class Alias:
    """A name of an array: of a buffer that the function made, of a view, or of the caller's array."""

    __slots__ = ("__weakref__", "bases", "buffer", "place")

    def __init__(self) -> None:
        self.buffer: Buffer | None = None
        self.bases: tuple[Buffer, ...] = ()  # whose memory this may share
        self.place: tuple[Buffer, object] | None = None  # `y[index]` is at `index` of `y`

    def is_at(self, buffer: Buffer, index: object) -> bool:
        """Return whether this is that array at that index."""
        if self.place is None or self.place[0] is not buffer:
            return False
        known = self.place[1]
        return index is known or (type(index) is type(known) in {int, slice} and index == known)

    def check_unchanged(self) -> None:
        """Refuse the use of an array that was changed in place by an alias."""
        if self.buffer is not None:
            self.buffer.check_unchanged()
        for buffer in self.bases:
            buffer.check_unchanged(but=self)

    def change(self, scope: object) -> bool:
        """Return whether an in-place operator may change this: not if the caller owns the memory."""
        if self.buffer is not None:
            self.buffer.check(scope)
        for buffer in self.bases:
            buffer.check_scope(scope)
            buffer.changed = self  # other views may be gone when the result is assigned
        return self.buffer is not None or bool(self.bases)


def as_view(result: Any, *sources: Any) -> Any:
    """Return a result as a view of its sources, which know of it as long as it is in use."""
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
    """Refuse assignments within to arrays that were made outside."""
    before, graph.scope = graph.scope, object()
    try:
        yield
    finally:
        graph.scope = before
