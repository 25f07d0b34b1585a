"""A folder of checkpoints with wrong content is refused with a `CheckpointError`."""

import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml
from tests.checkpoint import mutations

pytest.importorskip("safetensors")

DATA = ml.Dataset(np.arange(8.0).reshape(4, 2), np.array([-1.0, 1.0, 1.0, -1.0]))
NET = ml.Linear(np.ones(2), 0.5)


def loss(net: ml.Linear, data: ml.Dataset) -> ml.Scalar:
    return np.mean(np.square(net(data.x) - data.y))


def error(net: ml.Linear) -> ml.Scalar:
    return loss(net, DATA)


def run(folder: Path, steps: int, **options: Any) -> ml.Fit[ml.Linear]:
    rate = ml.sgd(0.01)
    return ml.fit(
        loss, NET, DATA, rate, steps=steps, checkpoints=folder, watch={"error": error}, **options
    )


@cache
def step_2() -> bytes:
    with TemporaryDirectory() as folder:
        run(Path(folder), 2)
        return ml.Checkpoints(folder).path(2).read_bytes()


def check(folder: Path, data: bytes) -> None:
    """Resume from a file: the run goes on, or the file is refused."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    store = ml.Checkpoints(folder)
    store.path(2).write_bytes(data)
    store.best()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            reached = run(folder, 3, resume=True)
        except ml.CheckpointError:
            return
    assert reached.state.step == 3
    assert reached.history.step.shape == reached.history.loss.shape


@given(st.data())
@settings(max_examples=60)
def test_runs_with_wrong_content_are_refused(data: st.DataObject) -> None:
    """A run resumes from a right file, and refuses one whose checksum fits and content is wrong."""
    with TemporaryDirectory() as folder:
        check(Path(folder), data.draw(mutations.files(step_2())))


def renamed(old: str, new: str) -> bytes:
    """Return the file with one leaf renamed."""
    header, body = mutations.parsed(step_2())
    pairs = tuple((new if name == old else name, value) for name, value in header)
    return mutations.sealed(pairs, body)


@pytest.mark.parametrize("leaf", ["history.step", "history.loss", "history.measured_step"])
def test_a_run_without_a_column_of_its_history_is_refused(leaf: str, tmp_path: Path) -> None:
    """A file that lacks a column of the history is refused."""
    ml.Checkpoints(tmp_path).path(2).write_bytes(renamed(leaf, "other"))
    with pytest.raises(ml.CheckpointError):
        run(tmp_path, 3, resume=True)


def test_a_checkpoint_under_the_name_of_another_step_is_refused(tmp_path: Path) -> None:
    """The step in the name of a file is the step in the file."""
    ml.Checkpoints(tmp_path).path(1).write_bytes(step_2())
    with pytest.raises(ml.CheckpointError, match="is of step 2, as its name does not say"):
        run(tmp_path, 3, resume=True)


@pytest.mark.parametrize("score", [10**400, -(10**400), float("nan"), True, None, "low", [1]])
def test_the_best_checkpoint_is_found_beside_wrong_scores(score: Any, tmp_path: Path) -> None:
    """A score that is not a number does not count."""
    ml.save(ml.Checkpoints(tmp_path).path(1), NET, notes={"score": score})
    ml.Checkpoints(tmp_path).save(2, NET, score=-1.0)
    best = ml.Checkpoints(tmp_path).best()
    assert best is not None
    assert best.name == f"step-{1 if score == -(10**400) else 2:08d}.safetensors"
