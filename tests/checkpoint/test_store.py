"""A folder of checkpoints."""

from pathlib import Path
from typing import Any

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
    """All checkpoints are removed but the newest and the one with the lowest score."""
    assert save_all(tmp_path, scores).steps() == kept


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    """Before the first save there is neither a newest nor a best."""
    store = ml.Checkpoints(tmp_path / "none")
    assert (store.steps(), store.newest(), store.best()) == ((), None, None)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Other files in the folder are neither counted nor removed."""
    for name in ("notes.txt", "step-a.safetensors", "best.safetensors"):
        (tmp_path / name).write_bytes(b"mine")
    store = save_all(tmp_path, [None] * 4)
    assert store.steps() == (3, 4)
    assert len(list(tmp_path.iterdir())) == 5


def test_leftovers_of_a_killed_writer_are_removed(tmp_path: Path) -> None:
    """Leftovers of a writer killed at any step are removed."""
    ours = tmp_path / ".step-00000007.safetensors.0123456789abcdef.tmp"
    theirs = tmp_path / ".net.safetensors.0123456789abcdef.tmp"
    for stray in (ours, theirs):
        stray.mkdir()
        (stray / "lock").touch()
        (stray / "half").write_bytes(b"half")
    store = save_all(tmp_path, [None])
    assert sorted(tmp_path.iterdir()) == sorted([theirs, store.path(1)])


def test_a_differently_formatted_name_is_not_a_step(tmp_path: Path) -> None:
    """A file whose number is formatted differently is ignored."""
    for name in ("step-7.safetensors", "step-٣.safetensors", "step-0000000³.safetensors"):
        (tmp_path / name).write_bytes(b"mine")
    store = save_all(tmp_path, [None])
    assert store.steps() == (1,)
    assert store.newest() == store.path(1)


def test_the_last_save_is_kept(tmp_path: Path) -> None:
    """A run that resumes at an earlier step keeps its checkpoints."""
    store = save_all(tmp_path, [None] * 5)
    assert store.save(2, {"w": 2.0}).exists()
    assert store.steps() == (2, 4, 5)


def test_scores_of_any_real_type_rank(tmp_path: Path) -> None:
    """A score may be a NumPy scalar; scores of other tools are ignored."""
    store = ml.Checkpoints(tmp_path)
    store.save(1, {"w": 1.0}, score=np.float32(0.5))
    pytest.importorskip("safetensors.numpy").save_file(
        {"w": np.ones(1)}, store.path(2), {"score": "0.1"}
    )
    assert store.best() == store.path(1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"keep": 0}, r"Checkpoints\.keep is 0: it must be an integer, 1 or more"),
        ({"keep": 1.5}, r"Checkpoints\.keep is 1\.5, of type float: it must be an integer"),
        ({"every": 0}, r"Checkpoints\.every is 0: it must be an integer, 1 or more"),
        ({"every": 2.5}, r"Checkpoints\.every is 2\.5, of type float: it must be an integer"),
        ({"seconds": -1.0}, r"Checkpoints\.seconds is -1\.0: it must be a finite number"),
        ({"seconds": np.nan}, r"Checkpoints\.seconds is nan: it must be a finite number"),
    ],
)
def test_invalid_options_are_refused(
    arguments: dict[str, Any], message: str, tmp_path: Path
) -> None:
    """`keep`, `every` and `seconds` are checked on construction."""
    with pytest.raises((TypeError, ValueError), match=message):
        ml.Checkpoints(tmp_path, **arguments)


def test_a_step_is_a_number_from_0_on(tmp_path: Path) -> None:
    """A negative or fractional step is refused before anything is written."""
    store = ml.Checkpoints(tmp_path / "new")
    with pytest.raises(ValueError, match="the step is -1"):
        store.save(-1, {"w": 1.0})
    with pytest.raises(TypeError, match="'float' object"):
        store.save(1.5, {"w": 1.0})  # type: ignore[arg-type]  # the mistake
    assert not store.folder.exists()


def test_a_damaged_checkpoint_does_not_end_the_run(tmp_path: Path) -> None:
    """An unreadable old checkpoint does not stop saving."""
    store = save_all(tmp_path, [0.3, 0.2])
    store.path(1).write_bytes(b"gone")
    store.save(3, {"w": 3.0}, score=0.5)
    assert store.best() == store.path(2)
