"""A folder of checkpoints."""

from pathlib import Path

import numpy as np
import pytest

import miniml as ml

pytest.importorskip("safetensors")


def save_all(folder: Path, scores: list[float | None], keep: int = 2) -> ml.Checkpoints:
    store = ml.Checkpoints(folder, keep=keep)
    for step, score in enumerate(scores, start=1):
        store.save(step, {"w": float(step)}, score=score)
    return store


@pytest.mark.parametrize(
    ("scores", "kept"),
    [
        ([None, None, None], (2, 3)),
        ([0.1, 0.5, 0.4], (1, 2, 3)),
        ([0.5, 0.1, 0.4], (2, 3)),
        ([0.1, 0.1, 0.2, 0.3], (1, 3, 4)),
        ([np.nan, 0.5, np.nan, 0.6], (2, 3, 4)),
        ([np.nan, np.nan, np.nan], (2, 3)),
    ],
)
def test_the_newest_and_the_best_are_kept(
    scores: list[float | None], kept: tuple[int, ...], tmp_path: Path
) -> None:
    """All but the newest few and the one with the lowest score are removed."""
    assert save_all(tmp_path, scores).steps() == kept


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    """Before the first save there is neither a newest nor a best."""
    store = ml.Checkpoints(tmp_path / "none")
    assert (store.steps(), store.newest(), store.best()) == ((), None, None)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """What is no checkpoint of a step is neither counted nor removed."""
    for name in ("notes.txt", "step-a.safetensors", "best.safetensors"):
        (tmp_path / name).write_bytes(b"mine")
    store = save_all(tmp_path, [None] * 4)
    assert store.steps() == (3, 4)
    assert len(list(tmp_path.iterdir())) == 5


def test_a_damaged_checkpoint_does_not_end_the_run(tmp_path: Path) -> None:
    """Saving goes on beside an old checkpoint that cannot be read."""
    store = save_all(tmp_path, [0.3, 0.2])
    store.path(1).write_bytes(b"gone")
    store.save(3, {"w": 3.0}, score=0.5)
    assert store.best() == store.path(2)
