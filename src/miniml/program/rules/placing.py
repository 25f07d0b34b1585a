"""Sums of cotangents: those of slices of one array lie side by side."""

import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from miniml.program.rules.indexing import put_slice_p
from miniml.program.rules.indices import SliceIndex
from miniml.program.trace.tracer import Tracer

Stretch: TypeAlias = tuple[int, int, int]
"""An axis, and the start and stop of a stretch of it."""


def accumulate_cotangents(parts: Sequence[Any]) -> Any:
    """Return the sum of parts of one shape.

    Parts that are zero outside of a stretch of an axis are joined if they are adjacent: padding each
    of n slices with zeros and adding them takes n times the memory and the time.
    """
    found = list(parts) if len(parts) < 2 else _side_by_side(parts)
    whole = found[0]
    for part in found[1:]:
        whole = np.add(whole, part)
    return whole


def _side_by_side(parts: Sequence[Tracer]) -> list[Tracer]:
    """Return the parts, with one in place of each run of adjacent ones."""
    found = [(_stretch(part), part) for part in parts]
    ordered = sorted(
        ((stretch, part) for stretch, part in found if stretch is not None),
        key=operator.itemgetter(0),
    )
    runs: list[list[tuple[Stretch, Tracer]]] = []
    ending: dict[tuple[int, int], list[tuple[Stretch, Tracer]]] = {}
    for stretch, part in ordered:
        axis, start, stop = stretch
        if (axis, start) not in ending:
            runs.append([])
        run = ending.pop((axis, start), runs[-1])
        run.append((stretch, part))
        ending[axis, stop] = run
    return [part for stretch, part in found if stretch is None] + [_placed(run) for run in runs]


def _stretch(part: Tracer) -> Stretch | None:
    """Return the stretch of one axis that a part fills, if it is whole along the others."""
    if part.node.op is not put_slice_p.op:
        return None
    places: SliceIndex = part.node.option("places")
    short = [
        (axis, place)
        for axis, (place, extent) in enumerate(zip(places, part.shape, strict=True))
        if place != (0, extent, 1)
    ]
    if len(short) != 1:
        return None
    axis, place = short[0]
    start, stop, step = place if isinstance(place, tuple) else (place, place + 1, 1)
    return (axis, start, stop) if step == 1 and stop is not None else None


def _placed(run: Sequence[tuple[Stretch, Tracer]]) -> Tracer:
    """Return a run as one part."""
    (axis, first, _), part = run[0]
    if len(run) == 1:
        return part
    shape = part.shape
    values: list[Any] = []
    for (_, start, stop), one in run:
        extents = (*shape[:axis], stop - start, *shape[axis + 1 :])
        values.append(np.reshape(Tracer(one.graph, one.node.inputs[0]), extents))
    value: Any = np.concatenate(values, axis)
    (_, _, last), _ = run[-1]
    if (first, last) == (0, shape[axis]):
        return value  # type: ignore[no-any-return]  # a tracer
    places = [(0, extent, 1) for extent in shape]
    places[axis] = (first, last, 1)
    whole: Tracer = put_slice_p(value, shape=shape, places=tuple(places))
    return whole
