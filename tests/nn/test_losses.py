"""The mean and the full loss, and the softmax cross-entropy."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import log_softmax

import miniml as ml
from miniml.types import Array


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
    assert float(ml.full_loss(model, data, ml.perceptron_loss)) == pytest.approx(total)


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
    wanted = np.mean(np.maximum(1 - 2.0 * y, 0.0))
    assert ml.mean_loss(ml.Linear(np.ones(1), 1.0), data, ml.hinge_loss) == wanted


def test_regression_losses_take_any_targets() -> None:
    """The mean loss of the squared error is the mean squared error, also of targets 0 and 1."""
    rng = np.random.default_rng(0)
    net = ml.Linear(rng.normal(size=2), 0.3)
    for targets in (rng.normal(size=9), np.array([0.0, 1.0] * 4 + [0.0])):
        data = ml.Dataset(rng.normal(size=(9, 2)), targets)
        wanted = np.mean((net(data.x) - data.y) ** 2)
        assert ml.mean_loss(net, data, ml.squared_error) == pytest.approx(wanted, rel=1e-14)


def test_class_numbers_have_one_score_a_class() -> None:
    """The mean loss of the softmax cross-entropy takes scores `(n, k)` and class numbers `(n,)`."""
    rng = np.random.default_rng(0)
    classes: Any = rng.integers(0, 3, 9)
    data = ml.Dataset(rng.normal(size=(9, 2)), classes)
    net = ml.Linear.init(rng, 2, 3)
    wanted = np.mean(ml.softmax_cross_entropy(net(data.x), data.y))
    assert ml.mean_loss(net, data, ml.softmax_cross_entropy) == wanted


@pytest.mark.parametrize("run", [lambda f: f, ml.jit])
def test_a_function_of_one_number_is_not_a_point_loss(run: Any) -> None:
    """NumPy would write `np.square(scores)` over the labels: it is refused."""
    data = ml.Dataset(np.ones((2, 1)), np.array([-1.0, 1.0]))
    with pytest.raises(TypeError, match=r"point_loss is np\.square, a function of 1 argument: a "):
        run(lambda m, d: ml.mean_loss(m, d, np.square))(ml.Linear(np.ones(1), 0.0), data)
    assert data.y.tolist() == [-1.0, 1.0]


@pytest.mark.parametrize("shape", [(3, 1), (3, 3), (1, 3), (2,), (1,), ()])
def test_scores_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    """Scores that would broadcast against the labels are refused; the message names the shapes."""
    wrong = ml.Lambda(lambda _: np.ones(shape))
    every: list[Any] = [np.array([-1.0, 1.0, 1.0]), np.array([-1, 1, 1])]
    for labels in every:
        for loss in (ml.hinge_loss, lambda scores, y: (scores - y) ** 2):
            with pytest.raises(ValueError, match=r"scores (of|have) shape \(.* \(3,\)"):
                ml.mean_loss(wrong, ml.Dataset(np.ones((3, 2)), labels), loss)


def test_a_point_loss_returns_one_number_per_label() -> None:
    """A point loss that is a mean already is refused: the full loss would be too small."""
    data = ml.Dataset(np.ones((3, 2)), np.ones(3))
    mean: Any = lambda s, y: np.mean((s - y) ** 2)  # noqa: E731 - the mistake
    with pytest.raises(ValueError, match=r"point_loss returns an array of shape \(\) for scores"):
        ml.full_loss(ml.Linear(np.ones(2), 0.0), data, mean)


def test_mean_loss_is_the_full_loss_over_the_number_of_points() -> None:
    """The mean loss times the number of points is the full loss."""
    rng = np.random.default_rng(1)
    data = ml.Dataset(rng.random((20, 2)), np.sign(rng.standard_normal(20)))
    model = ml.Linear(np.array([1.0, 1.0]), -1.0)
    assert 20 * float(ml.mean_loss(model, data)) == pytest.approx(float(ml.full_loss(model, data)))
