"""A cache that lies on the function it is for."""

from collections.abc import Callable, Hashable
from types import CellType
from typing import Any, TypeVar

M = TypeVar("M")

_ATTRIBUTE = "__miniml_programs__"

_ENTRIES = 32
"""With more entries the cache is emptied: selectors written in a loop are new at each turn."""


def cached_on(function: Callable[..., Any], key: Hashable, make: Callable[[], M]) -> M:
    """What was made of the function under this key before, or what `make` makes now.

    The cache is an attribute of the function: `grad(f)` written in a loop traces once, and the
    programs are freed with `f`. It is emptied where a global or enclosing variable that the
    function reads has been bound anew. Builtins and bound methods, which take no attributes, are
    not cached.
    """
    seen = _surroundings(function)
    try:
        found: tuple[Any, tuple[object, ...], dict[Hashable, Any]]
        found = function.__dict__.get(_ATTRIBUTE, (None, (), {}))
        owner, before, entries = found
        if owner is not function or not _same(seen, before):  # functools.wraps copies attributes
            entries = {}
            setattr(function, _ATTRIBUTE, (function, seen, entries))
    except (AttributeError, TypeError):
        return make()
    known: M | None = entries.get(key)
    if known is not None:
        return known
    if len(entries) >= _ENTRIES:
        entries.clear()
    made: M = entries.setdefault(key, make())
    return made


def _surroundings(function: Callable[..., Any]) -> tuple[object, ...]:
    """The values of the globals and enclosing variables that a function reads."""
    code = getattr(function, "__code__", None)
    if code is None:
        return ()
    around: dict[str, object] = getattr(function, "__globals__", {})
    cells: tuple[CellType, ...] = getattr(function, "__closure__", None) or ()
    return (*(around.get(name) for name in code.co_names), *map(_content, cells))


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None


def _same(these: tuple[object, ...], those: tuple[object, ...]) -> bool:
    return len(these) == len(those) and all(a is b for a, b in zip(these, those, strict=True))
