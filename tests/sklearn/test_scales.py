"""The estimators reach the minimum at every scale, or say that they did not."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import miniml as ml

pytest.importorskip("sklearn")

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression

from miniml.sklearn import Classifier, Regressor
from miniml.sklearn.objective import objective
from miniml.sklearn.points import Points, in_order

pytestmark = pytest.mark.sklearn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + 0.3 + 0.1 * RNG.normal(size=60)
LABELS = np.where(Y + 0.5 * RNG.normal(size=60) > 0.0, "yes", "no")


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([1e-12, 1e-5, 1.0, 1e5, 1e12]), min_size=3, max_size=3),
    st.lists(st.sampled_from([0.0, -3.0, 1e3, 1e7]), min_size=3, max_size=3),
    st.sampled_from([1e-8, 1.0, 1e8]),
    st.sampled_from([0.0, 1e6]),
)
def test_no_unit_and_no_offset_changes_the_fit(
    units: list[float], offsets: list[float], unit: float, offset: float
) -> None:
    """Without a penalty, predictions are those of features and targets of size 1."""
    x = (X + offsets) * units  # the offset of 1e7 leaves nine digits
    y = (Y + offset) * unit
    wanted = LinearRegression().fit(X, Y).predict(X)
    with warnings.catch_warnings():
        if offset:  # the targets have ten digits: rounding of the loss may end the search
            warnings.filterwarnings("ignore", "L-BFGS found no lower loss", ConvergenceWarning)
        found = Regressor(l2=0.0, random_state=0).fit(x, y).predict(x) / unit - offset
    # A search by values of the loss resolves the square root of their rounding.
    resolved = np.sqrt(10.0 * np.finfo(float).eps * offset)
    np.testing.assert_allclose(found, wanted, atol=max(1e-6, resolved))
    chances = Classifier(l2=0.0, random_state=0).fit(X, LABELS).predict_proba(X)
    again = Classifier(l2=0.0, random_state=0).fit(x, LABELS).predict_proba(x)
    np.testing.assert_allclose(again, chances, atol=1e-5)


def test_a_time_in_seconds_is_a_feature() -> None:
    """A column with a large offset explains as much as without it."""
    time = 1.7e9 + 1e5 * RNG.uniform(size=60)
    y = 1e-4 * (time - 1.7e9) + 0.1 * RNG.normal(size=60)
    predicted = Regressor(l2=0.0).fit(time[:, None], y).predict(time[:, None])
    assert np.var(predicted - y) < 0.01 * np.var(y)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_constant_and_equal_columns_do_no_harm(kind: Any) -> None:
    """Columns without information leave the predictions as they are."""
    more = np.column_stack([X, np.full(60, 5.0), X[:, 0], 2.0**30 * X[:, 1], np.zeros(60)]).astype(
        kind
    )
    found = Regressor(l2=0.0, random_state=0).fit(more, Y)
    np.testing.assert_allclose(
        found.predict(more), LinearRegression().fit(X, Y).predict(X), atol=1e-4
    )


@pytest.mark.parametrize("points", [1, 2, 3])
def test_few_points_are_met(points: int) -> None:
    """With fewer points than parameters, each target is met."""
    found = Regressor(l2=0.0, random_state=0).fit(X[:points], Y[:points])
    np.testing.assert_allclose(found.predict(X[:points]), Y[:points], atol=1e-6)


@pytest.mark.parametrize("weight", [None, RNG.uniform(0.0, 3.0, 60)])
@pytest.mark.parametrize("l2", [1e-6, 1e-3, 10.0])
def test_the_penalty_is_that_of_the_weights_and_the_bias(l2: float, weight: Any) -> None:
    """At the result, the gradient of the objective in the parameters as given is zero."""
    x = X * [1.0, 10.0, 0.1] + [0.0, 5.0, -0.2]
    for estimator, y in (
        (Regressor(l2=l2, random_state=0), Y),
        (Classifier(l2=l2, random_state=0), LABELS),
    ):
        model = estimator.fit(x, y, sample_weight=weight).model_
        targets = Y if y is Y else np.where(LABELS == "yes", 1.0, -1.0)
        data = Points(x, targets, None if weight is None else weight / weight.mean())
        grads = ml.grad(objective(estimator.loss, l2))(model, data)
        np.testing.assert_allclose(ml.ravel(grads)[0], 0.0, atol=1e-6)


def test_many_features_are_fitted() -> None:
    """Above the number of features whose correlations are removed, the scales still are."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 300)) * np.geomspace(1e-6, 1e6, 300) + np.geomspace(1e-3, 1e8, 300)
    y = (x - x.mean(axis=0)) @ (1.0 / x.std(axis=0))
    predicted = Regressor(l2=0.0, random_state=0).fit(x, y).predict(x)
    assert np.var(predicted - y) < 1e-6 * np.var(y)


def test_a_penalty_that_holds_the_bias_is_reported() -> None:
    """With a large offset the penalty of the bias decides the fit, and the warning says so."""
    x = X + np.array([0.0, 0.0, 1e7])
    with pytest.warns(
        UserWarning, match=r"feature 2 has the mean 1e\+07 .* or use l2=0\.0"
    ) as told:
        Regressor().fit(x, Y)
    assert told[0].filename == __file__


def test_a_search_that_ends_at_a_kink_is_reported() -> None:
    """A result that is no minimum comes with a warning, at the caller's line."""
    with pytest.warns(ConvergenceWarning, match="larger than rounding explains") as told:
        Classifier(loss=ml.hinge_loss).fit(X, LABELS)
    assert told[0].filename == __file__


@settings(max_examples=30)
@given(random=st.randoms(use_true_random=False), is_net=st.booleans())
def test_order_and_repetition_of_points_do_not_count(*, random: Any, is_net: bool) -> None:
    """Points in another order, or repeated in place of weighted, give the same bits."""
    counts = [random.randrange(4) for _ in range(20)]
    rows = [row for row, count in enumerate(counts) for _ in range(count)]
    random.shuffle(rows)
    if len(set(LABELS[rows])) < 2:
        return
    make: Any = ml.MLP.init if is_net else ml.Linear.init
    fixed: Any = (
        (lambda rng, features, outputs: make(rng, features, (4,), outputs)) if is_net else make
    )
    results = list[Any]()
    for kind, y in ((Classifier, LABELS), (Regressor, Y)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            one = kind(fixed, steps=20, random_state=0).fit(X[rows], y[rows])
            two = kind(fixed, steps=20, random_state=0).fit(X[:20], y[:20], sample_weight=counts)
        results.append((one.model_, two.model_))
    assert all(ml.tree_equal(one, two) for one, two in results)


def test_distinct_points_carry_their_weights() -> None:
    """Equal points are one point of their total weight, -0.0 and 0.0 too; weight 0 is none."""
    x = np.array([[0.0, 1.0], [2.0, 3.0], [-0.0, 1.0], [2.0, 3.0], [5.0, 5.0]])
    points = in_order(x, np.array([1.0, 1.0, 1.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0, 4.0, 0.0]))
    assert points.weight is not None
    rows = zip(points.x.tolist(), points.y.tolist(), points.weight.tolist(), strict=True)
    found = {(*row, y): weight for row, y, weight in rows}
    total = 10.0 / 3.0
    assert found == pytest.approx(
        {(0.0, 1.0, 1.0): 4.0 / total, (2.0, 3.0, 1.0): 2.0 / total, (2.0, 3.0, 2.0): 4.0 / total}
    )


@pytest.mark.parametrize(
    "make", [ml.Linear.init, lambda features: ml.Linear(np.ones((features, 1)), np.zeros(1))]
)
def test_targets_of_one_column_are_those_without_an_axis(make: Any) -> None:
    """Targets `(n, 1)` give predictions of that shape, and the model of `(n,)` if it fits."""
    column = Regressor(make, random_state=0).fit(X, Y[:, None]).predict(X)
    assert column.shape == (60, 1)
    flat = Regressor(random_state=0).fit(X, Y).predict(X)
    np.testing.assert_allclose(column[:, 0], flat, atol=1e-6)
