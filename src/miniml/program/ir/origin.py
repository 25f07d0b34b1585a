"""The lines of the user's code that operations come from."""

import linecache
import os
import sys
from pathlib import Path
from types import CodeType
from typing import NamedTuple

_PACKAGE = str(Path(__file__).parents[2]) + os.sep
_NUMPY = str(Path(sys.modules["numpy"].__file__ or "").parent) + os.sep
_SCIPY = f"{os.sep}site-packages{os.sep}scipy{os.sep}"
_SKIPPED = (_PACKAGE, _NUMPY, "<miniml", "<attrs")


class Origin(NamedTuple):
    """A line of source: the file and the line's number."""

    filename: str
    line: int

    def __str__(self) -> str:
        text = linecache.getline(self.filename, self.line).strip()
        place = f"{self.filename}:{self.line}"
        return f"{place}: {text}" if text else place


def is_skipped(code: CodeType) -> bool:
    """Return whether code is of this package or of NumPy."""
    return code.co_filename.startswith(_SKIPPED)


def is_of_rooms(code: CodeType, *rooms: str) -> bool:
    """Return whether code is of some rooms of this package."""
    return code.co_filename.startswith(tuple(f"{_PACKAGE}{room}{os.sep}" for room in rooms))


def line_of(error: BaseException) -> Origin:
    """Return the innermost line of an error's traceback outside of this package and NumPy."""
    trace = error.__traceback__
    found = user_line()
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not filename.startswith(_SKIPPED) and not filename.endswith(".pyx"):  # NumPy's Cython
            found = Origin(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found


def user_line() -> Origin:
    """Return the innermost line on the stack outside of this package, NumPy and SciPy."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public face is as cheap
    while frame.f_back is not None and (
        frame.f_code.co_filename.startswith(_SKIPPED) or _SCIPY in frame.f_code.co_filename
    ):
        frame = frame.f_back
    return Origin(frame.f_code.co_filename, frame.f_lineno)


def scipy_function() -> str | None:
    """Return the name of the SciPy function that the user's code is in, if any."""
    name = None
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above
    while frame.f_back is not None:
        filename = frame.f_code.co_filename
        if _SCIPY in filename:
            name = frame.f_code.co_name
            name = "function" if name == "wrapper" else name  # a decorator's: not what was called
        elif not filename.startswith(_SKIPPED):
            break
        frame = frame.f_back
    return name


def numpy_function() -> str | None:
    """Return the name of the NumPy function or class, written in Python, that the user's code is in, if any.

    It is the name within NumPy, such as linalg.norm.
    """
    name = None
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_SKIPPED):
        if frame.f_code.co_filename.startswith(_NUMPY):
            name = frame.f_code.co_qualname.partition(".")[0]
            part = str(frame.f_globals["__name__"]).partition(".")[2].partition(".")[0]
            name = f"{part}.{name}" if part in {"linalg", "fft"} else name
        frame = frame.f_back
    return name
