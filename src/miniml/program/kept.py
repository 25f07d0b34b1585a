"""What is made of a function is kept with it."""

from collections.abc import Callable, Hashable
from types import CellType
from typing import Any, TypeVar

K = TypeVar("K")

_KEPT = "__miniml_programs__"


def kept_with(function: Callable[..., Any], options: Hashable, make: Callable[[], K]) -> K:
    """What was made of a function with these options before, or what `make` makes now.

    It lies with the function itself, so that `grad(f)` written in a loop traces once, and dies with
    it. Where the globals or the variables of an enclosing function that the function names were
    bound anew since, all is made anew. What cannot hold attributes (builtins, bound methods) is
    made anew each time.
    """
    seen = _surroundings(function)
    try:
        found: tuple[Any, tuple[object, ...], dict[Hashable, Any]]
        found = function.__dict__.get(_KEPT, (None, (), {}))
        owner, before, kept = found
        if owner is not function or not _same(seen, before):  # functools.wraps copies attributes
            kept = {}
            setattr(function, _KEPT, (function, seen, kept))
    except (AttributeError, TypeError):
        return make()
    known: Any = kept.get(options)
    if known is None:
        if len(kept) >= _OPTIONS:
            kept.clear()  # selectors written in a loop are new each time
        known = kept.setdefault(options, make())
    made: K = known
    return made


def _surroundings(function: Callable[..., Any]) -> tuple[object, ...]:
    """The values a function takes from around it, as they are now."""
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


_OPTIONS = 32
