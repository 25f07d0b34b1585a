"""Refuse random numbers drawn during a trace: they would be the same in each run of the program."""

import functools
import itertools
import pickle
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable
from types import BuiltinMethodType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from miniml.program.closure.cache import attributes, cell_value, functions_in, globals_of
from miniml.program.closure.reads import names_in
from miniml.program.ir.errors import TraceError
from miniml.program.ir.origin import Origin

_MOST = 500
"""The most values that are searched for generators."""


class Draws:
    """The states of the generators that a function can reach, at the start of its trace."""

    def __init__(self, function: Callable[..., Any], arguments: object) -> None:
        self._sources = {id(source): (source, at) for source, at in _sources(function, arguments)}
        self._before = {key: _state(source) for key, (source, _) in self._sources.items()}

    def refuse(self) -> None:
        """Refuse draws since the start.

        Raises:
            TraceError: If the state of a generator has changed.
        """
        for key, (source, place) in self._sources.items():
            if _state(source) != self._before[key]:
                name = getattr(source, "__name__", type(source).__name__)
                raise TraceError(
                    f"random numbers (of {name}) were drawn while the function was traced, and would "
                    "be the same in each run: draw them before and pass them as an argument (in "
                    "training, with `augment`), or trace at every call with eager=True",
                    place,
                )


def _sources(
    function: Callable[..., Any], arguments: object
) -> Generator[tuple[object, Origin | None]]:
    """Yield the generators that the function and its arguments can reach, the nearest first."""
    waiting = deque[tuple[object, Origin | None]]([(function, None), (arguments, None)])
    known = dict[int, object]()  # kept alive, so that no id is reused
    while waiting and len(known) < _MOST:
        value, place = waiting.popleft()
        if id(value) in known:
            continue
        known[id(value)] = value
        if _is_source(value):
            yield value, place
            continue
        if issubclass(type(value), FunctionType):
            place = _place(value) or place
        waiting.extend((part, place) for part in _parts(value))


def _parts(value: Any) -> Iterable[object]:
    """Return the values in a value, and those that a function reads."""
    kind: type[Any] = value.__class__
    if kind in _ATOMS or str(kind.__module__).startswith("miniml.program"):
        return [getattr(value, "__wrapped__", None)]
    if issubclass(kind, type):
        return filter(_is_source, attributes(value).values())
    if issubclass(kind, FunctionType):
        reached: list[object] = [
            *([] if _is_own(value) else _read(value)),
            *map(cell_value, value.__closure__ or ()),
            *(value.__defaults__ or ()),
            *(value.__kwdefaults__ or {}).values(),
            *attributes(value).values(),
        ]
        return reached
    if issubclass(kind, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if kind in {MethodType, BuiltinMethodType}:
        return [value.__self__, getattr(value, "__func__", None)]
    if issubclass(kind, dict):
        return list(itertools.islice(value.values(), _MOST))
    if issubclass(kind, (list, tuple, set, frozenset, deque)):
        return list(itertools.islice(value, _MOST))
    slots: list[str] = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
    held = [getattr(value, name, None) for name in slots if hasattr(kind, name)]
    return [*attributes(value).values(), *held, *kind.__mro__, *functions_in(value)]


def _read(function: FunctionType) -> list[object]:
    """Return the globals that a function reads, and the attributes that it may read of modules."""
    around, names = function.__globals__, names_in(function.__code__)
    found: list[object] = [around.get(name) for name in globals_of(function.__code__)]
    if "random" in names:  # under any name of NumPy
        found += [np.random, random]
    seen: set[int] = set()
    for value in found:
        if type(value) is ModuleType and value is not np and id(value) not in seen:
            seen.add(id(value))
            found += [vars(value)[name] for name in names if name in vars(value)]
    return found


_ATOMS = {bool, int, float, complex, str, bytes, type(None), np.ndarray, object, ModuleType}
"""Types whose values hold no generators, or too many values to search."""


def _place(function: Any) -> Origin | None:
    """Return the line of a user's function, or None if the function is this library's."""
    if _is_own(function):
        return None
    return Origin(function.__code__.co_filename, function.__code__.co_firstlineno)


def _is_own(function: FunctionType) -> bool:
    """Return whether the function is this library's, whose globals are not generators."""
    return (function.__module__ or "").startswith("miniml.")


def _is_source(value: object) -> bool:
    kinds = (np.random.Generator, np.random.RandomState, random.Random)
    return issubclass(type(value), kinds) or value is np.random or value is random


def _state(source: Any) -> object:
    """Return the state that determines the next numbers."""
    if source is np.random:
        return pickle.dumps(np.random.get_state())  # noqa: NPY002  # legacy code draws from it
    if isinstance(source, np.random.Generator):
        return pickle.dumps(source.bit_generator.state)
    return pickle.dumps(source.get_state()) if hasattr(source, "get_state") else source.getstate()
