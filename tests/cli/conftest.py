"""Running the command in this process, as a person would in a folder of their own."""

import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from miniml.cli import main


@attrs.frozen
class Outcome:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `miniml fit` with some words, in an empty folder, and say what came of it."""
    monkeypatch.chdir(tmp_path)
    # A folder of one's own means modules of one's own, too.
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(*words: str) -> Outcome:
        try:
            code = main(["fit", *words])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run
