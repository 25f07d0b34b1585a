"""SciPy's methods, over trees."""

import inspect
import os
import signal
import sys
from typing import Any, get_args

import numpy as np
import pytest
import threadpoolctl  # type: ignore[import-untyped]  # has no types
from scipy import optimize

import miniml as ml
from miniml.program.chunking.threads import scipys_blas
from miniml.training._minimize import Method

METHODS = get_args(Method)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
DATA = ml.Dataset(X, np.where(X @ [1.0, -2.0, 0.5] + 0.3 + RNG.normal(size=40) > 0.0, 1.0, -1.0))
START = ml.Linear(np.zeros(3), 0.0)


def ridge_loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
    """Return a strictly convex loss."""
    value: ml.Scalar = ml.mean_loss(params, data) + 0.05 * np.sum(np.square(params.w))
    return value


OPTIMUM = ml.lbfgs(ridge_loss, START, DATA, tolerance=1e-10).state.params


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_minimum(method: Method) -> None:
    """Each converges, and to what L-BFGS finds."""
    result = ml.minimize(ridge_loss, START, DATA, method=method)
    assert result.stopped == "converged"
    assert ml.tree_allclose(result.state.params, OPTIMUM, rtol=0.0, atol=1e-6)
    assert result.history.loss[0] == pytest.approx(np.log(2.0))
    assert len(result.history.loss) == result.state.step


@pytest.mark.parametrize("method", METHODS)
def test_steps_are_counted(method: Method) -> None:
    """It ends after the given number of steps, also after none."""
    for steps in (0, 2):
        result = ml.minimize(ridge_loss, START, DATA, method=method, steps=steps)
        assert (result.stopped, result.state.step) == ("steps", steps)


def test_second_derivatives_take_fewer_steps() -> None:
    """With Hessians, Rosenbrock's function of 20 parameters takes fewer steps."""

    def banana(w: ml.Array, _: None) -> ml.Scalar:
        total: ml.Scalar = np.sum(100.0 * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)
        return total

    first, second = (
        ml.minimize(banana, np.full(20, 0.5), None, method=method)
        for method in ("L-BFGS-B", "trust-krylov")
    )
    np.testing.assert_allclose(second.state.params, 1.0, atol=1e-6)
    assert second.state.step < 0.75 * first.state.step


def test_bounds_hold() -> None:
    """Each bound of a tree holds, and the result is SciPy's own."""
    lower = ml.Linear(np.array([-0.5, -np.inf, 0.9]), -np.inf)
    upper = ml.Linear(np.array([0.5, np.inf, 2.0]), 0.1)
    start = ml.Linear(np.array([0.0, 0.0, 1.0]), 0.0)
    found = ml.minimize(ridge_loss, start, DATA, lower=lower, upper=upper).state.params

    def of_vector(v: Any) -> float:
        return float(ridge_loss(ml.Linear(v[:3], float(v[3])), DATA))

    within: Any = [(-0.5, 0.5), (None, None), (0.9, 2.0), (None, 0.1)]
    alone = optimize.minimize(
        of_vector, [0.0, 0.0, 1.0, 0.0], method="SLSQP", bounds=within, tol=1e-12
    )
    np.testing.assert_allclose([*found.w, found.b], alone.x, atol=1e-4)
    assert found.w[0] == 0.5
    assert found.w[2] == 0.9


def test_one_number_bounds_a_part_or_all() -> None:
    """A bound may be a number for all parameters, or a tree with a number for a part."""
    everywhere = ml.minimize(ridge_loss, START, DATA, lower=-0.25).state.params
    assert everywhere.w.min() == -0.25
    nets = {"a": START, "b": START}

    def both(params: dict[str, ml.Linear], data: ml.Dataset) -> ml.Scalar:
        return ridge_loss(params["a"], data) + ridge_loss(params["b"], data)

    lower: Any = {"a": -np.inf, "b": -0.25}
    apart = ml.minimize(both, nets, DATA, lower=lower).state.params
    assert ml.tree_allclose(apart["a"], OPTIMUM, atol=1e-6)
    assert ml.tree_allclose(apart["b"], everywhere, atol=1e-6)


def test_equal_bounds_leave_nothing_to_find() -> None:
    """If the bounds leave one value each, the start is the minimum."""
    result = ml.minimize(ridge_loss, START, DATA, lower=0.0, upper=0.0)
    assert (result.stopped, result.state.step) == ("converged", 0)
    assert ml.tree_equal(result.state.params, START)


@pytest.mark.parametrize(
    ("b", "bound"), [(0.0, -0.25), (-9.0, -0.25), (3, 7), (3, np.zeros(4)), (True, None)]
)
def test_the_bound_of_a_frozen_parameter_does_not_count(b: Any, bound: Any) -> None:
    """A parameter that is not trained may lie outside of its bounds, and be no float."""
    lower: Any = ml.Linear(np.full(3, -0.25), bound)
    lower = -0.25 if bound is None else lower
    start = ml.Linear(np.zeros(3), b)
    found = ml.minimize(ridge_loss, start, DATA, lower=lower, trainable="w").state.params
    assert (found.b, type(found.b)) == (b, type(b))
    assert found.w.min() == -0.25


def test_a_start_outside_of_the_bounds_is_refused() -> None:
    """The error names the parameter, its value and its bounds."""
    with pytest.raises(ValueError, match=r"b is 0\.0, of type float, and must lie between 1\.0"):
        ml.minimize(ridge_loss, START, DATA, lower=ml.Linear(np.full(3, -9.0), 1.0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "BFGS", "lower": 0.0}, "BFGS takes no bounds: L-BFGS-B does"),
        ({"method": "Powell"}, "method is 'Powell', of type str: it must be one of"),
        ({"lower": np.zeros(5)}, r"lower has at w the shape \(5,\), and the parameter \(3,\)"),
        ({"upper": {"w": 1.0}}, "the first tree is not a prefix of the second"),
        ({"lower": 0.1, "upper": -0.1}, "w is .* and must lie between"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, Any], message: str) -> None:
    """Bounds with a method that takes none, unknown methods and bounds of another form are errors."""
    with pytest.raises(ValueError, match=message):
        ml.minimize(ridge_loss, START, DATA, **options)


def test_dtypes_come_back() -> None:
    """Leaves of float32 stay float32, and Python floats stay Python floats."""
    start = ml.Linear(np.zeros(3, np.float32), 0.0)
    found = ml.minimize(ridge_loss, start, DATA, tolerance=1e-4, upper=0.5).state.params
    assert found.w.dtype == np.float32
    assert type(found.b) is float
    assert found.w.max() == 0.5


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_search_can_begin_at_a_bound(kind: Any) -> None:
    """A parameter lies within a bound that its dtype rounds."""

    def loss(w: ml.Array, _: None) -> ml.Scalar:
        value: ml.Scalar = np.sum(np.square(w - 1.0))
        return value

    for upper in (0.1, 0.3):
        reached = ml.minimize(loss, np.zeros(2, kind), None, upper=upper).state.params
        np.testing.assert_array_equal(reached, kind(upper))
        again = ml.minimize(loss, reached, None, upper=upper)
        assert (again.stopped, again.state.step) == ("converged", 0)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_bound_beyond_the_largest_number_is_none(kind: Any) -> None:
    """A bound beyond the parameter's dtype is no bound, without a warning."""
    result = ml.minimize(
        lambda w, _: np.sum(np.square(w - 1.0)), np.zeros(2, kind), None, upper=1e60
    )
    assert result.stopped == "converged"
    np.testing.assert_array_equal(result.state.params, 1.0)


def test_a_loss_that_falls_no_more_is_stuck() -> None:
    """It is not "converged", as SciPy calls it, if the gradient is above the tolerance."""
    for lower in (None, -9.0):
        result = ml.minimize(ridge_loss, START, DATA, tolerance=0.0, lower=lower)
        assert result.stopped == "stuck"
        assert ml.tree_allclose(result.state.params, OPTIMUM, atol=1e-6)


@pytest.mark.parametrize("method", ["BFGS", "CG", "trust-krylov"])
def test_numbers_too_large_on_the_way_are_not_reported(method: Method) -> None:
    """Squares of a gradient overflow in SciPy without a warning."""

    def steep(w: ml.Array, _: None) -> ml.Scalar:
        total: ml.Scalar = np.sum(np.exp(w * w))
        return total

    result = ml.minimize(steep, np.array([20.0, 3.0]), None, method=method, steps=5)
    assert np.isfinite(steep(result.state.params, None))


def test_lbfgs_and_minimize_share_their_arguments() -> None:
    """Each begins with the same ones: in the same order, with the same types and defaults."""
    ours, scipys = (list(inspect.signature(f).parameters.values()) for f in (ml.lbfgs, ml.minimize))
    assert [one.name for one in ours[:8]] == [
        *("loss", "params", "data", "steps", "tolerance", "trainable", "wrt", "callback")
    ]
    assert [*map(str, ours[:8])] == [*map(str, scipys[:8])]  # the type variables are two
    assert [one.name for one in ours[8:]] == ["memory", "start"]
    assert [one.name for one in scipys[8:]] == ["method", "lower", "upper"]
    results = (inspect.signature(f).return_annotation for f in (ml.lbfgs, ml.minimize))
    assert len({*map(str, results)}) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_callback_sees_each_step_and_may_end_it(method: Method) -> None:
    """It gets the states one after another, and its overflows warn; StopIteration ends the search."""
    alone = ml.minimize(ridge_loss, START, DATA, method=method)
    states: list[ml.State[ml.Linear]] = []

    def two_steps(state: ml.State[ml.Linear]) -> None:
        with pytest.warns(RuntimeWarning, match="overflow"):
            np.exp(np.full(1, 1e3))
        states.append(state)
        if state.step == 2:
            raise StopIteration

    result = ml.minimize(ridge_loss, START, DATA, method=method, callback=two_steps)
    assert (result.stopped, [state.step for state in states]) == ("callback", [1, 2])
    assert ml.tree_equal(result.state, states[-1])
    assert result.history.loss.tolist() == alone.history.loss[:2].tolist()


def test_an_interrupt_ends_it() -> None:
    """Ctrl-C ends the search after the step."""
    pending = [signal.SIGINT]

    def interrupting(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
        while pending:  # while it is traced for the first time
            os.kill(os.getpid(), pending.pop())
        return ridge_loss(params, data)

    result = ml.minimize(interrupting, START, DATA)
    assert (result.stopped, result.state.step) == ("interrupt", 1)


def test_a_loss_that_is_not_finite_is_reported() -> None:
    """If the first loss is not finite, the run has not converged, and the warning names the data."""
    data = np.array([1.0, np.nan, 2.0])
    with pytest.warns(RuntimeWarning, match="not finite for the .*; 1 of the 3 numbers in the"):
        result = ml.minimize(lambda w, x: np.mean(np.square(x - w)), 0.0, data)
    assert (result.stopped, result.state.step, result.state.params) == ("not finite", 0, 0.0)


def by_logarithm(w: ml.Array, target: ml.Array) -> ml.Scalar:
    """Return a loss that is NaN for a negative parameter."""
    total: ml.Scalar = np.sum(w / target - np.log(w))
    return total


def by_matrix(w: ml.Array, target: ml.Array) -> ml.Scalar:
    """Return the same loss, which raises an error there."""
    lower = np.linalg.cholesky(np.diag(w))
    total: ml.Scalar = np.sum(w / target) - 2.0 * np.sum(np.log(np.diag(lower)))
    return total


@pytest.mark.parametrize("loss", [by_logarithm, by_matrix])
@pytest.mark.parametrize("method", ["BFGS", "trust-ncg", "trust-krylov"])
def test_a_step_out_of_the_domain_is_shortened(method: Method, loss: Any) -> None:
    """If the loss raises an error, the step ends before; at the start the error is raised."""
    target = np.array([0.01, 2.0, 30.0])
    result = ml.minimize(loss, np.array([9.0, 9.0, 0.1]), target, method=method, tolerance=1e-6)
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params, target, rtol=1e-3)
    with pytest.raises(np.linalg.LinAlgError):
        ml.minimize(by_matrix, np.array([1.0, 1.0, -1.0]), target, method=method)


def test_without_scipy_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SciPy, the error says how to install it."""
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(
        ImportError, match=r"minimize needs SciPy: pip install 'miniml-attrs\[scipy\]'"
    ):
        ml.minimize(ridge_loss, START, DATA)


def test_scipys_blas_takes_no_threads() -> None:
    """SciPy's BLAS runs on one thread, and has its own number again afterwards."""
    libraries = scipys_blas().libraries
    seen: list[int] = []

    def noted(x: Any) -> Any:
        seen.extend(library.get_num_threads() for library in libraries)
        return x

    identity: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(noted)
    with threadpoolctl.threadpool_limits(2, "blas"):
        ml.minimize(lambda w, _: np.sum(identity(w) ** 2), np.ones(3), np.ones(1))
        assert [library.get_num_threads() for library in libraries] == [2 for _ in libraries]
    assert set(seen) == ({1} if libraries else set())
