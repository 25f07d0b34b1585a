"""Fitting: measuring, stopping, logging."""

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss


def test_history_is_one_loss_a_step_and_a_metric_now_and_then() -> None:
    """The metric is measured every so many steps, and the table has a column for it."""
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=10, validation=DATA, measure_every=4)
    assert result.history.step.tolist() == list(range(1, 11))
    assert result.history.measured_step.tolist() == [4, 8]
    table = result.history.table()
    assert np.isfinite(table["validation"]).nonzero()[0].tolist() == [3, 7]
    assert result.history.measured["validation"][0] == float(loss(_params_at(4), DATA))


def _params_at(step: int) -> ml.MLP:
    return ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=step).state.params


def test_the_best_parameters_are_kept() -> None:
    """Of all measurements the best one's parameters are returned."""
    values = iter([3.0, 1.0, np.nan, 2.0, 1.0])
    result = ml.fit(
        loss,
        NET,
        DATA,
        ml.sgd(0.1),
        steps=5,
        validation=DATA,
        metric=lambda *_: next(values),
        measure_every=1,
    )
    assert result.best is not None
    assert (result.best.step, result.best.value) == (2, 1.0)
    assert ml.tree_equal(result.best.params, _params_at(2))


def test_patience_ends_a_run_that_gets_no_better() -> None:
    """After so many measurements without a better one the run ends."""
    values = iter([3.0, 2.0, 2.0, 2.5, 9.0, 1.0])
    result = ml.fit(
        loss,
        NET,
        DATA,
        ml.sgd(0.1),
        steps=100,
        validation=DATA,
        metric=lambda *_: next(values),
        measure_every=2,
        patience=3,
    )
    assert (result.stopped, result.state.step) == ("patience", 10)


def test_a_validation_share_is_not_trained_on() -> None:
    """The points kept for validation are drawn by the seed; the others are trained on."""
    seen: list[int] = []

    def metric(_: float, data: ml.Array) -> float:
        seen.extend(data.astype(int).tolist())
        return 0.0

    def mean(params: float, data: ml.Array) -> ml.Scalar:
        return np.mean(data) + 0.0 * params

    points = np.arange(20.0)
    result = ml.fit(
        mean,
        0.0,
        points,
        ml.sgd(0.1),
        steps=1,
        validation_share=0.25,
        metric=metric,
        measure_every=1,
    )
    assert len(seen) == 5
    rest = np.setdiff1d(points, seen)
    assert result.state.loss == pytest.approx(rest.mean())


def explode(params: float, data: ml.Array) -> ml.Scalar:
    """Give a loss that is finite up to 3 and infinite from there on."""
    value: ml.Scalar = np.mean(data) / np.maximum(3.5 - params, 0.0)
    return value


def test_a_loss_that_is_not_finite_ends_the_run() -> None:
    """The last state whose parameters gave a finite loss is returned, with a warning."""

    class Rising:
        """An optimiser that adds 1 at each step."""

        def init(self, _: float, /) -> ml.OptimizerState[float]:
            return ml.OptimizerState(0)

        def update(
            self, _: float, state: ml.OptimizerState[float], params: float, /
        ) -> tuple[float, ml.OptimizerState[float]]:
            return 1.0 + 0.0 * params, ml.OptimizerState(state.count + 1)

    with pytest.warns(RuntimeWarning, match="not finite at step 5: the state of step 3"):
        result = ml.fit(explode, 0.0, np.ones(3), Rising(), steps=100)  # type: ignore[arg-type]  # for floats only
    assert result.stopped == "not finite"
    assert (result.state.step, result.state.params) == (3, 3.0)
    assert np.isfinite(result.history.loss).all()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_step_finish(number: signal.Signals) -> None:
    """Ctrl-C or a termination ends the run after the step, and what was there before is back."""
    before = signal.getsignal(number)

    def send(state: ml.State[ml.MLP]) -> None:
        if state.step == 7:
            os.kill(os.getpid(), number)

    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=100, callback=send)
    assert (result.stopped, result.state.step) == ("interrupt", 7)
    assert signal.getsignal(number) is before


def test_a_second_interrupt_does_not_wait() -> None:
    """Whoever presses Ctrl-C twice means it."""

    def send(state: ml.State[ml.MLP]) -> None:
        if state.step == 7:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=100, callback=send)
    assert (result.stopped, result.state.step) == ("interrupt", 7)


def test_it_runs_in_a_thread() -> None:
    """Outside the main thread, where there are no signals, a run is a run."""
    results: list[ml.Fit[ml.MLP]] = []

    def run() -> None:
        results.append(ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=5))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert results[0].state.step == 5


def test_the_log_is_one_line_of_json_a_step(tmp_path: Path) -> None:
    """Each line has the step, the epoch, the loss, and the metric where it was measured."""
    path = tmp_path / "logs" / "run.jsonl"
    result = ml.fit(
        loss,
        NET,
        DATA,
        ml.sgd(0.1),
        steps=6,
        batch_size=25,
        validation=DATA,
        measure_every=3,
        log=path,
    )
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line["epoch"] for line in lines] == [0, 0, 1, 1, 2, 2]
    assert [line["loss"] for line in lines] == result.history.loss.tolist()
    assert [line["step"] for line in lines if "validation" in line] == [3, 6]


def test_progress_is_shown_on_the_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """With `progress=True` a run says where it is."""
    ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=6, progress=True)
    assert "step 6/6, loss 0." in capsys.readouterr().err
    ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=10, progress=True, validation=DATA)
    assert "step 10/10, validation 0." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: ml.fit(
                loss, NET, DATA, ml.sgd(0.1), steps=1, validation=DATA, validation_share=0.1
            ),
            "not both",
        ),
        (
            lambda: ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, validation_share=0.001),
            "0.001 of 50 points leaves nothing",
        ),
        (
            lambda: ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, trainable=lambda _: False),
            "none of",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(call: Callable[[], object], message: str) -> None:
    """Arguments that contradict one another are errors."""
    with pytest.raises(ValueError, match=message):
        call()


def test_frozen_parameters_stay_and_cost_nothing() -> None:
    """Only what is trainable changes; of the rest the program computes no gradient."""
    result = ml.fit(loss, NET, DATA, ml.adam(0.1), steps=5, trainable="layers.1.*")
    assert ml.tree_equal(result.state.params.layers[0], NET.layers[0])
    assert not ml.tree_equal(result.state.params.layers[1], NET.layers[1])
    moments = result.state.optimizer_state.moments[0]
    assert ml.leaf_names(moments) == ("layers.1.w", "layers.1.b")


def test_a_predicate_chooses_what_is_trainable() -> None:
    """A function of a leaf chooses too."""
    result = ml.fit(
        loss,
        NET,
        DATA,
        ml.sgd(0.1),
        steps=3,
        trainable=lambda leaf: leaf.ndim < 2 and leaf.size != 8,
    )
    before, after = ml.named_leaves(NET), ml.named_leaves(result.state.params)
    changed = [name for name in before if not np.array_equal(before[name], after[name])]
    assert changed == ["layers.1.b"]


def test_history_draws_itself() -> None:
    """A history becomes a picture of the loss and the metric."""
    pytest.importorskip("matplotlib")
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=10, validation=DATA)
    assert len(result.history.plot().lines) >= 2
