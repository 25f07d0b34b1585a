"""Random numbers drawn while a function is traced: its program would have the same at each run."""

import pickle
import random
from collections.abc import Callable, Generator, Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from miniml.program.cache import content, functions_in, globals_of
from miniml.program.errors import TraceError
from miniml.program.origin import Origin

_MOST = 100
"""So many functions are looked into at most."""


class Draws:
    """Looks whether numbers are drawn from generators that a function was given, or reads."""

    def __init__(self, function: Callable[..., Any], arguments: Iterable[object]) -> None:
        self._sources = {id(source): (source, at) for source, at in _sources(function, arguments)}
        self._before = {key: _state(source) for key, (source, _) in self._sources.items()}

    def refuse(self) -> None:
        """Refuse that there were any.

        Raises:
            TraceError: If one gives other numbers now than it would have before.
        """
        for key, (source, place) in self._sources.items():
            if _state(source) != self._before[key]:
                name = getattr(source, "__name__", type(source).__name__)
                raise TraceError(
                    f"random numbers (of {name}) were drawn while the function was traced, and would "
                    "be the same at each run: draw them before and pass them as an argument (in "
                    "training, with `augment`), or trace at every call with eager=True",
                    place,
                )


def _sources(
    function: Callable[..., Any], arguments: Iterable[object]
) -> Generator[tuple[object, Origin | None]]:
    """The generators among the arguments, and those that the function and what it calls read."""
    yield from ((source, None) for value in (function, *arguments) for source in _held_by(value))
    waiting, known = functions_in(function), set[FunctionType]()
    while waiting and len(known) < _MOST:
        one = waiting.pop()
        if one in known:
            continue
        known.add(one)
        own = _is_own(one)
        place = None if own else Origin(one.__code__.co_filename, one.__code__.co_firstlineno)
        read = () if own else globals_of(one.__code__)
        around: list[object] = [one.__globals__.get(name) for name in read]
        for value in (*map(content, one.__closure__ or ()), *around):
            yield from ((source, place) for source in _held_by(value))
            if value is np and "random" in one.__code__.co_names:
                yield np.random, place
            waiting += functions_in(value)


def _held_by(value: object) -> list[object]:
    """The value, if it is a generator, and those among an object's attributes."""
    held = {} if isinstance(value, ModuleType | type) else getattr(value, "__dict__", {})
    return [found for found in (value, *held.values()) if _is_source(found)]


def _is_own(function: FunctionType) -> bool:
    """Whether the function is this library's, whose globals are no generators."""
    return (function.__module__ or "").startswith("miniml.")


def _is_source(value: object) -> bool:
    kinds = (np.random.Generator, np.random.RandomState, random.Random)
    return isinstance(value, kinds) or value is np.random or value is random


def _state(source: Any) -> object:
    """What decides the numbers that come next."""
    if source is np.random:
        return pickle.dumps(np.random.get_state())  # noqa: NPY002  # also what is old-fashioned draws
    if isinstance(source, np.random.Generator):
        return pickle.dumps(source.bit_generator.state)
    return pickle.dumps(source.get_state() if hasattr(source, "get_state") else source.getstate())
