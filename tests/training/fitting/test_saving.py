"""What cannot be saved is refused at once; a full disk does not end a run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss

safetensors_numpy = pytest.importorskip("safetensors.numpy")


@ml.model
class Exact:
    """Gradient descent with a state that no file can hold."""

    def init(self, _: Any, /) -> ml.OptimizerState[Any]:
        return ml.OptimizerState(0, (np.zeros(2, np.longdouble),))

    def update(
        self, grads: Any, state: ml.OptimizerState[Any], _: Any, /
    ) -> tuple[Any, ml.OptimizerState[Any]]:
        return grads, state


@pytest.mark.skipif(np.dtype(np.longdouble) == np.float64, reason="a long double is a double")
@pytest.mark.parametrize(
    ("dtype", "optimizer", "name"),
    [(np.longdouble, ml.sgd(0.1), "w"), (np.float64, Exact(), r"moments\.0")],
)
def test_what_no_file_holds_is_refused_at_once(
    dtype: Any, optimizer: ml.Optimizer, name: str, tmp_path: Path
) -> None:
    """The error comes before the first step, not at the first save."""

    def never(*_: object) -> ml.Scalar:
        raise AssertionError("no step is made")

    with pytest.raises(
        ml.CheckpointError, match=rf"the leaf '{name}' has dtype .*, which the file format"
    ):
        ml.fit(never, {"w": np.zeros(2, dtype)}, DATA, optimizer, steps=3, checkpoints=tmp_path)


def test_a_folder_that_is_not_writable_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error comes before the first step, not at the first save."""
    monkeypatch.setattr("os.access", lambda *_: False)  # to root all folders are writable
    with pytest.raises(ml.CheckpointError, match=r"saved in .*: .* is not writable"):
        ml.fit(loss, NET, DATA, ml.adam(0.1), steps=5, checkpoints=tmp_path)


def test_a_full_disk_does_not_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is reported by a warning; later checkpoints are saved, and the result is returned."""
    save_file = safetensors_numpy.save_file
    tries: list[int] = []

    def full_at_first(*args: Any, **kwargs: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OSError(28, "No space left on device")
        save_file(*args, **kwargs)

    monkeypatch.setattr("safetensors.numpy.save_file", full_at_first)
    places = ml.Checkpoints(tmp_path, every=10)
    with pytest.warns(RuntimeWarning, match=r"no checkpoint of step \d+ .*No space left") as issued:
        result = ml.fit(loss, NET, DATA, ml.adam(0.01), steps=40, checkpoints=places)
    assert (len(issued), result.state.step) == (2, 40)
    assert ml.tree_equal(result.state, ml.fit(loss, NET, DATA, ml.adam(0.01), steps=40).state)
    assert sorted(path.name for path in tmp_path.glob("*.safetensors")) == [
        places.path(30).name,
        places.path(40).name,
    ]
