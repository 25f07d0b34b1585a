"""L-BFGS reaches known optima."""

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.datasets import Standardizer, breast_cancer


def ridge_loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
    """Return the mean log-loss plus 0.005 times the squared weights."""
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
    """The history begins with the loss of the start, as for every optimiser."""
    data = problem("breast-cancer")
    start = ml.Linear(np.zeros(30), 0.0)
    result = ml.lbfgs(ridge_loss, start, data, steps=5)
    assert (result.stopped, result.state.step) == ("steps", 5)
    assert result.history.loss[0] == pytest.approx(np.log(2.0))
    assert (np.diff(result.history.loss) < 0.0).all()


def test_dtypes_and_python_numbers_come_back() -> None:
    """Leaves of float32 stay float32, and Python floats stay Python floats."""
    data = ml.Dataset(np.ones((3, 2), np.float32), np.array([1.0, 1.0, -1.0], np.float32))
    result = ml.lbfgs(ridge_loss, ml.Linear(np.zeros(2, np.float32), 0.0), data, tolerance=1e-3)
    assert result.state.params.w.dtype == np.float32
    assert type(result.state.params.b) is float


def test_frozen_parameters_stay() -> None:
    """Only trainable parameters change."""
    data = problem("breast-cancer")
    start = ml.Linear(np.zeros(30), 0.25)
    result = ml.lbfgs(ridge_loss, start, data, trainable="w")
    assert result.state.params.b == 0.25
    assert result.state.params.w.any()


def test_an_interrupt_ends_it() -> None:
    """Ctrl-C ends the search after the step."""
    data = problem("breast-cancer")
    pending = [signal.SIGINT]

    def interrupting(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
        while pending:  # while it is traced for the first time
            os.kill(os.getpid(), pending.pop())
        return ridge_loss(params, data)

    result = ml.lbfgs(interrupting, ml.Linear(np.zeros(30), 0.0), data)
    assert (result.stopped, result.state.step) == ("interrupt", 1)


def test_a_loss_that_is_not_finite_is_reported() -> None:
    """If the first loss is not finite, the run has not converged, and the warning names the data."""
    data = np.array([1.0, np.nan, 2.0])
    with pytest.warns(
        RuntimeWarning, match="not finite for the .*; 1 of the 3 numbers in the data"
    ):
        result = ml.lbfgs(lambda w, x: np.mean(np.square(x - w)), 0.0, data)
    assert (result.stopped, result.state.step, result.state.params) == ("not finite", 0, 0.0)


def test_no_steps_are_none() -> None:
    """With no steps it returns the parameters."""
    start = ml.Linear(np.zeros(30), 0.0)
    result = ml.lbfgs(ridge_loss, start, problem("breast-cancer"), steps=0)
    assert (result.stopped, result.state.step, len(result.history.step)) == ("steps", 0, 0)
    assert ml.tree_equal(result.state.params, start)


def test_a_loss_without_a_bound_gives_the_last_finite_state() -> None:
    """If the loss falls to minus infinity, the parameters before are returned."""

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


def test_a_loss_is_traced_again_if_what_it_reads_has_changed(traces: list[str]) -> None:
    """A run reuses the program of an earlier one, unless the loss now reads another value."""
    target = 1.0

    def loss(w: float, data: ml.Array) -> ml.Scalar:
        value: ml.Scalar = np.mean(np.square(w - target * data))
        return value

    assert ml.lbfgs(loss, 0.0, np.ones(3)).state.params == pytest.approx(1.0)
    assert ml.lbfgs(loss, 0.5, np.ones(3)).state.params == pytest.approx(1.0)
    assert len(traces) == 1
    target = 2.0
    assert ml.lbfgs(loss, 0.0, np.ones(3)).state.params == pytest.approx(2.0)


def banana(w: ml.Array, scale: ml.Array) -> ml.Scalar:
    """Return Rosenbrock's function; its minimum is 0 at ones."""
    total: ml.Scalar = np.sum(scale * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)
    return total


@pytest.mark.parametrize("size", [2, 10, 100])
def test_it_finds_the_end_of_a_bent_valley(size: int) -> None:
    """Rosenbrock's function, on which gradient descent gets nowhere, is minimised."""
    result = ml.lbfgs(banana, np.full(size, 0.5), np.full(size - 1, 100.0))
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params, 1.0, atol=1e-7)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("share", [-0.6, 0.6])
def test_the_scale_of_a_loss_does_not_matter(kind: Any, share: float) -> None:
    """A gradient whose square underflows or overflows is followed, as with such a tolerance."""
    scale = 10.0 ** int(share * np.log10(float(np.finfo(kind).max)))
    result = ml.lbfgs(
        lambda w, scale: scale[0] * np.sum(np.square(w - 1.0)),
        np.zeros(3, kind),
        np.array([scale], kind),
        tolerance=1e-5 * scale,
    )
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params, 1.0, rtol=1e-5)


def test_numbers_too_large_on_the_way_are_not_reported() -> None:
    """Curvatures overflow at a kink without a warning; a callback's computations still warn."""
    warned: list[int] = []

    def overflowing(state: ml.State[ml.Array]) -> None:
        with pytest.warns(RuntimeWarning, match="overflow"):
            np.exp(np.full(1, 1e3))
        warned.append(state.step)

    result = ml.lbfgs(
        lambda w, target: np.sum(np.abs(w - target)),
        np.full(3, 0.3),
        np.arange(3.0),
        callback=overflowing,
    )
    assert result.stopped == "converged"
    assert warned


def test_a_badly_conditioned_quadratic_is_solved() -> None:
    """Curvatures from 1 to 10,000 in a rotated space."""
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(30, 30)))
    matrix, target = (turn * np.geomspace(1.0, 1e4, 30)) @ turn.T, rng.normal(size=30)

    def quadratic(w: ml.Array, data: tuple[ml.Array, ml.Array]) -> ml.Scalar:
        product: ml.Scalar = (w - data[1]) @ data[0] @ (w - data[1])
        return product

    result = ml.lbfgs(quadratic, np.zeros(30), (matrix, target))
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params, target, atol=1e-7)


def test_a_step_out_of_the_domain_is_shortened() -> None:
    """If the loss is NaN or infinite beyond some point, the step ends before it."""

    def barrier(w: ml.Array, _: ml.Array) -> ml.Scalar:
        total: ml.Scalar = np.sum(w - np.log(w))
        return total

    result = ml.lbfgs(barrier, np.array([50.0, 0.01, 3.0]), np.zeros(1))
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params, 1.0, atol=1e-6)


def test_a_step_to_a_singular_matrix_is_shortened() -> None:
    """If the loss raises an error, the step ends before; at the start the error is raised."""

    def likelihood(w: ml.Array, target: ml.Array) -> ml.Scalar:
        lower = np.linalg.cholesky(np.diag(w))  # of positive numbers only
        total: ml.Scalar = np.sum(w / target) - 2.0 * np.sum(np.log(np.diag(lower)))
        return total

    target = np.array([0.01, 2.0, 30.0])
    result = ml.lbfgs(likelihood, np.array([9.0, 9.0, 0.1]), target)
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params, target, rtol=1e-6)
    with pytest.raises(np.linalg.LinAlgError):
        ml.lbfgs(likelihood, np.array([1.0, 1.0, -1.0]), target)


def test_a_gradient_that_is_not_finite_is_reported() -> None:
    """A finite loss with an infinite gradient gives no direction."""
    with pytest.warns(RuntimeWarning, match="not finite for the parameters given"):
        result = ml.lbfgs(lambda w, _: np.sum(np.sqrt(w)), np.zeros(2), np.zeros(1))
    assert (result.stopped, result.state.step) == ("not finite", 0)


def test_a_loss_of_coarser_rounding_is_minimised() -> None:
    """With errors forty times the dtype's, the slopes lead to the minimum nine times in ten."""

    def error(w: ml.Array) -> ml.Array:
        return np.array(40.0 * np.finfo(np.float64).eps * np.sin(1e12 * np.sum(w)))

    rounding: Any = ml.custom_vjp(lambda w: (np.sum(w), None), lambda *_: None, like=np.sum)(error)

    def loss(w: ml.Array, scales: ml.Array) -> ml.Scalar:
        total: ml.Scalar = np.sum(scales * np.square(w - 1.0) + (w - 1.0) ** 4)
        value: ml.Scalar = 1.0 + total + rounding(w)
        return value

    starts, scales = np.random.default_rng(0).normal(size=(40, 5)), np.geomspace(1.0, 10.0, 5)
    results = [ml.lbfgs(loss, start, scales, tolerance=1e-9) for start in starts]
    assert sum(result.stopped == "converged" for result in results) >= 36


def test_a_search_without_a_lower_point_is_stuck() -> None:
    """At the dtype's limit the search ends, though the gradient is above the tolerance."""
    data = problem("breast-cancer")
    start = ml.Linear(np.zeros(30, np.float32), np.zeros((), np.float32))
    single = ml.tree_map(np.float32, data)
    result = ml.lbfgs(ridge_loss, start, single, tolerance=0.0)
    assert result.stopped == "stuck"
    assert result.state.step < 200
    assert float(ridge_loss(result.state.params, data)) == pytest.approx(
        GOLDEN["breast-cancer"], abs=1e-6
    )


def test_integers_are_refused() -> None:
    """Integers have no gradient, and would truncate the result."""
    with pytest.raises(TypeError, match="at n: a parameter of dtype int64 has no gradient"):
        ml.lbfgs(lambda p, _: (p["n"] - p["w"]) ** 2, {"n": 3, "w": 0.5}, None)


Params = dict[str, Any]


def bent(params: Params, data: ml.Array) -> ml.Scalar:
    """Return a loss of leaves of several shapes that takes some thirty steps."""
    total: ml.Scalar = (
        banana(params["w"].reshape(-1), data) + (params["b"] - params["w"][0, 0]) ** 2
    )
    return total


KINDS: dict[str, Params] = {
    "float64": {"w": np.full((2, 3), 0.5), "b": np.float64(0.0)},
    "float32": {"w": np.full((2, 3), 0.5, np.float32), "b": np.float32(0.0)},
    "mixed": {"w": np.full((2, 3), 0.5, np.float32), "b": 0.0},
    "float16": {"w": np.full((2, 3), 0.5, np.float16), "b": np.float16(0.0)},
}


@pytest.mark.parametrize("memory", [3, 10])
@pytest.mark.parametrize("kind", KINDS)
def test_a_search_resumes_to_the_same_bits(kind: str, memory: int, tmp_path: Path) -> None:
    """From every state, saved and loaded, the rest of the run follows, in every dtype."""
    start, data = KINDS[kind], np.full(5, 30.0, np.float32)
    settings: dict[str, Any] = {"memory": memory, "tolerance": 1e-4}
    states: list[ml.State[Params]] = []
    alone = ml.lbfgs(bent, start, data, callback=states.append, **settings)
    template = ml.lbfgs(bent, start, data, steps=0, **settings).state
    assert len(states) == alone.state.step > memory
    for state in states[:: 1 + len(states) // 7]:
        ml.save(tmp_path / "state.safetensors", state)
        loaded = ml.load(tmp_path / "state.safetensors", template)
        rest = ml.lbfgs(bent, start, data, start=loaded, **settings)
        assert rest.stopped == alone.stopped
        assert ml.tree_equal(rest.state, alone.state)
        assert rest.history.step.tolist() == alone.history.step[state.step :].tolist()
        assert rest.history.loss.tolist() == alone.history.loss[state.step :].tolist()


def test_a_search_resumes_to_the_same_bits_without_a_pair() -> None:
    """On a constant slope, the length of the next step is part of the state."""

    def linear(w: ml.Array, slope: ml.Array) -> ml.Scalar:
        value: ml.Scalar = slope @ w
        return value

    start, slope = np.zeros(2), np.array([3.0, -4.0])
    alone = ml.lbfgs(linear, start, slope, steps=4)
    half = ml.lbfgs(linear, start, slope, steps=2)
    rest = ml.lbfgs(linear, start, slope, steps=4, start=half.state)
    assert ml.tree_equal(rest.state, alone.state)


def test_a_start_that_is_not_finite_is_reported() -> None:
    """The warning is about the parameters of `start`, not about `params`."""

    def loss(w: ml.Array, target: ml.Array) -> ml.Scalar:
        value: ml.Scalar = np.sum(np.square(w - target))
        return value

    state = ml.lbfgs(loss, np.zeros(3), np.ones(3), steps=1).state
    bad = ml.State(1, 0, np.array([np.nan, 0.0, 0.0]), state.optimizer_state, state.loss)
    with pytest.warns(RuntimeWarning, match="1 of the 3 numbers in the parameters are NaN"):
        ml.lbfgs(loss, np.zeros(3), np.ones(3), start=bad)


def test_what_another_memory_holds_is_refused() -> None:
    """A state of another optimiser, or with another memory, is refused."""
    data = problem("breast-cancer")
    net = ml.Linear(np.zeros(30), 0.0)
    state = ml.lbfgs(ridge_loss, net, data, steps=5).state
    adam = next(ml.train(ridge_loss, net, data, ml.adam(0.1)))
    for wrong, options in ((adam, {}), (state, {"memory": 4}), (state, {"trainable": "w"})):
        with pytest.raises(ValueError, match="the state of another optimiser, or of L-BFGS"):
            ml.lbfgs(ridge_loss, net, data, start=wrong, **options)
    with pytest.raises(ValueError, match=r"start is the state of step 5, and steps, .* is 4"):
        ml.lbfgs(ridge_loss, net, data, start=state, steps=4)


def test_a_callback_sees_each_step_and_may_end_it() -> None:
    """It gets the states one after another, and ends the search by StopIteration."""
    seen: list[int] = []

    def enough(state: ml.State[ml.Linear]) -> None:
        seen.append(state.step)
        if state.loss < 0.11:
            raise StopIteration

    result = ml.lbfgs(
        ridge_loss, ml.Linear(np.zeros(30), 0.0), problem("breast-cancer"), callback=enough
    )
    assert result.stopped == "callback"
    assert seen == list(range(1, result.state.step + 1))
    assert result.state.loss < 0.11 < result.history.loss[-2]
