"""Metrics, compared with scikit-learn."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from miniml import metrics

sklearn_metrics = pytest.importorskip("sklearn.metrics")

pytestmark = pytest.mark.sklearn

LABELS = st.sampled_from([-1, 1])


@st.composite
def labelled(
    draw: st.DrawFn, elements: st.SearchStrategy[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Draw labels, and as many predictions from `elements`."""
    n = draw(st.integers(1, 40))
    y = draw(hnp.arrays(np.int64, n, elements=LABELS))
    return y, draw(hnp.arrays(np.float64, n, elements=elements))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (metrics.accuracy, "accuracy_score"),
        (metrics.precision, "precision_score"),
        (metrics.recall, "recall_score"),
        (metrics.f1, "f1_score"),
    ],
)
@given(data=labelled(LABELS))
def test_label_metrics_agree_with_scikit_learn(
    ours: Callable[..., float], theirs: str, data: tuple[NDArray[Any], NDArray[Any]]
) -> None:
    """Accuracy, precision, recall and F1 equal scikit-learn's, also if they are undefined."""
    keywords = {} if theirs == "accuracy_score" else {"zero_division": 0.0}
    wanted = getattr(sklearn_metrics, theirs)(*data, **keywords)
    assert ours(*data) == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (metrics.precision, "precision_score"),
        (metrics.recall, "recall_score"),
        (metrics.f1, "f1_score"),
    ],
)
@given(pair=hnp.arrays(np.int64, (2, 30), elements=st.integers(0, 4)))
def test_of_several_labels_one_is_said_to_be_positive(
    ours: Callable[..., float], theirs: str, pair: NDArray[Any]
) -> None:
    """With three or more labels, `positive` is required."""
    seen = np.unique(pair).tolist()
    each = [ours(*pair, label) for label in seen]
    score = getattr(sklearn_metrics, theirs)
    np.testing.assert_allclose(each, score(*pair, labels=seen, average=None, zero_division=0.0))
    if len(seen) > 2:
        with pytest.raises(ValueError, match=r"labels occur, the first .*: pass positive=\.\.\."):
            ours(*pair)


@given(
    hnp.arrays(np.int64, (2, 30), elements=st.integers(0, 4)),
    st.permutations([0, 1, 2, 3, 4]) | st.none(),
)
def test_confusion_agrees_with_scikit_learn(pair: NDArray[Any], labels: list[int] | None) -> None:
    """The counts equal scikit-learn's, in any order of the labels."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "A single label")
        wanted = sklearn_metrics.confusion_matrix(*pair, labels=labels)
    np.testing.assert_array_equal(metrics.confusion(pair[0], pair[1], labels), wanted)


@given(labelled(st.floats(-3, 3).map(lambda x: round(x, 1))))
def test_roc_auc_agrees_with_scikit_learn(data: tuple[NDArray[Any], NDArray[Any]]) -> None:
    """The area equals scikit-learn's, also with ties."""
    y, scores = data
    if len(np.unique(y)) == 2:
        wanted = sklearn_metrics.roc_auc_score(y, scores)
        assert metrics.roc_auc(y, scores) == pytest.approx(wanted, abs=1e-14)
    else:
        with pytest.raises(ValueError, match="both labels"):
            metrics.roc_auc(y, scores)


@given(labelled(st.floats(0, 1)))
def test_log_loss_agrees_with_scikit_learn(data: tuple[NDArray[Any], NDArray[Any]]) -> None:
    """The loss equals scikit-learn's, also for probabilities 0 and 1."""
    wanted = sklearn_metrics.log_loss(*data, labels=[-1, 1])
    assert metrics.log_loss(*data) == pytest.approx(wanted, rel=1e-12, abs=1e-15)


@given(labelled(st.floats(0, 1)), st.integers(1, 12))
def test_calibration_agrees_with_scikit_learn(
    data: tuple[NDArray[Any], NDArray[Any]], bins: int
) -> None:
    """The bins with points equal those of scikit-learn's curve."""
    calibration_curve = pytest.importorskip("sklearn.calibration").calibration_curve
    ours = metrics.calibration(*data, bins=bins)
    keep = ours.count > 0
    observed, predicted = calibration_curve(*data, n_bins=bins, pos_label=1)
    np.testing.assert_allclose(ours.observed[keep], observed, atol=1e-14)
    np.testing.assert_allclose(ours.predicted[keep], predicted, atol=1e-14)


def test_perfect_calibration_has_no_error() -> None:
    """If the observed shares equal the predicted ones, the calibration error is zero."""
    y = np.array([1, 1, 1, -1] * 5)
    assert metrics.calibration(y, np.full(20, 0.75)).error == pytest.approx(0.0, abs=1e-15)


def test_standard_error_of_the_area_is_that_of_many_data_sets() -> None:
    """DeLong's error equals the standard deviation of the area over new data sets."""
    rng = np.random.default_rng(0)

    def draw() -> metrics.Estimate:
        y = np.repeat([-1, 1], [80, 60])
        return metrics.roc_auc_estimate(y, rng.standard_normal(140) + 0.5 * y)

    estimates = [draw() for _ in range(2000)]
    spread = np.std([estimate.value for estimate in estimates])
    assert np.mean([estimate.error for estimate in estimates]) == pytest.approx(spread, rel=0.05)


def test_bootstrap_agrees_with_the_formula_for_a_mean() -> None:
    """For an accuracy, the bootstrap error equals the analytic one."""
    rng = np.random.default_rng(1)
    y, predicted = np.sign(rng.standard_normal((2, 400)))
    drawn = metrics.bootstrap(metrics.accuracy, y, predicted, samples=2000)
    formula = metrics.mean_estimate(y == predicted)
    assert drawn.value == formula.value
    assert drawn.error == pytest.approx(formula.error, rel=0.06)


@given(hnp.arrays(np.bool_, st.integers(1, 60)))
def test_the_interval_of_a_share_is_scipys(hits: NDArray[np.bool_]) -> None:
    """The interval equals SciPy's Wilson interval, within 0 and 1."""
    stats = pytest.importorskip("scipy.stats")
    wanted = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    low, high = metrics.share_interval(hits)
    assert (low, high) == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    assert 0.0 <= low < high <= 1.0


def test_the_error_of_one_point_is_nan() -> None:
    """The error of a single point is NaN, not zero."""
    assert np.isnan(metrics.mean_estimate([1.0]).error)


WORDS = np.array(["a", np.nan], object)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.accuracy([1, 1], [1]), r"\(2,\) and the predictions \(1,\)"),
        (lambda: metrics.accuracy([], []), "at least one point"),
        (lambda: metrics.confusion([1, 2], [1, 3], [1, 2]), r"labels \[3\] are not among"),
        (lambda: metrics.confusion([1], [1], [1, 1]), "twice"),
        (lambda: metrics.roc_auc([0, 1], [0.0, 1.0]), r"labels \[0\] occur; .* by 2\.0 \* y - 1"),
        (
            lambda: metrics.accuracy([0, 1], [-1, 1]),
            r"labels are 0 and 1, and the pred.* 2\.0 \* y - 1",
        ),
        (lambda: metrics.accuracy(["a", "b"], [1, 2]), "labels are text, and the predictions num"),
        (
            lambda: metrics.accuracy([0, 1, 0], [-1, -1, -1]),
            "labels are 0 and 1, and the predictio",
        ),
        (lambda: metrics.recall([0, 0, 0], [-1, 1, 1]), "labels are 0 and 1, and the predictions"),
        (lambda: metrics.accuracy([1, -1], [0.0, 0.0]), "predictions are 0 and 1, and the labels"),
        (lambda: metrics.accuracy(["a"], [b"a"]), r"text, and the predictions bytes; .* .astype"),
        (lambda: metrics.f1([-1.0, 1.0], [False, True]), "predictions are 0 and 1, and the labels"),
        (
            lambda: metrics.accuracy([-1, 1], [0.25, 1.0]),
            r"1 of the 2 .*0.25: .* np.where\(scores > 0, 1, -1\)",
        ),
        (
            lambda: metrics.accuracy([0.25, 1.0], [-1, 1]),
            r"1 of the 2 labels are fractions, such as 0.25, .* pass the labels first",
        ),
        (
            lambda: metrics.roc_auc(np.arange(9), np.ones(9)),
            r"labels \[0, 2, 3, 4, 5, \.\.\.\] occur",
        ),
        (lambda: metrics.roc_auc([-1, 1], [0.0, np.nan]), "1 of the 2 predictions are NaN"),
        (lambda: metrics.log_loss([-1, 1], [0.0, 1.5]), "between 0.0 and 1.5"),
        (lambda: metrics.calibration([1], [0.5], 0), "bins is 0"),
        (lambda: metrics.mean_estimate([]), "at least one point"),
        (lambda: metrics.share_interval([0.5, 2.0]), "True or False"),
        (lambda: metrics.share_interval([np.nan, 1.0]), "True or False"),
        (lambda: metrics.bootstrap(np.mean, np.ones(3), samples=1), "samples is 1"),
        (
            lambda: metrics.bootstrap(metrics.roc_auc, [-1, 1, 1], [0.1, 0.2, 0.3]),
            "fails for a data set drawn from the 3 points: an ROC curve needs .* there are too few",
        ),
        (
            lambda: metrics.bootstrap(metrics.roc_auc, [1, 1], [0.1, 0.2]),
            "^an ROC curve needs points of both labels",
        ),
        (lambda: metrics.bootstrap(metrics.accuracy, [1], [1, 1]), r"shapes \[\(1,\), \(2,\)\]"),
        (lambda: metrics.bootstrap(metrics.accuracy), r"shapes \[\]"),
        (lambda: metrics.accuracy([1.0, np.nan], [1, 1]), "1 of the 2 labels are missing"),
        (lambda: metrics.accuracy(["a", "b"], WORDS), "1 of the 2 predictions are missing"),
        (
            lambda: metrics.precision(["a", "b"], ["a", "a"]),
            r"no label is 1; they are \['a', 'b'\]",
        ),
        (lambda: metrics.recall([2, 3], [2, 3]), r"no label is 1; they are \[2, 3\]: pass pos"),
        (lambda: metrics.f1([1, -1], [1, 1], "1"), "no label is '1'"),
    ],
)
def test_invalid_arguments_are_refused(call: Callable[[], object], message: str) -> None:
    """Each metric refuses invalid arguments; the message names the fault."""
    with pytest.raises(ValueError, match=message):
        call()


def test_three_classes_may_be_minus_one_nought_and_one() -> None:
    """Labels -1, 0 and 1 are three classes, also if a sample has only one or two of them."""
    assert metrics.accuracy([-1, 0, 1], [0, 0, 1]) == 2 / 3
    assert metrics.accuracy([-1, -1], [0, -1]) == 0.5
    assert metrics.accuracy([0], [-1]) == 0.0
    assert metrics.accuracy([0, 1], [1, 1]) == 0.5


def test_words_may_be_objects() -> None:
    """Labels as Python objects, as in DataFrames, equal predictions in a text dtype."""
    words = np.array(["a", "b", "a"], object)
    assert metrics.accuracy(words, np.array(["a", "b", "b"])) == 2 / 3
    assert metrics.f1(words, words.astype(str), "a") == 1.0


def test_a_bootstrap_takes_lists() -> None:
    """Lists are accepted like arrays."""
    assert metrics.bootstrap(metrics.accuracy, [1, -1], [1, -1]).value == 1.0
