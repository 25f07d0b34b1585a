"""Checks of numbers and random generators, whose errors name the argument or field."""

import math
import operator
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np


@attrs.frozen
class Number:
    """A range of numbers, for an argument or as the attrs validator of a field.

    Attributes:
        wanted: A description of the range, for messages.
        holds: The predicate that is true in the range.
    """

    wanted: str
    holds: Callable[[float], bool]

    def check(self, name: str, value: Any) -> None:
        """Refuse any other value. Tracers, whose value is not known, pass.

        Raises:
            TypeError: If the value is not a number.
            ValueError: If the number is out of range.
        """
        if _is_tracer(value):
            return
        if not _is_number(value):
            raise TypeError(f"{name} is {describe(value)}: it must be {self.wanted}")
        if not self.holds(float(value)):
            raise ValueError(f"{name} is {value}: it must be {self.wanted}")

    def __call__(self, owner: object, field: "attrs.Attribute[Any]", value: Any) -> None:
        """Check a field."""
        self.check(f"{type(owner).__name__}.{field.name}", value)


NOT_NEGATIVE = Number("a finite number, 0 or more", lambda v: 0.0 <= v < math.inf)
POSITIVE = Number("a finite number above 0", lambda v: 0.0 < v < math.inf)
DECAY = Number("a number from 0 to below 1", lambda v: 0.0 <= v < 1.0)
SHARE = Number("a number between 0 and 1, neither included", lambda v: 0.0 < v < 1.0)


@attrs.frozen
class Integer:
    """The integers from `least` on, for an argument or as the attrs validator of a field."""

    least: int

    def check(self, name: str, value: Any) -> None:
        """Refuse any other value. Tracers, whose value is not known, pass.

        Raises:
            TypeError: If the value is not an integer; 2.0 is not.
            ValueError: If the integer is too small.
        """
        if _is_tracer(value):
            return
        wanted = f"an integer, {self.least} or more"
        try:
            number = None if type(value) in _SINGLE else operator.index(value)
        except TypeError:
            number = None
        if number is None:
            hint = f"; write {int(value)}" if _is_number(value) and value == value // 1 else ""
            raise TypeError(f"{name} is {describe(value)}: it must be {wanted}{hint}")
        if number < self.least:
            raise ValueError(f"{name} is {number}: it must be {wanted}")

    def __call__(self, owner: object, field: "attrs.Attribute[Any]", value: Any) -> None:
        """Check a field."""
        self.check(f"{type(owner).__name__}.{field.name}", value)


def _is_number(value: Any) -> bool:
    if issubclass(type(value), np.ndarray):
        return not value.ndim and value.dtype.kind in "iuf"
    numbers = int | float | np.integer | np.floating
    return issubclass(type(value), numbers) and type(value) is not bool


def _is_tracer(value: Any) -> bool:
    """Return whether the value is a tracer of a scalar, ours or another library's."""
    known = issubclass(type(value), np.ndarray | np.generic)
    return not known and getattr(value, "shape", None) == ()


def check_generator(rng: Any) -> None:
    """Refuse anything but a random generator, such as a seed.

    Raises:
        TypeError: If it is not a generator.
    """
    if not hasattr(rng, "standard_normal"):
        seed = operator.index(rng) if hasattr(rng, "__index__") else 0
        raise TypeError(
            f"rng is {describe(rng)}: it must be a random generator, such as np.random.default_rng({seed})"
        )


def describe(value: Any) -> str:
    """Return the text of a value and of its type, for an error message."""
    text = repr(value)
    if type(value) in _SINGLE:
        return text
    return f"{text if len(text) <= 60 else f'{text[:57]}...'}, of type {type(value).__name__}"


_SINGLE = (bool, np.bool_, type(None))
