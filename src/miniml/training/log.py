"""A log of a run: one line of JSON a step."""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from miniml.checkpoint import replacing
from miniml.training.state import State


class Log:
    """Writes a line a step: step, epoch, loss, seconds, and what was measured.

    Lines of an earlier run stay if they are of steps up to `start`: a run that goes on from a
    checkpoint takes its later steps again.
    """

    def __init__(self, path: Path, start: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = _lines_until(path, start)
        with replacing(path) as new:
            new.write_text("".join(kept), encoding="utf-8")
        self._file = path.open("a", encoding="utf-8")
        self._began = time.perf_counter()

    def write(self, state: State[Any], measured: Mapping[str, float]) -> None:
        """Write the line of a state."""
        line: dict[str, int | float | None] = {
            "step": state.step,
            "epoch": state.epoch,
            "loss": state.loss,
            "seconds": round(time.perf_counter() - self._began, 6),
        }
        for name, value in measured.items():
            line[name] = value if math.isfinite(value) else None  # JSON has no NaN
        self._file.write(json.dumps(line) + "\n")

    def flush(self) -> None:
        """Hand all lines over to the file system."""
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()


def _lines_until(path: Path, step: int) -> list[str]:
    """Give the whole lines of a log of steps up to `step`."""
    if not step or not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= step]
