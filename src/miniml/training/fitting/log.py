"""The log of a run: one line of JSON per step."""

import errno
import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from miniml.checkpoint import replacing
from miniml.training.state import State
from miniml.training.warn import warn

_BEGINNING = '{"step": '
"""The beginning of every line of a log."""


_LINES_AT_ONCE = 64
"""Lines that are written together; fewer at a checkpoint and after `_FLUSH_SECONDS`."""

_FLUSH_SECONDS = 1.0
"""The longest time that lines wait, so that slow steps can be followed live."""


class Log:
    """A file with one line per step: step, epoch, loss, seconds and measurements.

    The seconds are those of the run: they continue from the last line that is kept. Lines of an
    earlier run are kept up to step `start`: a run that resumes from a checkpoint makes its later
    steps again. A file that is not a log is not changed. Lines that cannot be written, for example
    because the disk is full, are written later.
    """

    def __init__(self, path: Path, start: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = _lines_until(path, start)
        with replacing(path) as new:
            new.write_text("".join(kept), encoding="utf-8")
        self._path = path
        self._file = path.open("ab", buffering=0)
        self._size = path.stat().st_size
        self._waiting: list[str] = []
        self._flushed = time.perf_counter()
        self._began = self._flushed - (_seconds(kept[-1]) if kept else 0.0)

    def write(self, state: State[Any], measured: Mapping[str, float]) -> None:
        """Write the line of a state."""
        now = time.perf_counter()
        line: dict[str, int | float | None] = {
            "step": state.step,
            "epoch": state.epoch,
            "loss": state.loss,
            "seconds": round(now - self._began, 6),
        }
        for name, value in measured.items():
            line[name] = value if math.isfinite(value) else None  # JSON has no NaN
        self._waiting.append(json.dumps(line) + "\n")
        if len(self._waiting) % _LINES_AT_ONCE == 0 or now - self._flushed >= _FLUSH_SECONDS:
            self.flush()

    def flush(self, *, to_disk: bool = False) -> None:
        """Write all lines to the file; a warning is issued if that fails.

        Args:
            to_disk: Whether to wait until they are on the disk.
        """
        self._flushed = time.perf_counter()  # even if it fails: else each step would try again
        lines = memoryview("".join(self._waiting).encode())
        try:
            written = 0
            while written < len(lines):
                written += self._file.write(lines[written:])
            if to_disk:
                os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(self._size)  # leave no partial line
            warn(f"the log {self._path} has no lines of {len(self._waiting)} steps yet: {error}")
        else:
            self._size += len(lines)
            self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.flush()
        self._file.close()


def _lines_until(path: Path, step: int) -> list[str]:
    """Return the lines of a log up to a step, without those that a crash has damaged.

    Raises:
        FileExistsError: If the file is not a log: it is not overwritten.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", errors="replace") as file:
        if file.read(len(_BEGINNING)) not in ("", _BEGINNING):
            raise FileExistsError(errno.EEXIST, "Not the log of a run", str(path))
        file.seek(0)
        return [line for line in file if _step(line) <= step] if step else []


def _seconds(line: str) -> float:
    """Return the seconds in a line, 0 if it has none."""
    found = json.loads(line).get("seconds")
    return float(found) if isinstance(found, int | float) else 0.0


def _step(line: str) -> float:
    """Return the step of a line, infinity if the line is damaged."""
    try:
        return float(json.loads(line)["step"]) if line.endswith("\n") else math.inf
    except (ValueError, TypeError, KeyError):
        return math.inf
