"""The help texts."""

import subprocess
import sys
from pathlib import Path

import pytest

import miniml
from miniml.catalogue import DATA, LOSSES, MODELS, OPTIMIZERS
from miniml.cli import main
from tests.cli.conftest import Run

SOURCE = Path(miniml.__file__).parents[1]


def test_of_fit_names_every_choice(run: Run) -> None:
    """The help names every data set, model, loss and optimiser, and every file that is written."""
    outcome = run("--help")
    assert outcome.code == 0
    files = ("params.safetensors", "run.json", "history.csv", "mean_loss.png", "regions.png")
    data = [name for names in DATA.values() for name in names]
    for word in (*data, *MODELS, *LOSSES, *OPTIMIZERS, *files):
        assert word in outcome.out


def test_of_fit_gives_examples_that_parse(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example in the help can be parsed."""
    examples = [
        line.split()[2:]
        for line in run("--help").out.splitlines()
        if line.startswith("  miniml fit ")
    ]
    assert len(examples) >= 4
    monkeypatch.setattr("miniml.cli.fit.run", lambda _: 0)
    for words in examples:
        assert run(*words).code == 0


def test_needs_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command, the message says what is missing."""
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "required: COMMAND" in capsys.readouterr().err


def test_runs_as_a_module() -> None:
    """`python -m miniml` is the command."""
    done = subprocess.run(
        [sys.executable, "-m", "miniml", "--version"],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("miniml ")
