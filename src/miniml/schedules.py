"""Schedules: learning rates that depend on the number of updates made.

A schedule is a frozen model: a function of the count whose numbers are leaves. An optimiser takes
one in place of a number, and changing its numbers makes no new program.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import attrs
import numpy as np

from miniml.program import Tracer
from miniml.tree import Static, model
from miniml.validation import NOT_NEGATIVE, POSITIVE, Integer, Number, describe

__all__ = [
    "Cosine",
    "Exponential",
    "LinearSchedule",
    "Piecewise",
    "ScalarOrSchedule",
    "Schedule",
    "WarmUp",
    "cosine",
    "exponential",
    "linear",
    "piecewise",
    "warm_up",
]


def as_number(value: Any) -> float:
    """Return a NumPy scalar, or its tracer, as a Python float, which adapts to the dtype of arrays."""
    if isinstance(value, Tracer):
        weak: Any = Tracer(value.graph, value.node, float)
        return weak  # type: ignore[no-any-return]  # a tracer of a float
    return float(value)


_RATE = Number(f"{NOT_NEGATIVE.wanted}, or a schedule of such", NOT_NEGATIVE.holds)
_END = Number("a number, 0 or more", lambda v: v >= 0.0)  # infinity: it grows without end


def valid_learning_rate(
    owner: object, field: "attrs.Attribute[Any]", learning_rate: "ScalarOrSchedule"
) -> None:
    """Validate a field that holds a number or a schedule.

    Raises:
        TypeError: If it is neither, or a function that returns no number.
        ValueError: If the number, or the first one of the schedule, is negative or not finite.
    """
    name, first = f"{type(owner).__name__}.{field.name}", learning_rate
    if callable(learning_rate):
        name = f"{name}: {getattr(learning_rate, '__qualname__', type(learning_rate).__name__)}(0)"
        try:
            first = learning_rate(0)
        except (TypeError, ArithmeticError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(
                f"{name} fails: {error}. A schedule takes the number of updates made, 0 at first, "
                "and returns a rate, as schedules.cosine(0.1, steps=100) does"
            ) from error
    _RATE.check(name, first)


@model
class Cosine:
    """Half a cosine from `start` down to `end`; see `cosine`."""

    start: float = attrs.field(validator=NOT_NEGATIVE)
    end: float = attrs.field(validator=NOT_NEGATIVE)
    steps: int = attrs.field(validator=Integer(1))

    def __call__(self, count: int) -> float:
        """Return the learning rate after `count` updates."""
        part = np.minimum(count, self.steps) / self.steps
        return as_number(self.end + (self.start - self.end) * 0.5 * (1.0 + np.cos(np.pi * part)))


@model
class LinearSchedule:
    """A straight line from `start` to `end`; see `linear`."""

    start: float = attrs.field(validator=NOT_NEGATIVE)
    end: float = attrs.field(validator=NOT_NEGATIVE)
    steps: int = attrs.field(validator=Integer(1))

    def __call__(self, count: int) -> float:
        """Return the learning rate after `count` updates."""
        part = np.minimum(count, self.steps) / self.steps
        return as_number(self.start + (self.end - self.start) * part)


@model
class Exponential:
    """`start * factor ** (count / every)`; see `exponential`."""

    start: float = attrs.field(validator=NOT_NEGATIVE)
    factor: float = attrs.field(validator=POSITIVE)
    every: int = attrs.field(validator=Integer(1))
    end: float = attrs.field(validator=_END)
    stairs: Static[bool]

    def __call__(self, count: int) -> float:
        """Return the learning rate after `count` updates."""
        power = count // self.every if self.stairs else count / self.every
        with np.errstate(over="ignore"):  # what overflows has long been at `end`
            rate = self.start * np.power(1.0 * self.factor, power)
        # A falling rate stops at `end` from above, a growing one from below.
        above: Any = np.maximum(rate, self.end)
        below: Any = np.minimum(rate, self.end)
        return as_number(np.where(self.factor < 1.0, above, below))


def _valid_rates(owner: object, _: "attrs.Attribute[Any]", rates: Iterable[float]) -> None:
    for position, rate in enumerate(rates):
        NOT_NEGATIVE.check(f"{type(owner).__name__}.rates[{position}]", rate)


def _rising(owner: "Piecewise", _: "attrs.Attribute[Any]", boundaries: tuple[int, ...]) -> None:
    if len(owner.rates) != len(boundaries) + 1:
        raise ValueError(
            f"{len(owner.rates)} rates need {len(owner.rates) - 1} boundaries between them, got "
            f"{len(boundaries)}"
        )
    for position, boundary in enumerate(boundaries):
        Integer(0).check(f"{type(owner).__name__}.boundaries[{position}]", boundary)
    if any(later <= earlier for earlier, later in pairwise(boundaries)):
        raise ValueError(f"the boundaries {list(boundaries)} must increase")


@model
class Piecewise:
    """Constant rates in a row; see `piecewise`."""

    rates: tuple[float, ...] = attrs.field(validator=_valid_rates)
    boundaries: tuple[int, ...] = attrs.field(validator=_rising)

    def __call__(self, count: int) -> float:
        """Return the learning rate after `count` updates."""
        rate: Any = self.rates[0]
        for boundary, later in zip(self.boundaries, self.rates[1:], strict=True):
            rate = np.where(count < boundary, rate, later)
        return as_number(rate)


@model
class WarmUp:
    """A straight line up to the start of another schedule; see `warm_up`."""

    learning_rate: "ScalarOrSchedule" = attrs.field(validator=valid_learning_rate)
    start: float = attrs.field(validator=NOT_NEGATIVE)
    steps: int = attrs.field(validator=Integer(1))

    def __call__(self, count: int) -> float:
        """Return the learning rate after `count` updates."""
        first, then = (
            value_at(self.learning_rate, 0),
            value_at(self.learning_rate, np.maximum(count - self.steps, 0)),
        )
        rising = self.start + (first - self.start) * (count / self.steps)
        return as_number(np.where(count < self.steps, rising, then))


Schedule: TypeAlias = Callable[[int], float]
"""From the number of updates made to a learning rate."""

ScalarOrSchedule: TypeAlias = float | Schedule
"""A number or a schedule."""


def value_at(schedule: ScalarOrSchedule, count: Any) -> float:
    """Return the value of a schedule after `count` updates.

    Args:
        schedule: A number or a schedule.
        count: The number of updates made.

    Returns:
        The number.

    Example:
        >>> value_at(0.1, 3), value_at(linear(0.1, 0.0, steps=2), 1)
        (0.1, 0.05)
    """
    return schedule(count) if callable(schedule) else schedule


def cosine(start: float, steps: int, end: float = 0.0) -> Cosine:
    """Return a rate that falls along half a cosine (Loshchilov and Hutter 2017, without restarts).

    Args:
        start: The first rate.
        steps: The number of updates that the fall takes; the rate then stays.
        end: The last rate.

    Returns:
        A schedule.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `steps` is not positive, or a rate is negative or not finite.

    Example:
        >>> [round(cosine(1.0, steps=2)(count), 6) for count in range(4)]
        [1.0, 0.5, 0.0, 0.0]
    """
    return Cosine(start, end, steps)


def linear(start: float, end: float, steps: int) -> LinearSchedule:
    """Return a rate that follows a straight line.

    Args:
        start: The first rate.
        end: The last rate.
        steps: The number of updates that it takes; the rate then stays.

    Returns:
        A schedule.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `steps` is not positive, or a rate is negative or not finite.

    Example:
        >>> [linear(1.0, 0.0, steps=2)(count) for count in range(4)]
        [1.0, 0.5, 0.0, 0.0]
    """
    return LinearSchedule(start, end, steps)


def exponential(
    start: float, factor: float, every: int, end: float | None = None, *, stairs: bool = False
) -> Exponential:
    """Return a rate that changes by a factor every few updates.

    Args:
        start: The first rate.
        factor: The factor of `every` updates.
        every: The number of updates.
        end: The rate at which it stops; by default it does not.
        stairs: Whether the rate changes only at multiples of `every`.

    Returns:
        A schedule.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `every` or the factor is not positive, or a rate is negative or not finite.

    Example:
        >>> [exponential(1.0, 0.25, every=2)(count) for count in range(3)]
        [1.0, 0.5, 0.25]
    """
    limit = end if end is not None else (0.0 if factor < 1.0 else float("inf"))
    return Exponential(start, factor, every, limit, stairs)


def piecewise(rates: Sequence[float], boundaries: Sequence[int]) -> Piecewise:
    """Return constant rates, one after another.

    Args:
        rates: The rates.
        boundaries: The numbers of updates after which each but the first applies, increasing.

    Returns:
        A schedule.

    Raises:
        TypeError: If a rate is not a number, a boundary not an integer, or either not a sequence.
        ValueError: If there is not one boundary between two rates, they do not increase, or a rate
            is negative or not finite.

    Example:
        >>> [piecewise([0.1, 0.01], [2])(count) for count in range(4)]
        [0.1, 0.1, 0.01, 0.01]
    """
    for name, given in (("rates", rates), ("boundaries", boundaries)):
        if not hasattr(given, "__iter__"):
            raise TypeError(
                f"{name} is {describe(given)}: it must be a sequence, as in piecewise([0.1, 0.01], [1000])"
            )
    return Piecewise(tuple(rates), tuple(boundaries))


def warm_up(learning_rate: ScalarOrSchedule, steps: int, start: float = 0.0) -> WarmUp:
    """Return a rate that rises along a straight line, then follows a schedule from its beginning.

    Args:
        learning_rate: The rate to reach, or the schedule that follows.
        steps: The number of updates that the rise takes.
        start: The first rate.

    Returns:
        A schedule.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `steps` is not positive, or a rate is negative or not finite.

    Example:
        >>> [warm_up(cosine(1.0, steps=2), steps=2)(count) for count in (0, 1, 2, 4)]
        [0.0, 0.5, 1.0, 0.0]
    """
    return WarmUp(learning_rate, start, steps)
