"""A run that ends by an error loses no step."""

from pathlib import Path
from typing import Any

import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss

pytest.importorskip("safetensors")


def fit(checkpoints: ml.Checkpoints, **options: Any) -> ml.Fit[ml.MLP]:
    return ml.fit(
        loss,
        NET,
        DATA,
        ml.adam(0.1),
        steps=40,
        batch_size=8,
        validation_share=0.2,
        measure_every=3,
        checkpoints=checkpoints,
        **options,
    )


class FaultError(Exception):
    """An error of the user's code."""


def failing(calls: int) -> Any:
    """Return a function that fails after some calls."""
    left = iter(range(calls))

    def fail(*_: Any) -> float:
        if next(left, None) is None:
            raise FaultError
        return 0.0

    return fail


@pytest.mark.parametrize(
    # The eighth measurement is of step 24, and comes before it is noted.
    ("name", "step"),
    [("callback", 8), ("metric", 23), ("watch", 23)],
)
def test_what_an_error_ended_is_saved(name: str, step: int, tmp_path: Path) -> None:
    """An error of a user's function is raised after the last whole step is saved."""
    checkpoints = ml.Checkpoints(tmp_path)
    given = {"w": failing(7)} if name == "watch" else failing(7)
    with pytest.raises(FaultError):
        fit(checkpoints, **{name: given})
    assert checkpoints.steps() == (step,)


def test_a_run_resumes_after_an_error(tmp_path: Path) -> None:
    """A run resumes after a failed callback, to the bits of an uninterrupted one."""
    alone = fit(ml.Checkpoints(tmp_path / "alone"))
    checkpoints = ml.Checkpoints(tmp_path / "run")
    with pytest.raises(FaultError):
        fit(checkpoints, callback=failing(7))
    seen: list[int] = []
    rest = fit(checkpoints, resume=True, callback=lambda state: seen.append(state.step))
    assert seen == list(range(9, 41))
    assert ml.tree_equal(rest, alone)
