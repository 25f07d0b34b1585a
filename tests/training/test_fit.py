"""Fitting: measuring, stopping, logging."""

import json
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from tests.training.problem import DATA, NET, loss


def test_history_is_one_loss_a_step_and_a_metric_now_and_then() -> None:
    """The metric is measured at the interval and after the last step, and has a column in the table."""
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=10, validation=DATA, measure_every=4)
    assert result.history.step.tolist() == list(range(1, 11))
    assert result.history.measured_step.tolist() == [4, 8, 10]
    table = result.history.table()
    assert np.isfinite(table["validation"]).nonzero()[0].tolist() == [3, 7, 9]
    assert result.history.measured["validation"][0] == float(ml.jit(loss)(_params_at(4), DATA))


def _params_at(step: int) -> ml.MLP:
    return ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=step).state.params


def test_the_best_parameters_are_kept() -> None:
    """The parameters of the best measurement are returned."""
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
    """The run ends after `patience` measurements without a better one."""
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
    """The held-out points are drawn by the seed; the others are trained on."""
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
    """Return a loss that is finite up to 3 and infinite beyond."""
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


def test_a_last_step_that_makes_nan_of_parameters_is_taken_back(tmp_path: Path) -> None:
    """A last step to NaN, which no later loss shows, is undone."""

    def rooted(w: ml.Array, _: None) -> ml.Scalar:
        root: ml.Scalar = np.sqrt(np.sum(w * w))  # at 0 its slope is infinite, times 0
        return root

    with pytest.warns(
        RuntimeWarning, match="step 1 turned parameters into NaN: the state of step 0"
    ):
        result = ml.fit(rooted, np.zeros(2), None, ml.sgd(0.1), steps=1, checkpoints=tmp_path / "c")
    assert (result.stopped, result.state.step) == ("not finite", 0)
    assert result.state.params.tolist() == [0.0, 0.0]
    assert not [*tmp_path.glob("c/*.safetensors")]


def test_data_without_a_finite_loss_are_reported() -> None:
    """If the first loss is not finite, the start is returned, and the warning names the data."""
    x = np.array([1.0, np.nan, np.inf])
    words = (
        "not finite at the first step, for the parameters of step 0, which are returned; 2 of "
        "the 3 numbers in the data are NaN or infinite"
    )
    with pytest.warns(RuntimeWarning, match=words):
        result = ml.fit(explode, 0.5, x, ml.sgd(0.1), steps=3, validation=x)
    assert (result.stopped, result.state.step, result.state.params) == ("not finite", 0, 0.5)
    assert result.best is None


def test_the_last_step_is_measured() -> None:
    """A run shorter than the interval between measurements has one, and a best."""
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=3, validation_share=0.2)
    assert result.history.measured_step.tolist() == [3]
    assert result.best is not None
    assert ml.tree_equal(result.best.params, result.state.params)


def test_a_batch_without_a_finite_loss_is_reported() -> None:
    """If the loss of a later batch is not finite, the warning names the data too."""
    x = np.ones(40)
    x[np.random.default_rng((0, 0)).permutation(40)[25]] = np.nan
    with pytest.warns(RuntimeWarning, match="at step 3: .* loss; 1 of the 40 numbers in the data"):
        result = ml.fit(lambda w, x: np.mean(w * x), 0.5, x, ml.sgd(0.1), steps=9, batch_size=10)
    assert (result.stopped, result.state.step) == ("not finite", 1)


@pytest.mark.parametrize("value", [np.nan, 1.0])
def test_a_metric_that_is_always_nan_is_reported(value: float) -> None:
    """A best metric of NaN is reported by a warning; a number is not."""
    validation = np.array([1.0, value])
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        result = ml.fit(
            lambda w, x: np.mean(np.square(w - x)),
            0.5,
            np.ones(3),
            ml.sgd(0.1),
            steps=50,
            validation=validation,
            patience=2,
        )
    assert result.best is not None
    words = [
        "no parameters are the best; 1 of the 2 numbers in the data" in str(w.message)
        for w in issued
    ]
    assert words == [True] * bool(np.isnan(value))


def test_parameters_without_a_finite_loss_are_reported() -> None:
    """The warning names the leaf of the parameters that is not finite."""
    broken = ml.Linear(np.array([np.nan, 1.0]), 0.0)
    with pytest.warns(RuntimeWarning, match="1 of the 2 numbers in w of the parameters are NaN"):
        ml.fit(ml.mean_loss, broken, DATA, ml.sgd(0.1), steps=3)


def test_a_callback_ends_the_run(tmp_path: Path) -> None:
    """StopIteration in a callback ends the run after the step, which is saved."""

    def enough(state: ml.State[ml.MLP]) -> None:
        if state.step == 7:
            raise StopIteration

    saved = ml.Checkpoints(tmp_path)
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=100, callback=enough, checkpoints=saved)
    assert (result.stopped, result.state.step, saved.steps()) == ("callback", 7, (7,))


def test_a_file_that_is_no_log_is_not_written_over(tmp_path: Path) -> None:
    """A file that is not a log is not overwritten."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileExistsError, match="Not the log of a run"):
        ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=3, log=path)
    assert path.read_text() == "a,b\n1,2\n"


def test_the_log_is_one_line_of_json_a_step(tmp_path: Path) -> None:
    """Each line has the step, the epoch, the loss, and the metric if it was measured."""
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
    """With `progress=True` a run shows its progress."""
    ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=6, progress=True)
    assert "step 6/6, loss 0." in capsys.readouterr().err
    ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=10, progress=True, validation=DATA)
    assert "step 10/10, validation 0." in capsys.readouterr().err


@pytest.mark.jax
def test_a_metric_may_be_of_jax() -> None:
    """A metric may return a number of any library."""
    numbers = pytest.importorskip("jax.numpy")
    result = ml.fit(
        loss,
        NET,
        DATA,
        ml.sgd(0.1),
        steps=1,
        validation=DATA,
        metric=lambda *_: numbers.float32(0.5),
    )
    assert result.best is not None
    assert type(result.best.value) is float


def test_numpys_integers_are_as_good(tmp_path: Path) -> None:
    """Steps, batch size and seed may be NumPy integers; those of the state are Python's."""
    given: dict[str, Any] = {name: np.int64(3) for name in ("steps", "batch_size", "seed")}
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), **given, checkpoints=tmp_path)
    assert (type(result.state.step), type(result.state.epoch)) == (int, int)


def test_validation_data_are_not_measured_all_at_once() -> None:
    """The validation loss of many points is computed in chunks, without arrays of their number."""
    points = 200_000
    x = np.random.default_rng(0).random((points, 2))
    many = ml.Dataset(x, np.where(x[:, 0] > 0.5, 1.0, -1.0))
    ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, validation=many)
    tracemalloc.start()
    ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, validation=many)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * points


def test_validation_data_are_looked_at_in_each_run() -> None:
    """Labels that the loss refuses are an error before the first step, also after an earlier trace."""
    zeros = ml.Dataset(DATA.x, np.where(DATA.y > 0.0, 1.0, 0.0))
    ml.fit(ml.mean_loss, NET, DATA, ml.sgd(0.1), steps=1, validation=DATA)
    states = list[object]()
    with pytest.raises(ValueError, match="labels are 0"):
        ml.fit(
            ml.mean_loss,
            NET,
            DATA,
            ml.sgd(0.1),
            steps=1,
            validation=zeros,
            callback=states.append,
        )
    assert not states


def test_validation_data_may_be_of_another_kind_for_a_metric() -> None:
    """With a metric, the validation data may be of another kind."""
    points: Any = DATA.x[:7]

    def metric(net: ml.MLP, x: Any) -> ml.Scalar:
        return np.mean(net(x))

    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=1, validation=points, metric=metric)
    assert result.best is not None


@pytest.mark.parametrize("run", [ml.fit, ml.lbfgs])
def test_what_is_pointed_at_is_trained(run: Callable[..., ml.Fit[ml.MLP]]) -> None:
    """`wrt` points at the parts that change, as it does for a gradient."""
    optimizer = (ml.adam(0.1),) if run is ml.fit else ()
    for wrt, pattern in [
        (lambda m: m.layers[1], "layers.1.*"),
        (lambda m: (m.layers[0].w, m.layers[1].b), ["layers.0.w", "layers.1.b"]),
    ]:
        pointed = run(loss, NET, DATA, *optimizer, steps=3, wrt=wrt)
        named = run(loss, NET, DATA, *optimizer, steps=3, trainable=pattern)
        assert ml.tree_equal(pointed, named)


def test_frozen_parameters_stay_and_cost_nothing() -> None:
    """Only trainable parameters change; the program computes no gradient of the others."""
    result = ml.fit(loss, NET, DATA, ml.adam(0.1), steps=5, trainable="layers.1.*")
    assert ml.tree_equal(result.state.params.layers[0], NET.layers[0])
    assert not ml.tree_equal(result.state.params.layers[1], NET.layers[1])
    moments = result.state.optimizer_state.moments[0]
    assert ml.leaf_names(moments) == ("layers.1.w", "layers.1.b")


def test_a_predicate_chooses_what_is_trainable() -> None:
    """A predicate on a leaf selects too."""
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
    """A history plots the loss and the metric."""
    pytest.importorskip("matplotlib")
    result = ml.fit(loss, NET, DATA, ml.sgd(0.1), steps=10, validation=DATA)
    assert len(result.history.plot().lines) >= 2
