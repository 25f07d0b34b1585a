"""All searches have one criterion of convergence."""

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

import miniml as ml
from miniml.training._minimize import Method

SEARCHES: dict[str, Callable[..., ml.Fit[Any]]] = {"lbfgs": ml.lbfgs} | {
    method: lambda *given, method=method, **options: ml.minimize(*given, method=method, **options)
    for method in get_args(Method)
}

RNG = np.random.default_rng(0)
TURN, _ = np.linalg.qr(RNG.normal(size=(10, 10)))
X = RNG.normal(size=(80, 5))
Y = X @ np.arange(1.0, 6.0) + RNG.normal(size=80)


def banana(w: ml.Array, offset: Any) -> ml.Scalar:
    total: ml.Scalar = np.sum(100.0 * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)
    value: ml.Scalar = total + offset[0]
    return value


def squares(w: ml.Array, data: tuple[ml.Array, ml.Array]) -> ml.Scalar:
    return np.mean(np.square(data[0] @ w - data[1]))


def quadratic(w: ml.Array, data: tuple[ml.Array, ml.Array]) -> ml.Scalar:
    product: ml.Scalar = (w - data[1]) @ data[0] @ (w - data[1])
    return product


def distance(w: ml.Array, target: ml.Array) -> ml.Scalar:
    total: ml.Scalar = np.sum(np.square(w - target))
    return total


def constant(w: ml.Array, _: None) -> ml.Scalar:
    value: ml.Scalar = np.sum(0.0 * w)
    return value


def single(*arrays: Any) -> Any:
    return tuple(np.asarray(array, np.float32) for array in arrays)


LEAST = np.linalg.lstsq(X, Y, rcond=None)[0]
ONES = np.ones(10)
SMOOTH: dict[str, tuple[Any, Any, Any, Any, float]] = {
    "a bent valley": (banana, 0.5 * ONES, np.zeros(1), ONES, 1e-7),
    "with an offset of 1e5": (banana, 0.5 * ONES, np.full(1, 1e5), ONES, 1e-7),
    "with an offset of 1e10": (banana, 0.5 * ONES, np.full(1, 1e10), ONES, 1e-7),
    "in float32": (banana, *single(0.5 * ONES, [0.0]), ONES, 1e-3),
    "in float32 with an offset": (banana, *single(0.5 * ONES, [1e3]), ONES, 1e-3),
    "least squares": (squares, np.zeros(5), (X, Y), LEAST, 1e-7),
    "of float32 points": (squares, np.zeros(5, np.float32), single(X, Y), LEAST, 1e-5),
    "of targets about 1e8": (squares, np.zeros(5), (X, 1e8 * Y), 1e8 * LEAST, 1e-2),
    "a condition of 1e3": (
        quadratic,
        np.zeros(10),
        ((TURN * np.geomspace(1.0, 1e3, 10)) @ TURN.T, np.full(10, 1 / 3)),
        np.full(10, 1 / 3),
        1e-7,
    ),
    "far away": (
        lambda w, far: np.sum(np.square(w - far)),
        np.zeros(3),
        np.full(3, 1e10 / 3),
        1e10 / 3,
        1e-5,
    ),
    "a constant": (constant, np.zeros(3), None, 0.0, 0.0),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("search", SEARCHES)
def test_a_smooth_minimum_is_called_converged(search: str, name: str) -> None:
    """Each search reaches the minimum, though values do not tell the last steps, and says so."""
    loss, start, data, wanted, close = SMOOTH[name]
    result = SEARCHES[search](loss, start, data)
    assert result.stopped == "converged"
    np.testing.assert_allclose(
        np.asarray(result.state.params, np.float64),
        np.broadcast_to(wanted, start.shape),
        atol=close,
    )
    np.testing.assert_array_equal(result.history.step, np.arange(1, result.state.step + 1))


@pytest.mark.parametrize("search", SEARCHES)
def test_a_kink_is_not_called_converged(search: str) -> None:
    """At an edge where the gradient jumps, rounding does not explain it."""
    labels = np.sign(Y)

    def hinges(w: ml.Array, data: tuple[ml.Array, ml.Array]) -> ml.Scalar:
        return np.mean(np.maximum(1.0 - data[1] * (data[0] @ w), 0.0))

    stopped = SEARCHES[search](hinges, np.zeros(5), (X, labels)).stopped
    # The radius of trust-krylov shrinks slowly here: by rounding, its steps may end before.
    assert stopped == "stuck" or (search, stopped) == ("trust-krylov", "steps")


@pytest.mark.parametrize("search", SEARCHES)
def test_the_steps_are_not_exceeded(search: str) -> None:
    """What is needed for the last digits counts as steps."""
    for steps in (10, 40, 60):
        result = SEARCHES[search](banana, 0.5 * ONES, np.full(1, 1e10), steps=steps)
        assert result.state.step <= steps
        assert (result.stopped == "steps") == (result.state.step == steps)


@pytest.mark.parametrize("search", SEARCHES)
def test_the_history_is_of_the_loss_itself(search: str) -> None:
    """Each entry is the loss before the step, also where differences of losses are followed."""
    offset = np.full(1, 1e5)
    before: list[float] = [float(banana(0.5 * ONES, offset))]
    result = SEARCHES[search](
        banana,
        0.5 * ONES,
        offset,
        callback=lambda state: before.append(float(banana(state.params, offset))),
    )
    np.testing.assert_allclose(result.history.loss, before[:-1], rtol=1e-14)


@pytest.mark.parametrize("search", SEARCHES)
def test_a_gradient_that_is_not_finite_at_the_start_is_reported(search: str) -> None:
    """A finite loss with an infinite gradient gives no direction."""
    with pytest.warns(RuntimeWarning, match="not finite for the parameters given"):
        result = SEARCHES[search](lambda w, _: np.sum(np.sqrt(w)), np.array([1.0, 0.0]), None)
    assert (result.stopped, result.state.step) == ("not finite", 0)


@pytest.mark.parametrize("far", [0.0, 1e10])
def test_a_step_that_the_bounds_cut_short_is_not_flat(far: float) -> None:
    """The distance to a minimum between bounds is found, however large the parameters are."""
    result = ml.minimize(
        lambda w, scale: np.sum(np.square(w - far - 0.5)) * scale[0],
        np.full(2, far),
        np.full(1, 1e-6),
        lower=-9.0,
    )
    assert result.stopped == "converged"
    np.testing.assert_allclose(result.state.params - far, 0.5, atol=0.01)


def test_a_minimum_at_a_bound_is_converged_to_rounding() -> None:
    """The gradient at a bound may point beyond it, and the others are found to their rounding."""
    points = 1e6 * X
    result = ml.minimize(squares, np.full(5, 0.25), (points, 1e6 * Y), lower=0.25, upper=2.5)
    assert result.stopped == "converged"
    free = (result.state.params > 0.25) & (result.state.params < 2.5)
    gradient = 2.0 * X.T @ (X @ result.state.params - Y) / len(X)
    assert np.abs(gradient[free]).max() < 1e-12
    assert (gradient[result.state.params == 2.5] <= 0.0).all()
