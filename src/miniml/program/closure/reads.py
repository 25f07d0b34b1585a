"""What code reads of dictionaries, objects and modules, which can be changed in place."""

import functools
import itertools
from collections.abc import Iterable, Sequence
from types import CodeType, FunctionType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import Any, cast

_DEEP = 3
"""How far it is looked into, as into `config.optimizer.rates["slow"]`."""

_NAMESPACES = {dict, MappingProxyType}

_FIXED = {FunctionType, int, float, bool, str, type(None)}

_LIBRARIES = {"numpy", "miniml"}
"""Modules that hold no settings."""


def settings_of(holders: Iterable[object], codes: Sequence[CodeType]) -> list[object]:
    """Give what some code may read of holders of settings, and of those in them.

    Attributes are known by the names in the code, entries of a dictionary by the texts in it. Lists
    are not looked into: functions note there what they are called with.
    """
    names = dict.fromkeys(itertools.chain.from_iterable(map(names_in, codes)))
    texts = dict.fromkeys(itertools.chain.from_iterable(map(texts_in, codes)))
    values: list[object] = []
    for _ in range(_DEEP):
        holders = [value for holder in holders for value in _held(holder, names, texts)]
        values += holders
    return values


def _held(holder: object, names: Iterable[str], texts: Iterable[str]) -> list[object]:
    kind, inner = type(holder), cast("Any", holder)
    if kind in _FIXED:
        return []
    if kind is dict:
        return [inner[text] for text in texts if text in inner]
    if kind is ModuleType and inner.__name__.partition(".")[0] in _LIBRARIES:
        return []
    around: Any = getattr(holder, "__dict__", None)
    if type(around) in _NAMESPACES:  # some objects answer to every name
        return [around[name] for name in names if name in around]
    if hasattr(kind, "__slots__"):
        slots = [name for name in names if type(getattr(kind, name, None)) is MemberDescriptorType]
        return [getattr(holder, name, None) for name in slots]
    return []


@functools.lru_cache(maxsize=1024)
def names_in(code: CodeType) -> tuple[str, ...]:
    """The names of globals and attributes in code, its lambdas and comprehensions included."""
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return tuple(dict.fromkeys([*code.co_names, *itertools.chain.from_iterable(inner)]))


@functools.lru_cache(maxsize=1024)
def texts_in(code: CodeType) -> tuple[str, ...]:
    """The texts in code, those in its lambdas and comprehensions included."""
    inner = [texts_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    own = [part for part in code.co_consts if isinstance(part, str)]
    return tuple(dict.fromkeys([*own, *itertools.chain.from_iterable(inner)]))
