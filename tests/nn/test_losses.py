"""Point losses and the full loss."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import expit, log_expit, log_softmax

import miniml as ml
from miniml.nn.losses import POINT_LOSSES, PointLoss
from miniml.types import Array

SCORES = np.array([-1e4, -700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0, 1e4])
INFINITE = np.array([-np.inf, np.inf])


def test_sigmoid_agrees_with_scipy() -> None:
    """The sigmoid has SciPy's values, to relative precision in both tails."""
    np.testing.assert_allclose(ml.sigmoid(SCORES), expit(SCORES), rtol=1e-12)


def test_log_sigmoid_agrees_with_scipy() -> None:
    """The log-sigmoid has SciPy's values."""
    np.testing.assert_allclose(ml.log_sigmoid(SCORES), log_expit(SCORES), rtol=1e-13)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (ml.relu, [0.0, np.inf]),
        (ml.sigmoid, [0.0, 1.0]),
        (ml.log_sigmoid, [-np.inf, 0.0]),
        (ml.logistic, [0.0, np.inf]),
        (ml.hinge, [0.0, np.inf]),
        (ml.squared, [np.inf, np.inf]),
    ],
)
def test_infinite_scores_have_their_limits(function: PointLoss, wanted: list[float]) -> None:
    """At infinity each function returns its limit, without a warning."""
    np.testing.assert_array_equal(function(INFINITE), wanted)


@pytest.mark.parametrize("name", POINT_LOSSES)
def test_dtype_is_kept(name: str) -> None:
    """A point loss of float32 scores is float32."""
    assert POINT_LOSSES[name](np.zeros(3, np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", POINT_LOSSES)
def test_gradient_agrees_with_central_differences(name: str) -> None:
    """Away from its kink, the derivative of each point loss equals the central difference."""
    z = np.array([-3.0, -0.7, 0.3, 2.0])
    loss = POINT_LOSSES[name]

    def total(z: Array) -> ml.Scalar:
        return np.sum(loss(z))

    h = 1e-6
    wanted = (loss(z + h) - loss(z - h)) / (2 * h)
    np.testing.assert_allclose(ml.grad(total)(z), wanted, rtol=1e-8, atol=1e-10)


def test_gradients_stay_finite_for_large_scores() -> None:
    """The derivative of the logistic loss is the sigmoid, even if exp overflows."""

    def total(z: Array) -> ml.Scalar:
        return np.sum(ml.logistic(z))

    np.testing.assert_allclose(ml.grad(total)(SCORES), expit(SCORES), rtol=1e-12, atol=1e-300)


def test_relu_has_zero_slope_at_its_kink() -> None:
    """The subgradient of relu at 0 is 0, as on the lecture's last slide."""

    def first(z: Array) -> ml.Scalar:
        value: ml.Scalar = ml.relu(z)[0]
        return value

    np.testing.assert_array_equal(ml.grad(first)(np.array([0.0])), [0.0])


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6), st.data())
def test_softmax_cross_entropy_agrees_with_scipy(row: list[float], data: st.DataObject) -> None:
    """The softmax cross-entropy is minus SciPy's log-softmax at the label."""
    label = data.draw(st.integers(0, len(row) - 1))
    got = ml.softmax_cross_entropy(np.array([row]), np.array([label]))
    np.testing.assert_allclose(got, [-log_softmax(row)[label]], rtol=1e-12, atol=1e-12)


def test_softmax_cross_entropy_refuses_float_class_numbers() -> None:
    """Float class numbers are refused; the message names both ways out."""
    labels = np.array([2.0])
    with pytest.raises(TypeError, match=r"dtype float64 .* labels\.astype\(int\); .* \(1, 4\)"):
        ml.softmax_cross_entropy(np.zeros((1, 4)), labels)


def test_softmax_cross_entropy_of_probabilities_is_the_mean_over_the_classes() -> None:
    """The loss and its gradient are means over the classes, weighted by their probabilities."""
    rng = np.random.default_rng(0)
    logits, shares = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(3), 5)

    def total(logits: Array, shares: Array) -> ml.Scalar:
        return np.sum(ml.softmax_cross_entropy(logits, shares))

    def by_class(logits: Array, shares: Array) -> ml.Scalar:
        each = [ml.softmax_cross_entropy(logits, np.full(5, k)) for k in range(3)]
        return np.sum(np.stack(each, axis=1) * shares)

    value, slopes = ml.value_and_grad(total)(logits, shares)
    wanted, wanted_slopes = ml.value_and_grad(by_class)(logits, shares)
    np.testing.assert_allclose(value, wanted, rtol=1e-13)
    np.testing.assert_allclose(slopes, wanted_slopes, rtol=1e-12, atol=1e-15)


def test_softmax_cross_entropy_of_a_masked_class_of_probability_0() -> None:
    """A class of score -inf and probability 0 adds nothing to loss and gradient."""
    logits, shares = np.array([[1.0, 0.0, -np.inf]]), np.array([[0.9, 0.1, 0.0]])

    def total(logits: Array) -> ml.Scalar:
        return np.sum(ml.softmax_cross_entropy(logits, shares))

    value, slopes = ml.value_and_grad(total)(logits)
    both, both_slopes = ml.value_and_grad(
        lambda z: np.sum(ml.softmax_cross_entropy(z, np.array([[0.9, 0.1]])))
    )(logits[:, :2])
    assert value == pytest.approx(both)
    np.testing.assert_allclose(slopes, [[*both_slopes[0], 0.0]], rtol=1e-12)


@pytest.mark.parametrize("shape", [(2, 1), (3,), (2, 4), ()])
@pytest.mark.parametrize("trace", [lambda f: f, ml.jit])
def test_softmax_cross_entropy_needs_one_label_per_row(trace: Any, shape: tuple[int, ...]) -> None:
    """Integer labels of another shape are refused; the message names both shapes."""
    with pytest.raises(
        ValueError, match=r"labels have shape .* the scores \(2, 4\): .* \(2,\); for one column"
    ):
        trace(ml.softmax_cross_entropy)(np.zeros((2, 4)), np.zeros(shape, int))


@pytest.mark.parametrize("trace", [lambda f: f, ml.jit])
def test_softmax_cross_entropy_refuses_negative_labels(trace: Any) -> None:
    """A label of -1 is refused, traced or not: it does not mean the last class."""
    with pytest.raises(IndexError, match=r"1 of the 2 labels are negative, .* \(y > 0\)\.astype"):
        trace(ml.softmax_cross_entropy)(np.zeros((2, 3)), np.array([0, -1]))


def test_softmax_cross_entropy_refuses_negative_labels_of_later_runs() -> None:
    """A label of -1 in a later run or a computed array is out of bounds."""
    program = ml.jit(lambda logits, labels: ml.softmax_cross_entropy(logits, labels[1:]))
    logits = np.zeros((2, 3))
    program(logits, np.array([0, 1, 2]))
    with pytest.raises(IndexError, match="out of bounds"):
        program(logits, np.array([0, 1, -1]))


def test_full_loss_is_the_slides_loop() -> None:
    """The full loss is the sum of the slide's loop over the points, not negated."""
    rng = np.random.default_rng(0)
    data = ml.Dataset(rng.random((20, 2)), np.sign(rng.standard_normal(20)))
    model = ml.Linear(np.array([1.0, 1.0]), -1.0)
    total = 0.0
    for x, y in zip(data.x, data.y, strict=True):
        score = float(-y * (x[0] * 1.0 + x[1] * 1.0 - 1.0))
        total += max(score, 0.0)
    assert float(ml.full_loss(model, data, ml.relu)) == pytest.approx(total)


@pytest.mark.parametrize("loss", [ml.full_loss, ml.mean_loss])
@pytest.mark.parametrize("y", [[0.0, 1.0, 1.0], [0.0, 2.0, 1.0], [0, 1, 0]])
def test_labels_zero_and_one_are_refused(loss: Callable[..., ml.Scalar], y: list[Any]) -> None:
    """Labels 0 and 1 are refused, traced or not; the message says how to convert them."""
    data = ml.Dataset(np.ones((3, 2)), np.array(y))
    model = ml.Linear(np.ones(2), 0.0)
    runs: list[Callable[[], object]] = [
        lambda: loss(model, data),
        lambda: ml.value_and_grad(loss)(model, data),
        lambda: next(ml.train(lambda m, d: 2.0 * loss(m, d), model, data, ml.sgd(0.1))),
        lambda: ml.jit(lambda m: loss(m, data), eager=True)(model),
    ]
    for run in runs:
        with pytest.raises(
            ValueError, match=r"of the 3 labels are 0; .* convert labels 0 and 1 by 2\.0 \*"
        ):
            run()


def test_boolean_labels_are_refused() -> None:
    """Labels True and False are refused; the message says how to convert them."""
    data: Any = ml.Dataset(np.ones((2, 2)), np.array([False, True]))
    with pytest.raises(
        ValueError, match=r"labels are True and False: .* np\.where\(y, 1\.0, -1\.0"
    ):
        next(ml.train(ml.mean_loss, ml.Linear(np.ones(2), 0.0), data, ml.sgd(0.1)))


def test_labels_without_a_sign_are_refused() -> None:
    """Labels of uint8 are refused: -1 would be 255, and the loss wrong."""
    data: Any = ml.Dataset(np.ones((2, 2)), np.ones(2, np.uint8))
    with pytest.raises(ValueError, match=r"labels have dtype uint8.* by 2\.0 \* y - 1\.0"):
        ml.mean_loss(ml.Linear(np.ones(2), 0.0), data)


@pytest.mark.parametrize("run", [ml.lbfgs, partial(ml.fit, optimizer=ml.sgd(0.1), steps=1)])
def test_each_run_checks_its_own_labels(run: Callable[..., object]) -> None:
    """Each run checks its labels, even if it reuses the program of an earlier run."""

    def loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
        return 1.0 + ml.mean_loss(params, data)

    x, y = np.ones((3, 2)), np.array([-1.0, 1.0, 1.0])
    model = ml.Linear(np.ones(2), 0.0)
    run(loss, model, ml.Dataset(x, y))
    with pytest.raises(ValueError, match="1 of the 3 labels are 0"):
        run(loss, model, ml.Dataset(x, (y + 1.0) / 2.0))


@given(hnp.arrays(np.float64, st.integers(1, 9), elements=st.floats(-3, 3)))
def test_other_labels_are_accepted(y: ml.Array) -> None:
    """Weighted labels, also of one class only, are accepted unless 0 is the lowest."""
    assume(y.min() != 0.0)
    data = ml.Dataset(np.ones((len(y), 1)), y)
    assert ml.mean_loss(ml.Linear(np.ones(1), 1.0), data, ml.squared) == np.mean((1 - 2.0 * y) ** 2)


@pytest.mark.parametrize("shape", [(3, 1), (3, 3), (1, 3), (2,)])
def test_scores_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    """Scores that would broadcast against the labels are refused; the message names the shapes."""
    data = ml.Dataset(np.ones((3, 2)), np.array([-1.0, 1.0, 1.0]))
    wrong = ml.Lambda(lambda _: np.ones(shape))
    with pytest.raises(
        ValueError, match=r"scores of shape \(.*points of shape \(3, 2\), .* \(3,\)"
    ):
        ml.mean_loss(wrong, data)


def test_mean_loss_is_the_full_loss_over_the_number_of_points() -> None:
    """The mean loss times the number of points is the full loss."""
    rng = np.random.default_rng(1)
    data = ml.Dataset(rng.random((20, 2)), np.sign(rng.standard_normal(20)))
    model = ml.Linear(np.array([1.0, 1.0]), -1.0)
    assert 20 * float(ml.mean_loss(model, data)) == pytest.approx(float(ml.full_loss(model, data)))
