"""A cache on the function that it is for, valid while all that the function reads is unchanged."""

import dis
import functools
import itertools
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from types import CellType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any, TypeVar

from miniml.program.closure.reads import settings_read
from miniml.tree import Structure, tree_leaves, tree_structure

M = TypeVar("M")

_ATTRIBUTE = "__miniml_programs__"

_ENTRIES = 32
"""A cache with more entries is emptied: a lambda `wrt` written in a loop is new in each iteration."""


def cached_on(function: Callable[..., Any], key: Hashable, make: Callable[[], M]) -> M:
    """Return what was made of a function under a key, or make it.

    The cache is an attribute of the function: `grad(f)` written in a loop traces once, and the
    programs are freed with `f`. It is emptied when a global or enclosing variable that the function
    reads, or a function of its module that it calls, is rebound, or when an entry that it reads of a
    dictionary, an object or a module in such a variable changes. Builtins and bound methods, which
    take no attributes, are not cached.
    """
    read = _values_read(function)
    try:
        cache: _Cache | None = function.__dict__.get(_ATTRIBUTE)
        if cache is None or cache.owner is not function or not _same(read, cache.read):
            cache = _Cache(function, read)
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


def closure_key(*trees: object) -> tuple[object, ...]:
    """Return a key that changes when something changes that the functions in some trees read.

    These functions are the methods of the nodes, and the leaves and static values that can be
    called, such as schedules and activations. The key has one token for each of them.
    """
    functions = dict.fromkeys(function for tree in trees for function in _functions_of(tree))
    return tuple(cached_on(one, "token", object) for one in functions if _is_users(one))


class _Cache:
    """What was made of a function, valid while what it reads stays the same.

    A copy of the function, by `functools.wraps` or `copy`, has the same attribute, and does not use
    it, since it is not the owner. A pickled copy, as for another process, has an empty cache.
    """

    def __init__(self, owner: object = None, read: Sequence[object] = ()) -> None:
        self.owner = owner
        self.read = read
        self.entries: dict[Hashable, Any] = {}

    def __reduce__(self) -> tuple[type["_Cache"], tuple[()]]:
        return _Cache, ()


def _values_read(function: Callable[..., Any]) -> list[object]:
    """Return the values of the globals and enclosing variables that a function reads.

    Functions of its own module among them are searched as well, and so are the methods of that
    module's models, as its parameters may be instances of them.
    """
    values: list[object] = []
    waiting = functions_in(function)
    module = waiting[0].__globals__ if waiting else {}
    for kind in [value for value in module.values() if isinstance(value, type)]:
        if "__attrs_attrs__" in vars(kind) and kind.__module__ == module.get("__name__"):
            waiting += methods_of(kind)
    codes: list[CodeType] = []
    known: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in known or one.__globals__ is not module:
            continue
        known.add(id(one))
        found = [
            *(module.get(name) for name in globals_of(one.__code__)),
            *map(cell_value, one.__closure__ or ()),
            *(one.__defaults__ or ()),
        ]
        codes.append(one.__code__)
        values += found
        waiting += itertools.chain.from_iterable(map(functions_in, found))
    if isinstance(function, functools.partial):
        bound: list[Any] = [*function.args, *function.keywords.values()]
        values += bound
    holders: list[object] = [*values, function]
    return values + settings_read(holders, codes)


def _functions_of(tree: object) -> Iterator[FunctionType]:
    """Yield the functions in a tree, and the methods of its nodes."""
    for leaf in tree_leaves(tree):
        if callable(leaf):
            yield from functions_in(leaf)
    yield from _functions_of_structure(tree_structure(tree))


def _functions_of_structure(structure: Structure[Any]) -> Iterator[FunctionType]:
    if structure.node is None:
        return
    for kind in structure.node.type.__mro__:
        if _is_users(kind) and kind.__module__ in sys.modules:
            yield from methods_of(kind)
    for static in structure.aux:
        yield from functions_in(static)
    for child in structure.children:
        yield from _functions_of_structure(child)


def _is_users(one: FunctionType | type[Any]) -> bool:
    """Return whether a function or a class is the user's: not of a package whose globals stay the same."""
    return str(one.__module__).partition(".")[0] not in {"miniml", "numpy", "typing", "builtins"}


def functions_in(value: Any) -> list[FunctionType]:
    """Return the functions that a call of the value may run, a wrapped one before its wrapper."""
    if isinstance(value, ModuleType):
        return []
    if isinstance(value, functools.partial):
        bound: list[Any] = [value.func, *value.args, *value.keywords.values()]
        return list(itertools.chain.from_iterable(map(functions_in, bound)))
    own = attributes(value)
    found = [held for held in own.values() if type(held) is FunctionType]
    if "__wrapped__" in own and own["__wrapped__"] not in found:
        found += functions_in(own["__wrapped__"])
    kind: type[Any] = value.__class__
    called = value if kind is FunctionType else getattr(kind, "__call__", None)  # noqa: B004  # the function is wanted
    return [*found, called] if isinstance(called, FunctionType) else found


@functools.lru_cache(maxsize=256)
def methods_of(kind: type) -> list[FunctionType]:
    """Return the functions in a class, with those of properties, class methods and static methods."""
    held = vars(kind).values()
    bare = (getattr(one, "__func__", getattr(one, "fget", one)) for one in held)
    module = sys.modules[kind.__module__].__dict__  # methods made by attrs have other globals
    return [one for one in bare if isinstance(one, FunctionType) and one.__globals__ is module]


def attributes(value: object) -> Mapping[str, Any]:
    """Return the attributes in the value's own dictionary."""
    found: Any = getattr(value, "__dict__", None)
    known: Mapping[str, Any] = found if type(found) in _NAMESPACES else {}
    return known  # some objects have an attribute of any name


_NAMESPACES = {dict, MappingProxyType}


@functools.lru_cache(maxsize=1024)
def globals_of(code: CodeType) -> tuple[str, ...]:
    """Return the globals that code reads, with those of its lambdas and comprehensions."""
    own = [step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"]
    inner = [globals_of(part) for part in code.co_consts if isinstance(part, CodeType)]
    return tuple(dict.fromkeys([*own, *itertools.chain.from_iterable(inner)]))


def cell_value(cell: CellType) -> object:
    """Return what an enclosing variable is bound to."""
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None


def _same(these: Sequence[object], those: Sequence[object]) -> bool:
    return len(these) == len(those) and all(a is b for a, b in zip(these, those, strict=True))
