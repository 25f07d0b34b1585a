"""L-BFGS reaches the optima that are known."""

import os
import signal
from typing import Any

import numpy as np
import pytest
import threadpoolctl  # type: ignore[import-untyped]  # has no types

import miniml as ml
from miniml.datasets import Standardizer, breast_cancer
from miniml.program.threads import scipys_blas

pytest.importorskip("scipy")


def ridge_loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
    """Give the mean log-loss and half a hundredth of the squared weights."""
    value: ml.Scalar = ml.mean_loss(params, data) + 0.5e-2 * np.sum(np.square(params.w))
    return value


def standardized(x: Any, y: Any) -> ml.Dataset:
    return ml.Dataset(Standardizer.of(x)(x), y)


def problem(name: str) -> ml.Dataset:
    if name == "breast-cancer":
        data = breast_cancer().data
        return standardized(data.x, data.y)
    digits = pytest.importorskip("sklearn.datasets").load_digits()
    x, y = digits.data, digits.target
    if name == "digits odd/even":
        return standardized(x, np.where(y % 2 == 1, 1.0, -1.0))
    chosen = np.isin(y, [3, 8])
    return standardized(x[chosen], np.where(y[chosen] == 3, 1.0, -1.0))


GOLDEN = {
    "breast-cancer": 0.099591375485,
    "digits odd/even": 0.222935641539,
    "digits 3 against 8": 0.055904431057,
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_optima(name: str) -> None:
    """The optimum of the mean log-loss with a ridge on three data sets, to 1e-9."""
    data = problem(name)
    start = ml.Linear(np.zeros(data.x.shape[1]), 0.0)
    result = ml.lbfgs(ridge_loss, start, data)
    assert result.stopped == "converged"
    assert float(ridge_loss(result.state.params, data)) == pytest.approx(GOLDEN[name], abs=1e-9)


def test_history_has_the_loss_before_each_step() -> None:
    """As of every other optimiser, the history begins with the loss of the start."""
    data = problem("breast-cancer")
    start = ml.Linear(np.zeros(30), 0.0)
    result = ml.lbfgs(ridge_loss, start, data, steps=5)
    assert (result.stopped, result.state.step) == ("steps", 5)
    assert result.history.loss[0] == pytest.approx(np.log(2.0))
    assert (np.diff(result.history.loss) < 0.0).all()


def test_dtypes_and_python_numbers_come_back() -> None:
    """Leaves of float32 stay so, and Python floats are Python floats."""
    data = ml.Dataset(np.ones((3, 2), np.float32), np.array([1.0, 1.0, -1.0], np.float32))
    result = ml.lbfgs(ridge_loss, ml.Linear(np.zeros(2, np.float32), 0.0), data, tolerance=1e-3)
    assert result.state.params.w.dtype == np.float32
    assert type(result.state.params.b) is float


def test_frozen_parameters_stay() -> None:
    """Only what is trainable changes."""
    data = problem("breast-cancer")
    start = ml.Linear(np.zeros(30), 0.25)
    result = ml.lbfgs(ridge_loss, start, data, trainable="w")
    assert result.state.params.b == 0.25
    assert result.state.params.w.any()


def test_an_interrupt_ends_it() -> None:
    """Ctrl-C ends the search after the step."""
    data = problem("breast-cancer")
    calls = 0

    def interrupting(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
        nonlocal calls
        calls += 1  # while it is traced
        os.kill(os.getpid(), signal.SIGINT)
        return ridge_loss(params, data)

    result = ml.lbfgs(interrupting, ml.Linear(np.zeros(30), 0.0), data)
    assert calls == 1
    assert (result.stopped, result.state.step) == ("interrupt", 1)


def test_a_loss_that_is_not_finite_is_told_of() -> None:
    """Where already the first loss is not finite, nothing converged, and the data are blamed."""
    data = np.array([1.0, np.nan, 2.0])
    with pytest.warns(
        RuntimeWarning, match="not finite for the .*; 1 of the 3 numbers in the data"
    ):
        result = ml.lbfgs(lambda w, x: np.mean(np.square(x - w)), 0.0, data)
    assert (result.stopped, result.state.step, result.state.params) == ("not finite", 0, 0.0)


def test_no_steps_are_none() -> None:
    """Asked for no steps, it gives back the parameters; SciPy makes one in any case."""
    start = ml.Linear(np.zeros(30), 0.0)
    result = ml.lbfgs(ridge_loss, start, problem("breast-cancer"), steps=0)
    assert (result.stopped, result.state.step, len(result.history.step)) == ("steps", 0, 0)
    assert ml.tree_equal(result.state.params, start)


def test_a_loss_without_a_bound_gives_the_last_finite_state() -> None:
    """Where the loss falls to minus infinity, the parameters are those before."""

    def falling(w: ml.Array, _: ml.Array) -> ml.Scalar:
        total: ml.Scalar = np.sum(np.square(w))
        return -total

    with (
        np.errstate(over="ignore"),
        pytest.warns(RuntimeWarning, match=r"not finite at step (\d+): the state of step \d+ is"),
    ):
        result = ml.lbfgs(falling, np.ones(2), np.zeros(1))
    assert result.stopped == "not finite"
    assert np.isfinite(result.history.loss).all()
    assert np.isfinite(falling(result.state.params, np.zeros(1)))
    assert len(result.history.loss) == result.state.step > 0


def test_a_loss_is_traced_again_where_what_it_reads_has_changed() -> None:
    """A run finds the program of an earlier one, unless the loss now reads another value."""
    target, traces = 1.0, list[object]()

    def loss(w: float, data: ml.Array) -> ml.Scalar:
        traces.append(w)
        value: ml.Scalar = np.mean(np.square(w - target * data))
        return value

    assert ml.lbfgs(loss, 0.0, np.ones(3)).state.params == pytest.approx(1.0)
    assert ml.lbfgs(loss, 0.5, np.ones(3)).state.params == pytest.approx(1.0)
    assert len(traces) == 1
    target = 2.0
    assert ml.lbfgs(loss, 0.0, np.ones(3)).state.params == pytest.approx(2.0)


def test_scipys_blas_takes_no_threads() -> None:
    """Threads for vectors of a few numbers only wait for each other; afterwards it has its own."""
    libraries = scipys_blas().libraries
    seen: list[int] = []

    def noted(x: Any) -> Any:
        seen.extend(library.get_num_threads() for library in libraries)
        return x

    identity: Any = ml.custom_vjp(noted, lambda g, _y, _x: g, like=lambda x: x)
    with threadpoolctl.threadpool_limits(2, "blas"):
        ml.lbfgs(lambda w, _: np.sum(identity(w) ** 2), np.ones(3), np.ones(1))
        assert [library.get_num_threads() for library in libraries] == [2 for _ in libraries]
    assert set(seen) == ({1} if libraries else set())
