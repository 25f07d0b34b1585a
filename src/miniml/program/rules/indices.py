"""Indices as the options of operations have them: hashable, and written as source."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from miniml.program.ir.graph import Shape

Span: TypeAlias = tuple[int, int | None, int]
"""A slice with its ends worked out; the stop is None if it runs past the start."""

SliceIndex: TypeAlias = tuple[int | Span, ...]
"""An index of integers and slices, one for each axis."""

IndexItem: TypeAlias = int | str | tuple[int | None, int | None, int | None]
"""An item of an index with arrays: an integer, a slice, `ARRAY`, `NEW` or `GAP`."""

ARRAY, NEW, GAP = "array", "new", "gap"
"""The next of the index arrays, a new axis, and an ellipsis that stands for no axis.

An ellipsis between two arrays moves the arrays' axes to the front, as any slice does, even if it
stands for no axis.
"""

WHOLE = (None, None, None)
"""The slice of a whole axis."""


def slices(places: SliceIndex) -> tuple[int | slice, ...]:
    """Return the index as NumPy takes it."""
    return tuple(slice(*p) if isinstance(p, tuple) else p for p in places)


def source(places: SliceIndex) -> str:
    """Return the source of the index."""
    return ", ".join(_written(p) if isinstance(p, tuple) else str(p) for p in places)


def _written(span: Span) -> str:
    start, stop, step = span
    first = start if start or step < 0 else ""  # backward, no start is the end
    return f"{first}:{'' if stop is None else stop}" + (f":{step}" if step != 1 else "")


def all_ranges(shape: Shape, places: SliceIndex) -> list[range]:
    """Return the positions along each axis."""
    return [
        range(n)[slice(*place)] if isinstance(place, tuple) else range(place, place + 1)
        for n, place in zip(shape, places, strict=True)
    ]


def span_of(positions: range) -> Span:
    """Return the slice of some positions along an axis."""
    if not positions:
        return (0, 0, 1)
    return (positions.start, positions.stop if positions.stop >= 0 else None, positions.step)


def index_of(places: Iterable[IndexItem], arrays: Iterable[Any]) -> tuple[Any, ...]:
    """Return the index with these arrays as NumPy takes it."""
    rest = iter(arrays)
    words: dict[Any, Any] = {NEW: None, GAP: ...}
    return tuple(
        next(rest)
        if place == ARRAY
        else slice(*place)
        if isinstance(place, tuple)
        else words.get(place, place)
        for place in places
    )


def source_of(places: Iterable[IndexItem], arrays: Iterable[str]) -> str:
    """Return the source of the index, given that of the arrays."""
    rest = iter(arrays)
    words = {NEW: "None", GAP: "..."}
    return ", ".join(
        next(rest)
        if place == ARRAY
        else ":".join("" if end is None else str(end) for end in place).removesuffix(":")
        if isinstance(place, tuple)
        else words.get(str(place), str(place))
        for place in places
    )


def item_at(places: Sequence[IndexItem], axis: int) -> tuple[IndexItem, int]:
    """Return the item of an index for an axis, and the number of arrays before it."""
    taking = [place for place in places if place not in (NEW, GAP)]
    return taking[axis], taking[:axis].count(ARRAY)
