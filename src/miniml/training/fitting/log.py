"""A log of a run: one line of JSON a step."""

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
"""What every line of a log begins with."""


_TOGETHER = 64
"""Lines are written so many at a time, after a while, and at each checkpoint."""

_WHILE = 1.0
"""Seconds after which lines are written whatever their number: of slow steps one watches the log."""


class Log:
    """Writes a line a step: step, epoch, loss, seconds, and what was measured.

    The seconds are those of the run: they go on from the last line that is kept. Lines of an
    earlier run stay if they are of steps up to `start`: a run that goes on from a checkpoint takes
    its later steps again. A file that is no log is left as it is. Lines that cannot be written, as
    on a full disk, wait for a later try.
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
        if len(self._waiting) % _TOGETHER == 0 or now - self._flushed >= _WHILE:
            self.flush()

    def flush(self, *, to_disk: bool = False) -> None:
        """Hand all lines over to the file system; a warning tells where it does not take them.

        Args:
            to_disk: Whether to wait until the disk has them.
        """
        self._flushed = time.perf_counter()  # also where it fails: not at each step again
        lines = memoryview("".join(self._waiting).encode())
        try:
            written = 0
            while written < len(lines):
                written += self._file.write(lines[written:])
            if to_disk:
                os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(self._size)  # no line is left in half
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
    """Give the lines of a log of steps up to `step`, without those that a crash has torn.

    Raises:
        FileExistsError: If the file is no log: it is not written over.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", errors="replace") as file:
        if file.read(len(_BEGINNING)) not in ("", _BEGINNING):
            raise FileExistsError(errno.EEXIST, "Not the log of a run", str(path))
        file.seek(0)
        return [line for line in file if _step(line) <= step] if step else []


def _seconds(line: str) -> float:
    """Give the seconds that a whole line tells, 0 if it tells none."""
    found = json.loads(line).get("seconds")
    return float(found) if isinstance(found, int | float) else 0.0


def _step(line: str) -> float:
    """Give the step that a line is of, infinity if it is not whole."""
    try:
        return float(json.loads(line)["step"]) if line.endswith("\n") else math.inf
    except (ValueError, TypeError, KeyError):
        return math.inf
