"""Warn of a transform that is made anew in a loop, and traced each time."""

import functools
import sys
import time
import warnings
from typing import Any

import attrs

from miniml.program.ir.origin import Origin, is_of_rooms, is_skipped

TIMES = 20
"""How often a line makes a transform before it is warned of."""


@attrs.define
class Making:
    """How often a line of the user's made a transform, and how long these were traced.

    Attributes:
        times: How often.
        since: When first, by `time.perf_counter`.
        tracing: The seconds that tracing and compiling took.
        is_reported: Whether the line has been warned of.
    """

    times: int = 0
    since: float = attrs.field(factory=time.perf_counter)
    tracing: float = 0.0
    is_reported: bool = False


_MAKINGS: dict[tuple[Origin, str], Making] = {}

_LINES = 1000
"""The most lines that are remembered."""


def note_making(function: Any) -> Making | None:
    """Note that a line of the user's makes a transform, and warn if it does so in a slow loop.

    Args:
        function: What the transform is of. All that one `lambda` or `def` makes are counted as one.

    Returns:
        What is known of the line; None if the library itself calls the transform.
    """
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public face is as cheap
    transform = ""
    while frame.f_back is not None and is_of_rooms(frame.f_code, "program", "transforms"):
        transform = frame.f_code.co_name
        frame = frame.f_back
    if is_skipped(frame.f_code):
        return None
    line = Origin(frame.f_code.co_filename, frame.f_lineno)
    if len(_MAKINGS) >= _LINES:
        _MAKINGS.clear()
    while isinstance(function, functools.partial):
        function = function.func
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
    making = _MAKINGS.setdefault((line, name), Making())
    making.times += 1
    is_slow = making.tracing > 0.5 * (time.perf_counter() - making.since)
    if making.times > TIMES and is_slow and not making.is_reported:
        making.is_reported = True
        warnings.warn_explicit(
            f"this line has made {transform}(f) {TIMES} times, and each was traced anew, which takes most "
            f"of the time: make it once, before the loop (g = {transform}(f)), and pass what changes "
            "as an argument",
            RuntimeWarning,
            *line,
        )
    return making
