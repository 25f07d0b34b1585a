"""Refuse random numbers drawn during a trace: they would be the same in each run of the program."""

import pickle
import random
from collections.abc import Iterable
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.origin import Origin

WAY_OUT = (
    "draw them before and pass them as an argument (in training, with `augment`), or trace at every "
    "call with eager=True"
)


class Draws:
    """The states of some generators at the start of a trace.

    Args:
        generators: The generators, each with a line of the user's.
    """

    def __init__(self, generators: Iterable[tuple[object, Origin | None]]) -> None:
        self._before = [(source, place, _state(source)) for source, place in generators]

    def refuse(self) -> None:
        """Refuse draws since the start.

        Raises:
            TraceError: If the state of a generator has changed.
        """
        for source, place, before in self._before:
            if _state(source) != before:
                name = getattr(source, "__name__", type(source).__name__)
                raise TraceError(
                    f"random numbers (of {name}) were drawn while the function was traced, and would "
                    f"be the same in each run: {WAY_OUT}",
                    place,
                )


def is_generator(value: object) -> bool:
    """Return whether a value is a generator of random numbers."""
    return issubclass(type(value), (np.random.Generator, np.random.RandomState, random.Random))


def _state(source: Any) -> object:
    """Return the state that determines the next numbers."""
    if source is np.random:
        return pickle.dumps(np.random.get_state())  # noqa: NPY002  # legacy code draws from it
    if isinstance(source, np.random.Generator):
        return pickle.dumps(source.bit_generator.state)
    return pickle.dumps(source.get_state()) if hasattr(source, "get_state") else source.getstate()
