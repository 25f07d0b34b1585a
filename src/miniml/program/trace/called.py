"""What the user's code was doing when NumPy asked for the array of a tracer."""

import dis
import linecache
import sys
from types import FrameType

from miniml.program.ir.origin import is_skipped


def user_frame() -> FrameType:
    """Return the innermost frame outside of this package and NumPy."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public API gives the calling instruction
    while frame.f_back is not None and is_skipped(frame.f_code):
        frame = frame.f_back
    return frame


def user_operation() -> tuple[str, str]:
    """Return the name of the instruction that the user's code is at, and its source on one line."""
    frame = user_frame()
    code = frame.f_code
    name = dis.opname[code.co_code[frame.f_lasti]]
    places = list(code.co_positions())
    line, end_line, column, end_column = places[frame.f_lasti // 2]
    if line is None or line != end_line or column is None or end_column is None:
        return name, ""
    source = linecache.getline(code.co_filename, line).encode()
    return name, source[column:end_column].decode(errors="replace")


def called_name(text: str) -> str:
    """Return the name of the function in the source of a call: `np.float64` of `np.float64(x)`."""
    name = text.partition("(")[0].strip()
    return name if name.replace(".", "").replace("_", "").isalnum() else ""
