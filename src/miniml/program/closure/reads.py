"""Find what code reads of dictionaries, objects and modules, which can change in place."""

import functools
import itertools
from collections.abc import Iterable, Sequence
from types import CodeType, FunctionType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import Any, cast

_DEPTH = 3
"""How deep settings are searched, as in `config.optimizer.rates["slow"]`."""

_NAMESPACES = {dict, MappingProxyType}

_FIXED = {FunctionType, int, float, bool, str, type(None)}

_LIBRARIES = {"numpy", "miniml"}
"""Packages whose modules hold no settings."""


def settings_read(holders: Iterable[object], codes: Sequence[CodeType]) -> list[object]:
    """Return the values that some code may read of its holders of settings, and of those in them.

    Attributes are found by the names in the code, entries of a dictionary by its string constants.
    Lists are not searched: functions may append there what they are called with.
    """
    names = dict.fromkeys(itertools.chain.from_iterable(map(names_in, codes)))
    strings = dict.fromkeys(itertools.chain.from_iterable(map(strings_in, codes)))
    values: list[object] = []
    for _ in range(_DEPTH):
        holders = [value for holder in holders for value in _entries_read(holder, names, strings)]
        values += holders
    return values


def _entries_read(holder: object, names: Iterable[str], strings: Iterable[str]) -> list[object]:
    kind, inner = type(holder), cast("Any", holder)
    if kind in _FIXED:
        return []
    if kind is dict:
        return [inner[string] for string in strings if string in inner]
    if kind is ModuleType and inner.__name__.partition(".")[0] in _LIBRARIES:
        return []
    namespace: Any = getattr(holder, "__dict__", None)
    if type(namespace) in _NAMESPACES:  # some objects have an attribute of any name
        return [namespace[name] for name in names if name in namespace]
    if hasattr(kind, "__slots__"):
        slots = [name for name in names if type(getattr(kind, name, None)) is MemberDescriptorType]
        return [getattr(holder, name, None) for name in slots]
    return []


@functools.lru_cache(maxsize=1024)
def names_in(code: CodeType) -> tuple[str, ...]:
    """Return the names of globals and attributes in code, with its lambdas and comprehensions."""
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return tuple(dict.fromkeys([*code.co_names, *itertools.chain.from_iterable(inner)]))


@functools.lru_cache(maxsize=1024)
def strings_in(code: CodeType) -> tuple[str, ...]:
    """Return the string constants in code, with those of its lambdas and comprehensions."""
    inner = [strings_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    own = [part for part in code.co_consts if isinstance(part, str)]
    return tuple(dict.fromkeys([*own, *itertools.chain.from_iterable(inner)]))
