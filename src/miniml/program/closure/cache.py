"""A cache that lies on the function it is for."""

import dis
import functools
import itertools
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import CellType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any, TypeVar

from miniml.program.closure.reads import settings_of

M = TypeVar("M")

_ATTRIBUTE = "__miniml_programs__"

_ENTRIES = 32
"""With more entries the cache is emptied: selectors written in a loop are new at each turn."""


def cached_on(function: Callable[..., Any], key: Hashable, make: Callable[[], M]) -> M:
    """What was made of the function under this key before, or what `make` makes now.

    The cache is an attribute of the function: `grad(f)` written in a loop traces once, and the
    programs are freed with `f`. It is emptied where a global or enclosing variable that the
    function reads, or a function of its module that it calls, has been bound anew, or what it reads
    of a dictionary, an object or a module that such a variable holds. Builtins and bound methods,
    which take no attributes, are not cached.
    """
    seen = _surroundings(function)
    try:
        cache: _Cache | None = function.__dict__.get(_ATTRIBUTE)
        if cache is None or cache.owner is not function or not _same(seen, cache.seen):
            cache = _Cache(function, seen)
            setattr(function, _ATTRIBUTE, cache)
    except (AttributeError, TypeError):
        return make()
    known: M | None = cache.entries.get(key)
    if known is not None:
        return known
    if len(cache.entries) >= _ENTRIES:
        cache.entries.clear()
    made: M = cache.entries.setdefault(key, make())
    return made


class _Cache:
    """What was made of a function, while what it reads stays the same.

    Copies of the function, by `functools.wraps` or `copy`, have the same one, which is not
    theirs; by pickling, as for another process, an empty one.
    """

    def __init__(self, owner: object = None, seen: Sequence[object] = ()) -> None:
        self.owner = owner
        self.seen = seen
        self.entries: dict[Hashable, Any] = {}

    def __reduce__(self) -> tuple[type["_Cache"], tuple[()]]:
        return _Cache, ()


def _surroundings(function: Callable[..., Any]) -> list[object]:
    """The values of the globals and enclosing variables that a function reads.

    Of the functions among them, those of its own module are looked into as well, and so are the
    methods of that module's models, as its parameters may be made of them.
    """
    values: list[object] = []
    waiting = functions_in(function)
    around = waiting[0].__globals__ if waiting else {}
    for kind in [value for value in around.values() if isinstance(value, type)]:
        if "__attrs_attrs__" in vars(kind) and kind.__module__ == around.get("__name__"):
            waiting += methods_of(kind)
    codes: list[CodeType] = []
    known: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in known or one.__globals__ is not around:
            continue
        known.add(id(one))
        found = [
            *(around.get(name) for name in globals_of(one.__code__)),
            *map(content, one.__closure__ or ()),
            *(one.__defaults__ or ()),
        ]
        codes.append(one.__code__)
        values += found
        waiting += itertools.chain.from_iterable(map(functions_in, found))
    if isinstance(function, functools.partial):
        bound: list[Any] = [*function.args, *function.keywords.values()]
        values += bound
    holders: list[object] = [*values, function]
    return values + settings_of(holders, codes)


def functions_in(value: Any) -> list[FunctionType]:
    """The functions that a call of the value may run, what is wrapped before its wrapper."""
    if isinstance(value, ModuleType):
        return []
    if isinstance(value, functools.partial):
        bound: list[Any] = [value.func, *value.args, *value.keywords.values()]
        return list(itertools.chain.from_iterable(map(functions_in, bound)))
    around = attributes(value)
    found = [held for held in around.values() if type(held) is FunctionType]
    if "__wrapped__" in around and around["__wrapped__"] not in found:
        found += functions_in(around["__wrapped__"])
    kind: type[Any] = value.__class__
    own = value if kind is FunctionType else getattr(kind, "__call__", None)  # noqa: B004  # the function is wanted
    return [*found, own] if isinstance(own, FunctionType) else found


@functools.lru_cache(maxsize=256)
def methods_of(kind: type) -> list[FunctionType]:
    """The functions in a class, those of its properties, class methods and static methods included."""
    held = vars(kind).values()
    bare = (getattr(one, "__func__", getattr(one, "fget", one)) for one in held)
    around = sys.modules[kind.__module__].__dict__  # which what attrs has made is not from
    return [one for one in bare if isinstance(one, FunctionType) and one.__globals__ is around]


def attributes(value: object) -> Mapping[str, Any]:
    """The attributes that lie in the value itself."""
    found: Any = getattr(value, "__dict__", None)
    known: Mapping[str, Any] = found if type(found) in _NAMESPACES else {}
    return known  # some objects answer to every name


_NAMESPACES = {dict, MappingProxyType}


@functools.lru_cache(maxsize=1024)
def globals_of(code: CodeType) -> tuple[str, ...]:
    """The globals that code reads, those in its lambdas and comprehensions included."""
    own = [step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"]
    inner = [globals_of(part) for part in code.co_consts if isinstance(part, CodeType)]
    return tuple(dict.fromkeys([*own, *itertools.chain.from_iterable(inner)]))


def content(cell: CellType) -> object:
    """What an enclosing variable is bound to."""
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None


def _same(these: Sequence[object], those: Sequence[object]) -> bool:
    return len(these) == len(those) and all(a is b for a, b in zip(these, those, strict=True))
