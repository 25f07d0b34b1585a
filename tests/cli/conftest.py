"""Run the command in this process, in an empty folder."""

import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from miniml.cli import main


@attrs.frozen
class Outcome:
    """The exit code and the output of a run."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `miniml fit` with some arguments in an empty folder."""
    monkeypatch.chdir(tmp_path)
    # Modules of the folder are imported anew for each test.
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
