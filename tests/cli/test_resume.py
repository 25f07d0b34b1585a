"""`miniml fit --resume`: a resumed run ends with the bits of an uninterrupted one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import miniml as ml
from miniml.training.fitting.progress import Moment, Show
from tests.cli.conftest import Run

pytest.importorskip("rich")
pytest.importorskip("safetensors")

SOURCE = Path(ml.__file__).parents[1]
WORDS = ("xor", "--seed", "3", "--batch-size", "16", "--no-pictures")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def interrupt_at(monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    """Interrupt the run after a step."""

    @contextmanager
    def interrupted(*_: int, **__: int) -> Generator[Show]:
        def show(state: Moment) -> None:
            if state.step == last:
                raise KeyboardInterrupt

        yield show

    monkeypatch.setattr("miniml.cli.fit.progress", interrupted)


def test_goes_on_to_the_same_bits(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted and resumed run writes the files of an uninterrupted one, bit by bit."""
    run(*WORDS, "--steps", "60", "--out", "alone")
    with monkeypatch.context() as patch:
        interrupt_at(patch, 23)
        assert run(*WORDS, "--steps", "60", "--out", "stopped").code == 130
    outcome = run(*WORDS, "--steps", "60", "--out", "stopped", "--resume")
    assert outcome.code == 0
    assert contents(tmp_path / "stopped") == contents(tmp_path / "alone")
    assert not (tmp_path / "stopped" / "checkpoints").exists()


def test_of_other_settings_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run resumes only with its options; each option that differs is listed once."""
    with monkeypatch.context() as patch:
        interrupt_at(patch, 5)
        run(*WORDS, "--steps", "60")
    outcome = run(*WORDS, "--steps", "60", "--resume", "--rate", "0.5", "--seed", "4")
    assert outcome.code == 2
    assert (
        "is of another run: seed was 3 and is 4; learning_rate was None and is 0.5; " in outcome.err
    )


def test_of_other_data_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run does not resume if its file of data has changed."""
    file = tmp_path / "d.csv"
    rows = "".join(f"{i},{i * i % 7},{'ab'[i % 2]}\n" for i in range(40))
    file.write_text(f"u,v,k\n{rows}")
    with monkeypatch.context() as patch:
        interrupt_at(patch, 5)
        run("d.csv", "--target", "k")
    file.write_text(f"u,v,k\n{rows.replace('39,', '40,')}")
    outcome = run("d.csv", "--target", "k", "--resume")
    assert outcome.code == 2
    assert "is of another run: data was 'x float64[" in outcome.err


def test_without_it_an_unfinished_run_is_not_replaced(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new run is refused where an unfinished one can be continued, unless it may replace it."""
    with monkeypatch.context() as patch:
        interrupt_at(patch, 5)
        run(*WORDS)
    before = contents(tmp_path / "miniml-out")
    outcome = run(*WORDS, "--steps", "7")
    assert outcome.code == 2
    assert "--resume continues it, --overwrite replaces it" in outcome.err
    assert contents(tmp_path / "miniml-out") == before
    assert ml.Checkpoints(tmp_path / "miniml-out" / "checkpoints").steps() == (5,)
    assert run(*WORDS, "--steps", "7", "--overwrite").code == 0
    assert json.loads((tmp_path / "miniml-out" / "run.json").read_text())["steps"] == 7
    assert not (tmp_path / "miniml-out" / "checkpoints").exists()


def test_of_a_finished_run_is_refused(run: Run, tmp_path: Path) -> None:
    """With --resume, a finished run is not replaced by a new one."""
    run(*WORDS, "--steps", "7")
    before = contents(tmp_path / "miniml-out")
    outcome = run(*WORDS, "--steps", "8", "--resume")
    assert outcome.code == 2
    assert "holds params.safetensors, run.json, history.csv of an earlier run" in outcome.err
    assert contents(tmp_path / "miniml-out") == before


@pytest.mark.parametrize("resume", [("--overwrite",), ("--resume", "--overwrite")])
def test_what_is_not_a_checkpoint_stays(
    resume: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of the user in the folder `checkpoints` are kept."""
    mine = tmp_path / "checkpoints" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with monkeypatch.context() as patch:
        interrupt_at(patch, 5)
        for _ in range(3):
            run(*WORDS, "--out", ".", *resume)
    assert run(*WORDS, "--out", ".", "--resume", "--overwrite").code == 0
    assert list(mine.parent.iterdir()) == [mine]


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="no folder can be opened")
def test_the_disk_has_the_results_before_the_checkpoints_go(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut at the end, either the files of the run or its checkpoints are there."""
    out = tmp_path / "miniml-out"
    fsync, flushed = os.fsync, set[int]()

    def noted(handle: int) -> None:
        fsync(handle)
        if (out / "checkpoints").exists():
            flushed.add(os.fstat(handle).st_ino)

    monkeypatch.setattr("os.fsync", noted)
    assert run(*WORDS).code == 0
    assert flushed >= {path.stat().st_ino for path in (out, *out.iterdir())}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """A second run in the same folder is refused, and the first is not affected."""
    command = [sys.executable, "-m", "miniml", "fit", *WORDS, "--checkpoint-every", "5"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        [*command, "--steps", "100000000"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as first:
        _wait_for_a_checkpoint(tmp_path / "miniml-out" / "checkpoints", first)
        second = subprocess.run(
            command, cwd=tmp_path, env=environment, check=False, capture_output=True
        )
        first.send_signal(signal.SIGTERM)
        assert first.wait(60) == 130
    assert second.returncode == 2
    assert (
        b"another run writes to miniml-out: wait for its end, or choose another --out"
        in second.stderr
    )
    assert (tmp_path / "miniml-out" / "checkpoints").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_survives_kill_minus_nine(tmp_path: Path) -> None:
    """A run that is killed repeatedly at random moments ends with the bits of an uninterrupted one."""
    words = [*WORDS, "--steps", "500", "--checkpoint-every", "5", "--resume"]
    command = [sys.executable, "-m", "miniml", "fit", *words]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    alone = subprocess.run(
        [*command, "--out", "alone"], cwd=tmp_path, env=environment, check=True, capture_output=True
    )
    assert b"500 steps" in alone.stdout
    rng = np.random.default_rng(0)
    kills, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        with subprocess.Popen(
            [*command, "--out", "killed"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            if kills < 4:
                _wait_for_a_checkpoint(tmp_path / "killed" / "checkpoints", process)
                time.sleep(rng.uniform(0.0, 0.2))  # a random moment of a step or of a save
                process.kill()
            code = process.wait()
        kills += code == -signal.SIGKILL
    assert code == 0
    assert kills >= 2
    assert contents(tmp_path / "killed") == contents(tmp_path / "alone")


def _wait_for_a_checkpoint(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a run has saved another checkpoint, or has ended."""
    newest = ml.Checkpoints(folder).newest()
    while process.poll() is None and ml.Checkpoints(folder).newest() == newest:
        time.sleep(0.005)
