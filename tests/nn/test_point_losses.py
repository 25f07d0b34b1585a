"""Point losses: values, derivatives, the shapes and functions that they refuse."""

import importlib
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

import miniml as ml
from miniml.nn.point_losses import FORMER_NAMES, MARGIN_LOSSES, POINT_LOSSES, PointLoss
from miniml.types import Array

LOSSES: tuple[PointLoss, ...] = (
    *POINT_LOSSES.values(),
    ml.absolute_error,
    ml.huber_loss,
    ml.log_cosh,
)
SCORES = np.array([-1e4, -700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0, 1e4])
TRACED: list[Callable[..., Any]] = [lambda f: f, ml.jit, lambda f: ml.jit(f, eager=True)]


def total(loss: PointLoss) -> Callable[[Array, Array], ml.Scalar]:
    def of(predictions: Array, targets: Array) -> ml.Scalar:
        return np.sum(loss(predictions, targets))

    return of


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        (ml.perceptron_loss, [np.inf, 0.0]),
        (ml.sigmoid_loss, [1.0, 0.0]),
        (ml.logistic_loss, [np.inf, 0.0]),
        (ml.hinge_loss, [np.inf, 0.0]),
        (ml.squared_error, [np.inf, np.inf]),
        (ml.absolute_error, [np.inf, np.inf]),
        (ml.huber_loss, [np.inf, np.inf]),
        (ml.log_cosh, [np.inf, np.inf]),
    ],
)
def test_infinite_errors_have_their_limits(loss: PointLoss, wanted: list[float]) -> None:
    """At infinity each point loss returns its limit, without a warning."""
    np.testing.assert_array_equal(loss(np.array([-np.inf, np.inf]), np.ones(2)), wanted)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_is_kept(loss: PointLoss, dtype: type[np.floating[Any]]) -> None:
    """A point loss of scores of a dtype has that dtype, traced or not."""
    scores, labels = np.zeros(3, dtype), np.ones(3, dtype)
    assert loss(scores, labels).dtype == ml.jit(loss)(scores, labels).dtype == dtype


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_agree_with_central_differences(loss: PointLoss) -> None:
    """Away from kinks, both derivatives of each point loss equal the central differences."""
    scores = np.array([-3.0, -0.7, 0.3, 2.0, -2.5, 0.6])
    labels = np.array([1.0, -1.0, 1.0, -1.0, -1.0, 1.0])
    by_scores = ml.grad(total(loss))(scores, labels)
    h = 1e-6
    wanted = (loss(scores + h, labels) - loss(scores - h, labels)) / (2 * h)
    np.testing.assert_allclose(by_scores, wanted, rtol=1e-8, atol=1e-10)


@pytest.mark.jax
@pytest.mark.parametrize("name", ["hinge_loss", "perceptron_loss", "squared_error", "log_cosh"])
def test_names_of_optax_have_its_values(name: str) -> None:
    """A point loss with a name of Optax has its arguments and values."""
    losses = pytest.importorskip("optax").losses
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=50), np.sign(rng.normal(size=50))
    got = getattr(ml, name)(scores, labels)
    with pytest.importorskip("jax").enable_x64(True):
        wanted = getattr(losses, name)(scores, labels)
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.jax
@pytest.mark.parametrize("delta", [0.3, 1.0, 2.5])
def test_the_huber_loss_is_optaxs(delta: float) -> None:
    """The Huber loss has Optax's arguments and values for each `delta`."""
    optax = pytest.importorskip("optax")
    predictions, targets = np.random.default_rng(0).normal(size=(2, 50))
    got = ml.huber_loss(predictions, targets, delta=delta)
    with pytest.importorskip("jax").enable_x64(True):
        wanted = optax.huber_loss(predictions, targets, delta=delta)
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


@pytest.mark.jax
def test_the_logistic_loss_is_optaxs_sigmoid_binary_cross_entropy() -> None:
    """For labels -1 and +1 in place of 0 and 1, both are the same loss."""
    optax = pytest.importorskip("optax")
    labels = np.array([-1.0, 1.0] * 4 + [1.0])
    with pytest.importorskip("jax").enable_x64(True):
        wanted = optax.sigmoid_binary_cross_entropy(SCORES, (labels + 1.0) / 2.0)
    np.testing.assert_allclose(ml.logistic_loss(SCORES, labels), wanted, rtol=1e-12, atol=1e-15)


def test_gradients_stay_finite_for_large_scores() -> None:
    """The derivative of the logistic loss is a sigmoid, even if exp overflows."""
    slopes = ml.grad(total(ml.logistic_loss))(SCORES, -np.ones_like(SCORES))
    np.testing.assert_allclose(slopes, expit(SCORES), rtol=1e-12, atol=1e-300)


@given(st.floats(-800, 800) | st.floats(-1e-3, 1e-3))
def test_log_cosh_is_exact_near_zero_too(error: float) -> None:
    """The value and both derivatives of `log_cosh` have the precision of float64 at any error."""
    with mpmath.workdps(700):
        exact = mpmath.mpf(error)
        wanted = float(mpmath.log(mpmath.cosh(exact)))
        slopes = float(mpmath.tanh(exact)), float(mpmath.sech(exact) ** 2)
    loss = total(ml.log_cosh)
    at, zero = np.array([error]), np.zeros(1)
    tiny = 1e-300  # below it, numbers have fewer digits
    np.testing.assert_allclose(loss(at, zero), wanted, rtol=1e-15, atol=tiny)
    np.testing.assert_allclose(ml.grad(loss)(at, zero), [slopes[0]], rtol=4e-15, atol=tiny)
    np.testing.assert_allclose(ml.hessian(loss)(at, zero), [[slopes[1]]], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("error", [-0.5, 0.0, 0.5])
def test_the_huber_loss_is_a_parabola_near_the_target(error: float) -> None:
    """Within `delta` of the target the second derivative is 1, at the target too."""
    at = np.array([error])
    np.testing.assert_array_equal(ml.hessian(total(ml.huber_loss))(at, np.zeros(1)), [[1.0]])


def test_the_gradient_of_the_huber_loss_is_bounded() -> None:
    """An outlier of any size pulls with the slope `delta`."""
    far = np.array([-np.inf, -1e300, 1e300, np.inf])
    slopes = ml.grad(total(lambda p, t: ml.huber_loss(p, t, delta=0.5)))(far, np.zeros(4))
    np.testing.assert_array_equal(slopes, [-0.5, -0.5, 0.5, 0.5])


@pytest.mark.parametrize("delta", [0.0, -1.0])
def test_the_huber_loss_needs_a_positive_delta(delta: float) -> None:
    """A `delta` of 0, for which the loss is 0, is refused."""
    with pytest.raises(ValueError, match=r"delta is .*: it must be a finite number above 0"):
        ml.huber_loss(np.ones(2), np.zeros(2), delta=delta)


@pytest.mark.parametrize("loss", LOSSES)
def test_nan_stays_nan(loss: PointLoss) -> None:
    """The loss of a prediction that is NaN is NaN."""
    with np.errstate(invalid="ignore"):
        assert np.isnan(loss(np.array([np.nan]), np.ones(1))).all()
        assert np.isnan(ml.jit(loss)(np.array([np.nan]), np.ones(1))).all()


@pytest.mark.parametrize("trace", TRACED)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("shape", "wanted"), [((3, 1), (3,)), ((3,), (3, 1)), ((3,), ()), ((), (3,)), ((1,), (3,))]
)
def test_shapes_that_would_broadcast_are_refused(
    trace: Any, loss: PointLoss, shape: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    """A column against a row would be a matrix of differences: each loss refuses it."""
    with pytest.raises(ValueError, match=r"have shape \(.* and the .* \(.*, which must be equal"):
        trace(loss)(np.ones(shape), np.ones(wanted))


def test_the_refusal_names_the_way_out() -> None:
    """If only the axes differ, the message says how to reshape."""
    with pytest.raises(ValueError, match=r"write predictions\.reshape\(\(3,\)\) if they are in"):
        ml.squared_error(np.ones((3, 1)), np.ones(3))


@pytest.mark.parametrize("loss", LOSSES)
def test_shapes_are_those_of_one_point_under_vmap(loss: PointLoss) -> None:
    """Under `vmap` the loss of each row is that of the whole."""
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(4, 3)), np.sign(rng.normal(size=(4, 3)))
    np.testing.assert_allclose(ml.vmap(loss)(scores, labels), loss(scores, labels), rtol=1e-14)


@pytest.mark.parametrize("trace", TRACED)
def test_unsigned_integers_do_not_wrap(trace: Any) -> None:
    """The error of 1 from 3 is -2, also as uint8."""
    predictions, targets = np.array([1], np.uint8), np.array([3], np.uint8)
    assert trace(ml.squared_error)(predictions, targets).tolist() == [4.0]


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss in MARGIN_LOSSES])
def test_losses_of_margins_refuse_labels_0_and_1(loss: PointLoss) -> None:
    """The margin of a point of class 0 would be 0: each loss of margins refuses such labels."""
    with pytest.raises(ValueError, match="of the 2 labels are 0; the two classes are -1 and"):
        loss(np.ones(2), np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *(("miniml", name) for name in ("hinge", "logistic", "squared")),
        *(("miniml.nn", name) for name in ("hinge", "logistic", "squared")),
        *(("miniml.losses", name) for name in FORMER_NAMES),
    ],
)
def test_a_former_name_says_what_it_is_now(module: str, name: str) -> None:
    """One sentence names the new function and its arguments."""
    now = FORMER_NAMES[name]
    with pytest.raises(AttributeError, match=rf"is now {module}\.{now}, .* {now}\(scores, labels"):
        getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("name", POINT_LOSSES)
def test_a_loss_of_the_catalogue_has_the_name_of_its_function(name: str) -> None:
    """Command, page and scripts have one name for a point loss."""
    assert getattr(ml, name) is POINT_LOSSES[name]
