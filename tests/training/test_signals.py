"""Ctrl-C and terminations: nothing is lost, and no signal is swallowed."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_step_finish(number: signal.Signals) -> None:
    """Ctrl-C or a termination ends the run after the step, and the old handlers are restored."""
    before = signal.getsignal(number)

    def send(state: ml.State[ml.MLP]) -> None:
        if state.step == 7:
            os.kill(os.getpid(), number)

    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=100, callback=send)
    assert (result.stopped, result.state.step) == ("interrupt", 7)
    assert signal.getsignal(number) is before


def test_a_second_interrupt_does_not_wait() -> None:
    """A second Ctrl-C interrupts at once."""

    def send(state: ml.State[ml.MLP]) -> None:
        if state.step == 7:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=100, callback=send)
    assert (result.stopped, result.state.step) == ("interrupt", 7)


def test_an_ignored_signal_stays_ignored() -> None:
    """A run that ignores Ctrl-C, in the background of a script, continues."""

    def send(_: ml.State[ml.MLP]) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=5, callback=send)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert (result.stopped, result.state.step) == ("steps", 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_end_is_saved_waits(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last checkpoint is saved, and the caller gets the signal."""
    pytest.importorskip("safetensors")
    save = ml.Checkpoints.save

    def interrupted(self: ml.Checkpoints, step: int, tree: object, **options: Any) -> Path:
        os.kill(os.getpid(), number)
        return save(self, step, tree, **options)

    monkeypatch.setattr(ml.Checkpoints, "save", interrupted)
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=5, checkpoints=tmp_path)
    assert (result.stopped, ml.Checkpoints(tmp_path).steps()) == ("interrupt", (5,))


def test_a_signal_while_the_end_is_measured_waits() -> None:
    """A termination in the last measurement does not lose the run."""

    def metric(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
        os.kill(os.getpid(), signal.SIGTERM)
        return loss(params, data)

    result = ml.fit(
        loss, NET, DATA, ml.sgd(0.1), steps=5, validation=DATA, metric=metric, measure_every=10
    )
    assert (result.stopped, result.state.step) == ("interrupt", 5)
    assert result.history.measured_step.tolist() == [5]


def test_an_interrupt_at_the_last_measurement_returns_the_run() -> None:
    """A second Ctrl-C during the last measurement returns the result."""

    def metric(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return loss(params, data)

    result = ml.fit(
        loss, NET, DATA, ml.sgd(0.1), steps=5, validation=DATA, metric=metric, measure_every=10
    )
    assert (result.stopped, result.state.step) == ("interrupt", 5)


def test_a_step_whose_measurement_was_interrupted_is_taken_again(tmp_path: Path) -> None:
    """After Ctrl-C twice within a measurement, the run resumes to the same bits."""
    pytest.importorskip("safetensors")
    calls = 0

    def run(folder: str, *, stop: bool = False, resume: bool = False) -> ml.Fit[ml.MLP]:
        def metric(params: ml.MLP, data: ml.Dataset) -> ml.Scalar:
            nonlocal calls
            calls += 1
            if stop and calls == 5:
                os.kill(os.getpid(), signal.SIGINT)
                os.kill(os.getpid(), signal.SIGINT)
            return np.float64(loss(params, data))

        return ml.fit(
            loss,
            NET,
            DATA,
            ml.adam(0.1),
            steps=30,
            batch_size=8,
            validation_share=0.2,
            metric=metric,
            measure_every=3,
            checkpoints=tmp_path / folder,
            resume=resume,
        )

    assert run("stopped", stop=True).state.step == 14
    assert ml.tree_equal(run("stopped", resume=True), run("alone"))


def test_an_interrupt_of_a_save_does_not_make_the_file_another_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C twice once the file exists, the run is saved, and resumes."""
    pytest.importorskip("safetensors")
    save = ml.Checkpoints.save

    def interrupted(self: ml.Checkpoints, step: int, tree: object, **options: Any) -> Path:
        path = save(self, step, tree, **options)
        if step == 4:
            monkeypatch.undo()
            raise KeyboardInterrupt
        return path

    monkeypatch.setattr(ml.Checkpoints, "save", interrupted)
    every = ml.Checkpoints(tmp_path, every=2)
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=9, checkpoints=every)
    assert (result.stopped, every.steps()) == ("interrupt", (2, 4))


def test_a_run_within_a_step_is_not_cut_short() -> None:
    """Ctrl-C in a run within a step of another ends the outer run, after a complete step."""
    reached: list[str] = []

    def interrupt(state: ml.State[Any]) -> None:
        if state.step == 1:
            os.kill(os.getpid(), signal.SIGINT)

    def nearest(target: Any) -> ml.Array:
        found = ml.lbfgs(
            lambda w, data: np.sum((w - data) ** 2 + (w - data) ** 4),
            np.zeros(2),
            np.array(target),
            callback=interrupt if len(reached) == 1 else None,
        )
        reached.append(found.stopped)
        return found.state.params

    solved: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(nearest)
    result = ml.lbfgs(lambda w, _: np.sum((solved(w) - 3.0) ** 4), np.zeros(2), None)
    assert (result.stopped, result.state.step) == ("interrupt", 1)
    assert {*reached} == {"converged"}


def test_it_runs_in_a_thread() -> None:
    """A run works outside the main thread, where there are no signals."""
    results: list[ml.Fit[ml.MLP]] = []

    def run() -> None:
        results.append(ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=5))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert results[0].state.step == 5
