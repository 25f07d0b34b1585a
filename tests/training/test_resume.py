"""A run that was stopped resumes to the same bits."""

import json
import os
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.training.fitting.record import Snapshot
from miniml.training.fitting.resume_check import Conditions
from miniml.training.fitting.saving import Saver
from miniml.training.history import History
from tests.training.problem import DATA, NET, loss

safetensors = pytest.importorskip("safetensors")

BATCH_SIZES = [None, 1, 7, 25, 49, 50, 1000]
OPTIMIZERS: dict[str, ml.Optimizer] = {
    "adam": ml.adam(ml.schedules.warm_up(ml.schedules.cosine(0.05, 150), 20)),
    "chain": ml.chain(
        ml.clip_by_global_norm(0.1), ml.add_decayed_weights(0.01, "**.w"), ml.nesterov(0.1)
    ),
}


@pytest.mark.parametrize("batch_size", BATCH_SIZES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_hundred_steps_are_a_hundred_and_a_hundred(
    batch_size: int | None, name: str, tmp_path: Path
) -> None:
    """Saved after 100 steps, loaded and resumed, a run ends with the bits of 200 steps."""

    def run(start: ml.State[ml.MLP] | None = None) -> Any:
        return ml.train(
            loss, NET, DATA, OPTIMIZERS[name], batch_size=batch_size, seed=3, start=start
        )

    states = list(islice(run(), 200))
    ml.save(tmp_path / "state.safetensors", states[99])
    loaded = ml.load(tmp_path / "state.safetensors", states[0])
    assert ml.tree_equal(loaded, states[99])
    resumed = list(islice(run(loaded), 100))
    assert all(map(ml.tree_equal, resumed, states[100:]))


def fit(steps: int, folder: Path, *, resume: bool = False, **options: Any) -> ml.Fit[ml.MLP]:
    settings: dict[str, Any] = {
        "batch_size": 8,
        "seed": 1,
        "validation_share": 0.2,
        "measure_every": 3,
        "log": folder / "log.jsonl",
        "checkpoints": ml.Checkpoints(folder / "checkpoints", every=10),
    }
    return ml.fit(
        loss, NET, DATA, ml.adam(0.1), steps=steps, resume=resume, **{**settings, **options}
    )


def test_a_resumed_fit_is_the_uninterrupted_fit(tmp_path: Path) -> None:
    """State, best parameters, history and log are those of an uninterrupted run."""
    alone = fit(60, tmp_path / "alone")
    fit(25, tmp_path / "stopped")
    again = fit(60, tmp_path / "stopped", resume=True)
    assert ml.tree_equal(again, alone)

    def log(folder: str) -> list[dict[str, Any]]:
        lines = (tmp_path / folder / "log.jsonl").read_text().splitlines()
        return [{**json.loads(line), "seconds": 0} for line in lines]

    assert log("stopped") == log("alone")
    files = [
        sorted(path.name for path in (tmp_path / folder / "checkpoints").iterdir())
        for folder in ("alone", "stopped")
    ]
    assert files[0][-1] == files[1][-1] == "step-00000060.safetensors"


def test_an_interrupted_fit_is_saved(tmp_path: Path) -> None:
    """A run that was interrupted resumes to the same bits."""

    def interrupt(state: ml.State[ml.MLP]) -> None:
        if state.step == 17:
            raise KeyboardInterrupt

    stopped = fit(40, tmp_path / "a", callback=interrupt)
    assert (stopped.stopped, stopped.state.step) == ("interrupt", 17)
    assert ml.tree_equal(fit(40, tmp_path / "a", resume=True), fit(40, tmp_path / "b"))


def test_resuming_with_nothing_there_starts(tmp_path: Path) -> None:
    """The same call starts a run and resumes it."""
    assert fit(5, tmp_path, resume=True).state.step == 5
    assert fit(5, tmp_path, resume=True).state.step == 5


def test_a_run_that_ran_out_of_patience_stays_ended(tmp_path: Path) -> None:
    """A run that stopped early, resumed, stops at once."""
    options: dict[str, Any] = {"metric": lambda *_: 1.0, "patience": 2}
    first = fit(60, tmp_path, **options)
    again = fit(60, tmp_path, resume=True, **options)
    assert first.stopped == "patience"
    assert ml.tree_equal(again, first)


def test_a_run_that_is_further_is_refused(tmp_path: Path) -> None:
    """`steps` counts from the beginning: fewer than were made is an error."""
    fit(30, tmp_path)
    with pytest.raises(ml.CheckpointError, match=r"is of step 30, and steps=5 asks for fewer"):
        fit(5, tmp_path, resume=True)


def test_notes_may_hold_tuples(tmp_path: Path) -> None:
    """A note that JSON returns as a list is the same note."""
    for steps in (5, 6):
        assert fit(steps, tmp_path, notes={"widths": (4, 4)}, resume=True).state.step == steps


def test_notes_that_differ_are_listed(tmp_path: Path) -> None:
    """Of a note that is a mapping, the error lists the entries that differ."""
    fit(5, tmp_path, notes={"made": {"by": "hand", "in": "May"}})
    with pytest.raises(ml.CheckpointError, match=r"run: in was 'May' and is 'June'\. Give"):
        fit(10, tmp_path, resume=True, notes={"made": {"by": "hand", "in": "June"}})


def test_checkpoints_in_the_way_are_not_overwritten(tmp_path: Path) -> None:
    """Without `resume`, checkpoints in the folder are an error."""
    fit(5, tmp_path)
    with pytest.raises(ml.CheckpointError, match="resume=True, or take another folder"):
        fit(5, tmp_path)


def test_a_file_that_is_not_a_run_is_refused(tmp_path: Path) -> None:
    """Parameters saved in the folder by the user are not taken for a run's checkpoint."""
    ml.Checkpoints(tmp_path / "checkpoints").save(5, NET)
    with pytest.raises(
        ml.CheckpointError, match=r"5\.safetensors is not a checkpoint of a run, but"
    ):
        fit(10, tmp_path, resume=True)


@pytest.mark.parametrize("kept", [1, 2])
@pytest.mark.parametrize("place", [-1, 100])
def test_a_damaged_checkpoint_can_be_removed(kept: int, place: int, tmp_path: Path) -> None:
    """The error says what the run resumes from without the file; that leads to the same bits."""
    store = ml.Checkpoints(tmp_path / "checkpoints", every=10, keep=kept)
    alone = fit(30, tmp_path, checkpoints=store)
    damaged = store.path(30)
    data = bytearray(damaged.read_bytes())
    data[place] ^= 1
    damaged.write_bytes(data)
    way = r"resumes from step-00000020\.safetensors" if kept == 2 else "starts from the beginning"
    with pytest.raises(ml.CheckpointError, match=rf"Remove the file, and the run {way}\.$"):
        fit(30, tmp_path, checkpoints=store, resume=True)
    damaged.unlink()
    assert ml.tree_equal(fit(30, tmp_path, checkpoints=store, resume=True), alone)


def test_another_run_is_refused(tmp_path: Path) -> None:
    """All changes of the order of the data are refused in one error."""
    fit(5, tmp_path)
    with pytest.raises(
        ml.CheckpointError,
        match=r"is of another run: seed was 1 and is 2; batch_size was 8 and is 9\.",
    ):
        fit(10, tmp_path, resume=True, seed=2, batch_size=9)


def test_checkpoints_by_time(tmp_path: Path) -> None:
    """With `seconds=0` every step is saved; the newest three are kept, and the best."""
    fit(6, tmp_path, checkpoints=ml.Checkpoints(tmp_path / "c", seconds=0.0), measure_every=1)
    steps = ml.Checkpoints(tmp_path / "c").steps()
    assert steps[-3:] == (4, 5, 6)
    assert 3 <= len(steps) <= 4


def test_the_best_checkpoint_is_kept(tmp_path: Path) -> None:
    """The checkpoint with the best metric is kept beside the newest."""
    values = iter([5.0, 1.0, 4.0, 3.0, 2.0, 2.0, 2.0])
    store = ml.Checkpoints(tmp_path / "c", every=1, keep=2)
    fit(7, tmp_path, checkpoints=store, metric=lambda *_: next(values), measure_every=1)
    assert store.steps() == (2, 6, 7)
    best = store.best()
    assert best is not None
    params = ml.load(best, NET, part="state.params")
    assert not ml.tree_equal(params, NET)


def test_the_last_checkpoint_can_be_the_best(tmp_path: Path) -> None:
    """A checkpoint at the end of a run has its score too."""
    values = iter([5.0, 4.0, 3.0])
    store = ml.Checkpoints(tmp_path / "c", every=2)
    fit(3, tmp_path, checkpoints=store, metric=lambda *_: next(values), measure_every=1)
    assert store.steps() == (2, 3)
    assert store.best() == store.path(3)


def test_python_numbers_survive(tmp_path: Path) -> None:
    """A run over Python floats resumes with Python floats."""

    def distance(w: float, data: ml.Array) -> ml.Scalar:
        value: ml.Scalar = np.mean(np.square(data - w))
        return value

    data = np.array([1.0, 3.0])
    whole = ml.fit(distance, 0.0, data, ml.adam(), steps=4)
    ml.fit(distance, 0.0, data, ml.adam(), steps=2, checkpoints=tmp_path)
    again = ml.fit(distance, 0.0, data, ml.adam(), steps=4, checkpoints=tmp_path, resume=True)
    assert type(again.state.params) is float
    assert ml.tree_equal(again, whole)


@pytest.mark.parametrize(
    ("changed", "change"),
    [
        (
            {"optimizer": ml.sgd(0.5)},
            r"optimizer was 'SGD\(learning_rate=0.1\)' and is 'SGD\(learning_rate=0.5\)'",
        ),
        ({"loss": ml.full_loss}, "loss was 'loss' and is 'full_loss'"),
        ({"trainable": "**.b"}, "trained was 'layers.0.w, .*' and is 'layers.0.b, layers.1.b'"),
        ({"data": ml.Dataset(DATA.x[::-1], DATA.y)}, r"data was 'x float64\[.*' and is 'x float64"),
        ({"data": ml.Dataset(DATA.x.astype("f4"), DATA.y)}, r"and is 'x float32\["),
        ({"validation": DATA}, r"validation was 'x float64\[8, 2\]"),
        ({"metric": lambda *_: 1.0}, "metric was 'the loss' and is '<lambda>'"),
    ],
)
def test_changed_settings_are_reported(
    changed: dict[str, Any], change: str, tmp_path: Path
) -> None:
    """A run that resumes with other settings issues a warning."""

    def run(steps: int, **options: Any) -> ml.Fit[ml.MLP]:
        given: dict[str, Any] = {
            "loss": loss,
            "params": NET,
            "data": DATA,
            "optimizer": ml.sgd(0.1),
            "validation": ml.Dataset(DATA.x[:8], DATA.y[:8]),
            "measure_every": 2,
            "checkpoints": tmp_path,
        }
        return ml.fit(steps=steps, **{**given, **options})

    run(5)
    with pytest.warns(RuntimeWarning, match=f"resumes with other settings.*{change}"):
        assert run(10, resume=True, **changed).state.step == 10


def test_another_number_of_threads_is_reported(tmp_path: Path) -> None:
    """Another number of threads is reported: sums over many points get other bits."""
    threads = ml.get_threads()
    fit(5, tmp_path)
    ml.set_threads(threads + 1)
    try:
        with pytest.warns(RuntimeWarning, match=f"threads was '{threads}' and is '{threads + 1}'"):
            fit(10, tmp_path, resume=True)
    finally:
        ml.set_threads(threads)


def test_notes_that_are_not_given_again_are_reported(tmp_path: Path) -> None:
    """A missing note is an error."""
    fit(5, tmp_path, notes={"made": "by hand"})
    with pytest.raises(ml.CheckpointError, match="made was 'by hand' and is None"):
        fit(10, tmp_path, resume=True)


def test_notes_may_hold_nan(tmp_path: Path) -> None:
    """A note of NaN equals itself."""
    for steps in (5, 6):
        assert fit(steps, tmp_path, notes={"c": float("nan")}, resume=True).state.step == steps


@pytest.mark.parametrize("name", ["seed", "points", "score", "settings"])
def test_notes_do_not_hide_what_a_run_notes_itself(name: str, tmp_path: Path) -> None:
    """A note must not have the name of a fact that the run notes itself."""
    with pytest.raises(ValueError, match=f"notes has '{name}', which a checkpoint uses itself"):
        fit(5, tmp_path, notes={name: 1})


@pytest.mark.parametrize("watch", [None, {"norm": lambda _: 2.0}])
def test_other_things_to_measure_are_refused(watch: Any, tmp_path: Path) -> None:
    """A resumed run must measure the same functions: a history has one length."""
    fit(7, tmp_path, watch={"one": lambda _: 1.0})
    with pytest.raises(ml.CheckpointError, match=r"measured was \['one', 'validation'\] and is \["):
        fit(10, tmp_path, resume=True, watch=watch)


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """A run that finds newer checkpoints of another run ends with an error."""

    def second(state: ml.State[ml.MLP]) -> None:
        if state.step == 15:
            fit(40, tmp_path, resume=True, log=None)

    with pytest.raises(ml.CheckpointError, match=r"step-00000040\.safetensors is not of this run"):
        fit(60, tmp_path, callback=second)
    assert ml.Checkpoints(tmp_path / "checkpoints").steps()[-1] == 40


def test_steps_are_compared_as_numbers(tmp_path: Path) -> None:
    """Another run's checkpoint is found though its longer name sorts before."""
    store = ml.Checkpoints(tmp_path)
    saver = Saver(store, Conditions({}, {}), ())

    def save(step: int) -> None:
        state = ml.State(step, 0, 0.0, ml.sgd(0.1).init(0.0), 1.0)
        saver.save(Snapshot(state, None, 0, History()), None)

    save(99_999_999)
    store.save(100_000_050, 1.0)
    with pytest.raises(ml.CheckpointError, match=r"step-100000050\.safetensors is not of this run"):
        save(100_000_000)


def test_the_disk_has_the_lines_of_what_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is on the disk before a checkpoint is saved."""
    log = tmp_path / "log.jsonl"
    fsync, flushed = os.fsync, list[int]()

    def noted(handle: int) -> None:
        fsync(handle)
        if log.exists() and os.path.samestat(os.fstat(handle), log.stat()):
            flushed.append(len(log.read_text().splitlines()))

    monkeypatch.setattr("os.fsync", noted)
    fit(25, tmp_path)
    assert flushed == [10, 20, 25]


def test_lines_damaged_by_a_crash_are_left_out(tmp_path: Path) -> None:
    """A damaged log does not keep the run from resuming."""
    fit(10, tmp_path)
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('\0\0\0\0\n[1]\n{"step": 11, "lo')
    fit(20, tmp_path, resume=True)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [*range(1, 21)]


def test_the_trained_parameters_are_chosen_once(tmp_path: Path) -> None:
    """A predicate on values is asked of the first parameters only, also by a resumed run."""

    def zeros(leaf: ml.Array) -> bool:  # the biases, before the first step
        return not np.any(leaf)

    options: dict[str, Any] = {"trainable": zeros, "log": None}
    fit(5, tmp_path / "resumed", **options)
    resumed = fit(12, tmp_path / "resumed", resume=True, **options)
    assert ml.tree_equal(resumed, fit(12, tmp_path / "alone", **options))
