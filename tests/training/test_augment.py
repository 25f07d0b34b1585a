"""Augmentation: its random numbers are a pure function of the seed and the step."""

import threading
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml

DATA = np.random.default_rng(0).normal(size=(30, 3))
SETTINGS = [None, 7, 30]


def loss(w: Any, data: Any) -> Any:
    return np.mean(np.square(data - w))


def noisy(batch: Any, rng: np.random.Generator) -> Any:
    return batch + rng.normal(size=batch.shape)


def states(count: int, **options: Any) -> list[ml.State[Any]]:
    arguments: dict[str, Any] = {"augment": noisy} | options
    return list(islice(ml.train(loss, np.zeros(3), DATA, ml.adam(0.1), **arguments), count))


@pytest.mark.parametrize("batch_size", SETTINGS)
def test_a_run_resumes_from_a_state_to_the_same_bits(batch_size: int | None) -> None:
    """A run that resumes from any state draws the numbers of an uninterrupted one."""
    alone = states(12, batch_size=batch_size)
    gone_on = states(7, batch_size=batch_size, start=alone[4])
    assert ml.tree_equal(gone_on[-1], alone[-1])


@pytest.mark.parametrize("batch_size", SETTINGS)
def test_a_run_resumes_from_a_checkpoint_to_the_same_bits(
    batch_size: int | None, tmp_path: Path
) -> None:
    """So does a run that resumes from its checkpoint."""

    def run(steps: int, folder: str) -> Any:
        return ml.fit(
            loss,
            np.zeros(3),
            DATA,
            ml.adam(0.1),
            steps=steps,
            batch_size=batch_size,
            augment=noisy,
            checkpoints=tmp_path / folder,
            resume=True,
        )

    run(5, "two")
    assert ml.tree_equal(run(11, "two").state, run(11, "one").state)


@pytest.mark.parametrize("batch_size", SETTINGS)
def test_each_step_and_each_seed_has_numbers_of_its_own(batch_size: int | None) -> None:
    """No two steps draw the same numbers, nor do two seeds."""
    drawn: list[float] = []

    def draw(batch: Any, rng: np.random.Generator) -> Any:
        drawn.append(rng.random())
        return batch

    for seed in (0, 1):
        states(10, batch_size=batch_size, seed=seed, augment=draw)
    assert len(set(drawn)) == len(drawn) >= 20


def test_the_numbers_of_a_step_are_not_those_that_the_data_are_ordered_by() -> None:
    """The numbers of a step differ from those of an epoch's order and of the validation share."""
    drawn: list[Any] = []

    def watching(batch: Any, rng: np.random.Generator) -> Any:
        drawn.append(rng.permutation(30).tolist())
        return batch

    states(12, batch_size=30, augment=watching, seed=3)
    streams = [(3, number) for number in range(20)] + [(3, 0, 1)]
    orders = [np.random.default_rng(stream).permutation(30).tolist() for stream in streams]
    assert len(drawn) == 12
    assert not any(order in orders for order in drawn)


def test_a_large_batch_is_made_ahead() -> None:
    """The numbers are the same if batches are made in a thread."""
    names: list[str] = []

    def shifted(batch: Any, rng: np.random.Generator) -> Any:
        names.append(threading.current_thread().name)
        return batch + rng.random()

    def run(points: int) -> Any:
        data = np.zeros((points, 8))
        steps = ml.train(loss, np.zeros(8), data, ml.sgd(0.5), batch_size=points, augment=shifted)
        return list(islice(steps, 3))[-1].params

    np.testing.assert_allclose(run(40_000), run(4))
    assert {name.partition("_")[0] for name in names} == {"batches", "MainThread"}


def test_what_is_measured_is_as_it_was() -> None:
    """The validation data are not augmented."""
    options: dict[str, Any] = {"validation": DATA, "measure_every": 1}
    fitted = ml.fit(loss, np.zeros(3), DATA, ml.adam(0.1), steps=3, augment=noisy, **options)
    assert fitted.best is not None
    assert fitted.best.value == loss(fitted.best.params, DATA)


def test_dropout_by_a_mask_in_the_data() -> None:
    """A leaf of ones can be replaced by a mask at each step."""
    seen: list[Any] = []

    def masked(batch: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        seen.append(rng.random(batch["x"].shape) < 0.5)
        return batch | {"mask": 2.0 * seen[-1]}

    data = {"x": DATA, "mask": np.ones_like(DATA)}
    steps = ml.train(
        lambda w, d: np.sum(d["x"] * d["mask"] * w), np.zeros(3), data, ml.sgd(1.0), augment=masked
    )
    first = next(steps)
    np.testing.assert_allclose(first.params, -np.sum(DATA * 2.0 * seen[0], axis=0))


def test_the_data_are_not_written_to() -> None:
    """Writing to the batch is an error."""

    def doubled(batch: Any, rng: np.random.Generator) -> Any:
        batch *= 1.0 + rng.random()
        return batch

    for batch_size in SETTINGS:
        with pytest.raises(ValueError, match="read-only"):
            states(1, batch_size=batch_size, augment=doubled)


def test_another_function_is_reported(tmp_path: Path) -> None:
    """A run that resumes with another function warns that its bits differ."""
    options: dict[str, Any] = {"checkpoints": tmp_path / "run", "resume": True}
    ml.fit(loss, np.zeros(3), DATA, ml.adam(0.1), steps=2, augment=noisy, **options)
    with pytest.warns(RuntimeWarning, match="augment was .*noisy.* and is None"):
        ml.fit(loss, np.zeros(3), DATA, ml.adam(0.1), steps=3, **options)


def test_nothing_in_place_of_a_batch() -> None:
    """A function that returns None is an error."""
    for batch_size in SETTINGS:
        with pytest.raises(TypeError, match="augment returned None: it must return what replaces"):
            states(1, batch_size=batch_size, augment=lambda *_: None)


def test_a_value_that_is_not_a_function_is_refused() -> None:
    """It is checked before the first step."""
    with pytest.raises(TypeError, match=r"augment is 3, of type int: .* augment\(batch, rng\)"):
        states(1, augment=3)
