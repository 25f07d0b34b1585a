"""A cache on the function that it is for, whose entries are used while what they read is unchanged."""

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar, runtime_checkable

M = TypeVar("M")

_ATTRIBUTE = "__miniml_programs__"

_ENTRIES = 32
"""A cache with more entries is emptied: a lambda `wrt` written in a loop is new in each iteration."""


@runtime_checkable
class Checked(Protocol):
    """What tells whether it is still what would be made anew."""

    def holds(self) -> bool:
        """Return whether all that it was made of is as it was."""
        ...


def cached_on(function: Callable[..., Any], key: Hashable, make: Callable[[], M]) -> M:
    """Return what was made of a function under a key while it holds, or make it.

    The cache is an attribute of the function: `grad(f)` written in a loop traces once, and the
    programs are freed with `f`. Builtins and bound methods, which take no attributes, have no cache.
    """
    try:
        cache: _Cache | None = function.__dict__.get(_ATTRIBUTE)
        if cache is None or cache.owner is not function:
            cache = _Cache(function)
            setattr(function, _ATTRIBUTE, cache)
    except (AttributeError, TypeError):
        return make()
    known: M | None = cache.entries.get(key)
    if known is not None and (not isinstance(known, Checked) or known.holds()):
        return known
    if len(cache.entries) >= _ENTRIES:
        cache.entries.clear()
    made = cache.entries[key] = make()
    return made


class _Cache:
    """What was made of a function.

    A copy of the function, by `functools.wraps` or `copy`, has the same attribute, and does not use
    it, since it is not the owner. A pickled copy, as for another process, has an empty cache.
    """

    def __init__(self, owner: object = None) -> None:
        self.owner = owner
        self.entries: dict[Hashable, Any] = {}

    def __reduce__(self) -> tuple[type["_Cache"], tuple[()]]:
        return _Cache, ()
