"""The log of a run, also on a full disk."""

import json
from pathlib import Path
from typing import Any

import pytest

import miniml as ml
from miniml.training.fitting.log import Log
from tests.training.problem import NET


def state(step: int) -> ml.State[Any]:
    return ml.State(step, 0, NET, ml.OptimizerState(step), 0.5)


class FullFor:
    """A file on a disk that takes half of a write, and then nothing for some tries."""

    def __init__(self, file: Any, tries: int) -> None:
        self.file = file
        self.tries = tries
        self.half = True

    def write(self, data: Any) -> int:
        if self.half and self.tries:
            self.half = False
            return int(self.file.write(data[: len(data) // 2]))
        if self.tries:
            self.tries -= 1
            self.half = True
            raise OSError(28, "No space left on device")
        return int(self.file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def test_lines_of_slow_steps_can_be_read_as_they_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line waits for a second at most, and for 63 others if steps are quick."""
    path, clock = tmp_path / "log.jsonl", [0.0]
    monkeypatch.setattr("miniml.training.fitting.log.time.perf_counter", lambda: clock[0])
    with Log(path, 0) as log:
        for step, wait, lines in [(1, 0.4, 0), (2, 0.4, 0), (3, 0.4, 3), (4, 0.4, 3), (5, 5.0, 5)]:
            clock[0] += wait
            log.write(state(step), {})
            assert len(path.read_text().splitlines()) == lines


def test_the_seconds_of_a_resumed_run_continue(tmp_path: Path) -> None:
    """They never decrease: a resumed run counts from the last line that it keeps."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1, "seconds": 7.5}\n{"step": 2, "seconds": 50.0}\n{"step": 3}\n')
    for start, least, most in [(2, 50.0, 60.0), (1, 7.5, 17.5), (0, 0.0, 10.0)]:
        with Log(path, start) as log:
            log.write(state(start + 1), {})
        assert least <= json.loads(path.read_text().splitlines()[-1])["seconds"] < most


def test_lines_wait_until_there_is_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is reported by a warning, leaves no half of a line, and lines are written later."""
    path = tmp_path / "log.jsonl"
    with Log(path, 0) as log:
        log.write(state(1), {})
        log.flush()
        monkeypatch.setattr(log, "_file", FullFor(log._file, 2))
        for step in (2, 3):
            log.write(state(step), {})
            with pytest.warns(RuntimeWarning, match="has no lines of .* steps yet: .*No space"):
                log.flush()
            assert [json.loads(line)["step"] for line in path.read_text().splitlines()] == [1]
        log.write(state(4), {})
    assert [json.loads(line)["step"] for line in path.read_text().splitlines()] == [1, 2, 3, 4]
