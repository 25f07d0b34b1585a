"""The estimators pass scikit-learn's own checks."""

import os
import pickle
import signal
from functools import partial
from typing import Any

import numpy as np
import pytest

import miniml as ml

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_classifiers_train, check_estimator

from miniml.sklearn import Classifier, Regressor, estimators
from miniml.training import Fit

pytestmark = pytest.mark.sklearn

FEW_STEPS = pytest.mark.filterwarnings("ignore:L-BFGS has not converged")


def net(rng: np.random.Generator, features: int, outputs: int | None) -> ml.MLP:
    return ml.MLP.init(rng, features, (8,), outputs, activation=np.tanh)


ESTIMATORS = {
    "linear classifier": Classifier(),
    "linear regressor": Regressor(),
    "of hinges": Classifier(ml.Linear.init, ml.losses.hinge_loss, l2=1e-3),
    "of absolute errors": Regressor(loss=ml.losses.absolute_error),
    "classifying net": Classifier(net, optimizer=ml.adam(0.05), steps=300, random_state=0),
    "classifying net by L-BFGS": Classifier(net),
    "regressing net by L-BFGS": Regressor(partial(ml.MLP.init, hidden=(8,))),
    "regressing net in batches": Regressor(
        net, optimizer=ml.adam(0.05), steps=300, batch_size=4, random_state=0
    ),
}


@pytest.mark.filterwarnings("ignore")  # the checks provoke warnings of scikit-learn itself
@pytest.mark.parametrize("name", ESTIMATORS)
def test_passes_scikit_learns_checks(name: str) -> None:
    """Every check that scikit-learn has for an estimator passes, without exception."""
    results = check_estimator(ESTIMATORS[name], on_fail=None)
    assert len(results) > 30
    assert [result for result in results if result["status"] not in {"passed", "skipped"}] == []


@pytest.mark.filterwarnings("ignore")
def test_the_perceptron_loss_fails_one_check() -> None:
    """Its minimum is at scores of 0, which classify nothing."""
    estimator = Classifier(loss=ml.losses.perceptron_loss)
    with pytest.raises(AssertionError):
        check_classifiers_train("Classifier", estimator)


def test_a_linear_classifier_is_logistic_regression() -> None:
    """With the same penalty, the probabilities are those of scikit-learn."""
    x, y = load_breast_cancer(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    ours = Classifier(l2=1.0 / len(x), random_state=0).fit(x, y)
    # Ours takes the bias with the rest: a column of ones and no intercept is the same.
    ones = np.column_stack([x, np.ones(len(x))])
    theirs = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-9, max_iter=1000).fit(ones, y)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(ones), atol=1e-6)


def test_a_linear_regressor_is_ridge_regression() -> None:
    """With the same penalty, the predictions are those of scikit-learn."""
    x, y = load_diabetes(return_X_y=True)
    ours = Regressor(l2=2.0 / len(x)).fit(x, y)
    ones = np.column_stack([x, np.ones(len(x))])
    theirs = Ridge(alpha=1.0, fit_intercept=False).fit(ones, y)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(ones), rtol=1e-5)


def test_several_targets_are_as_many_ridge_regressions() -> None:
    """With targets `(n, k)` the predictions are scikit-learn's, target by target."""
    x, y = load_diabetes(return_X_y=True)
    targets = np.column_stack([y, x[:, 0] - x[:, 1]])
    ours = Regressor(l2=2.0 / len(x)).fit(x, targets)
    ones = np.column_stack([x, np.ones(len(x))])
    theirs = Ridge(alpha=1.0, fit_intercept=False).fit(ones, targets)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(ones), rtol=1e-5, atol=1e-6)


def test_weights_of_points_are_scikit_learns() -> None:
    """With the same penalty and weights, the predictions are those of scikit-learn."""
    x, y = load_breast_cancer(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    weight = np.random.default_rng(0).uniform(0.0, 3.0, len(x))
    ones = np.column_stack([x, np.ones(len(x))])
    classifier = Classifier(l2=1.0 / weight.sum(), random_state=0)
    classifier.fit(x, y, sample_weight=weight)
    logistic = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-9, max_iter=1000)
    logistic.fit(ones, y, sample_weight=weight)
    np.testing.assert_allclose(classifier.predict_proba(x), logistic.predict_proba(ones), atol=1e-6)
    several = np.column_stack([y, x[:, 0]])
    regressor = Regressor(l2=2.0 / weight.sum(), random_state=0)
    regressor.fit(x, several, sample_weight=weight)
    ridge = Ridge(alpha=1.0, fit_intercept=False).fit(ones, several, sample_weight=weight)
    np.testing.assert_allclose(regressor.predict(x), ridge.predict(ones), atol=1e-5)


@FEW_STEPS
def test_cross_validation_pipeline_and_grid_search() -> None:
    """An estimator works in cross-validation, pipelines and grid searches."""
    x, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), Classifier(net, random_state=0, steps=50))
    assert cross_val_score(pipeline, x, y).mean() > 0.9
    grid = {
        "classifier__l2": [1e-4, 10.0],
        "classifier__loss": [ml.logistic_loss, ml.squared_error],
    }
    search = GridSearchCV(pipeline, grid, cv=3).fit(x, y)
    assert search.best_params_["classifier__l2"] == 1e-4


def test_clones_and_pickles_keep_what_they_were_given() -> None:
    """A clone has the parameters only; a pickle has the trained model too."""
    x, y = load_iris(return_X_y=True)
    estimator = Classifier(net, ml.squared_error, optimizer=ml.adam(0.1), steps=5, random_state=1)
    fitted = estimator.fit(x, y)
    assert not hasattr(clone(fitted), "model_")
    assert clone(fitted).get_params().keys() == fitted.get_params().keys()
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.decision_function(x), fitted.decision_function(x))


@FEW_STEPS
@pytest.mark.parametrize(
    "make",
    [
        lambda features: ml.Linear(np.zeros(features), 0.0),
        lambda features, rng: ml.Linear.init(rng, features),
        lambda r, d, k=None: ml.Linear.init(r, d, k),
        lambda rng, d, k: ml.Linear.init(rng, d, outputs=k),
        partial(ml.MLP.init, hidden=(4,)),
        lambda rng, features, hidden=(4,), outputs=None: ml.MLP.init(
            rng, features, hidden, outputs
        ),
        ml.Split.init,
    ],
)
def test_a_model_is_drawn_by_name_or_by_order(make: Any) -> None:
    """A function that draws a model takes arguments by name, or all three in order."""
    x, y = load_breast_cancer(return_X_y=True)
    assert Classifier(make, steps=2, random_state=0).fit(x, y).n_iter_ <= 2


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"steps": -1}, ValueError, "steps is -1: it must be an integer, 1 or more"),
        ({"steps": 0}, ValueError, "steps is 0"),
        ({"steps": 2.5}, TypeError, "steps is 2.5, of type float"),
        ({"l2": -1.0}, ValueError, "l2 is -1.0: it must be a finite number, 0 or more"),
        ({"l2": "a"}, TypeError, "l2 is 'a'"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        (
            {"loss": "hinge"},
            TypeError,
            "loss is 'hinge', of type str: it must be a function of scores",
        ),
        (
            {"loss": ml.mean_loss},
            TypeError,
            "loss fails: .*; it must be an elementwise function of",
        ),
        (
            {"loss": lambda scores, y: np.mean((scores - y) ** 2)},
            ValueError,
            r"loss gives shape \(\) for scores of shape \(3,\); it must",
        ),
        (
            {"loss": ml.softmax_cross_entropy},
            ValueError,
            "a Classifier separates each class from the rest: use miniml.logistic_loss",
        ),
        (
            {"loss": np.square},
            TypeError,
            r"loss is np\.square, a function of 1 argument: a point loss takes predictions and",
        ),
        (
            {"loss": lambda z: np.maximum(z, 0.0)},
            TypeError,
            "loss fails: .* takes 1 positional argument but 2 were given; it must be an element",
        ),
        ({"optimizer": "adam"}, TypeError, r"such as adam\(1e-3\)$"),
        ({"optimizer": ml.adam}, TypeError, r"call it, as in adam\(...\)"),
        ({"model": ml.MLP.init}, TypeError, r"features=30, outputs=None\) fails: .* partial\(MLP"),
        ({"model": lambda d: d}, TypeError, "fails: .* takes 1 positional argument but 3 were"),
        ({"model": lambda features: features}, TypeError, "gives is 30, of type int, which cannot"),
        ({"model": "linear"}, TypeError, "model is 'linear', of type str: it must draw a model"),
        (
            {"model": ml.Linear(np.ones(30), 0.0)},
            TypeError,
            r"Linear.__call__\(\) takes .* or a function that returns your model",
        ),
        (
            {"model": lambda features: ml.Linear(np.ones((features, 1)), np.zeros(1))},
            ValueError,
            r"scores of shape \(3, 1\) for points of shape \(3, 30\), expected \(3,\)",
        ),
    ],
)
@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_what_cannot_be_trained_is_refused(
    kind: Any, given: dict[str, Any], error: type[Exception], message: str
) -> None:
    """A wrong parameter is an error when the estimator is fitted."""
    x, y = load_breast_cancer(return_X_y=True)
    with pytest.raises(error, match=message):
        kind(**given).fit(x, y)


@pytest.mark.parametrize(
    "loss", [ml.perceptron_loss, ml.sigmoid_loss, ml.logistic_loss, ml.hinge_loss]
)
def test_a_regressor_refuses_losses_of_labels(loss: Any) -> None:
    """A loss of labels -1 and +1, whose minimum is not at the target, is refused by its name."""
    x, y = load_diabetes(return_X_y=True)
    with pytest.raises(ValueError, match=f"loss is {loss.__name__}, which takes labels -1 and"):
        Regressor(loss=loss).fit(x, y)


@pytest.mark.parametrize("loss", [ml.squared_error, ml.absolute_error, ml.huber_loss, ml.log_cosh])
def test_a_constant_is_learned_at_its_value(loss: Any) -> None:
    """By each loss of regression, a regressor predicts a target that is the same everywhere."""
    x = np.random.default_rng(0).normal(size=(30, 2))
    regressor = Regressor(loss=loss, optimizer=ml.adam(0.1), steps=500, l2=0.0, random_state=0)
    np.testing.assert_allclose(regressor.fit(x, np.full(30, 3.0)).predict(x), 3.0, atol=0.1)


@FEW_STEPS
def test_equal_settings_share_their_programs(traces: list[str]) -> None:
    """A second estimator with the same loss traces nothing."""

    def counted(scores: ml.Array, y: ml.Array) -> ml.Array:
        return ml.logistic_loss(scores, y)

    x, y = load_breast_cancer(return_X_y=True)
    for _ in range(3):
        Classifier(partial(ml.Linear.init), counted, steps=3).fit(x, y)
    assert len(traces) == 1


@pytest.mark.parametrize("optimizer", [None, ml.adam(0.1)])
def test_an_interrupt_leaves_no_estimator_half_trained(optimizer: ml.Optimizer | None) -> None:
    """Ctrl-C ends a search, not only one of its fits."""
    x, y = load_breast_cancer(return_X_y=True)

    def interrupting(scores: Any, y: Any) -> Any:
        if type(scores) is not np.ndarray:  # while it is traced, within the run
            os.kill(os.getpid(), signal.SIGINT)
        return ml.losses.logistic_loss(scores, y)

    with pytest.raises(KeyboardInterrupt):
        Classifier(loss=interrupting, optimizer=optimizer, steps=50).fit(x, y)


def test_probabilities_sum_to_one_far_from_all_classes() -> None:
    """If the sigmoid of every score is 0, the nearest class is the most probable."""
    x, y = load_iris(return_X_y=True)
    classifier = Classifier().fit(x, y)
    classifier.model_ = lambda points: np.array([[-2000.0, -1001.0, -1000.0]] * len(points))
    shares = classifier.predict_proba(x[:1])
    np.testing.assert_allclose(shares, [[0.0, 1.0 / (1.0 + np.e), np.e / (1.0 + np.e)]])


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1e-4])
def test_small_targets_are_learned_as_large_ones(unit: float) -> None:
    """In another unit the targets give the same model, in that unit."""
    x, y = load_diabetes(return_X_y=True)
    wanted = Regressor(l2=0.0).fit(x, y).predict(x)
    found = Regressor(l2=0.0).fit(x, unit * y).predict(x) / unit
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


@pytest.mark.parametrize("l2", [0.0, 1e-3])
def test_targets_that_are_all_zero_are_learned_to_the_tolerance_of_others(
    monkeypatch: pytest.MonkeyPatch, l2: float
) -> None:
    """The search ends at the first step where no element of the gradient is above 1e-8."""
    gradients = list[float]()

    def observed(loss: Any, start: Any, data: Any, **options: Any) -> Any:
        def note(state: ml.State[Any]) -> None:
            gradients.append(float(np.abs(ml.ravel(ml.grad(loss)(state.params, data))[0]).max()))

        return ml.lbfgs(loss, start, data, callback=note, **options)

    monkeypatch.setattr(estimators, "lbfgs", observed)
    x, y = load_diabetes(return_X_y=True)
    regressor = Regressor(l2=l2, random_state=0).fit(x, 0.0 * y)
    assert [size <= 1e-8 for size in gradients] == [False] * (regressor.n_iter_ - 1) + [True]
    np.testing.assert_allclose(regressor.predict(x), 0.0, atol=1e-5)


def test_a_search_that_needs_more_steps_is_reported() -> None:
    """A warning is issued at the caller's line, as by scikit-learn; not with an optimiser."""
    x, y = load_breast_cancer(return_X_y=True)
    for estimator in (Classifier(steps=3), Regressor(steps=3)):
        with pytest.warns(ConvergenceWarning, match="has not converged after 3 steps") as issued:
            estimator.fit(x, y)
        assert issued[0].filename == __file__
    Classifier(optimizer=ml.adam(0.01), steps=3).fit(x, y)
    Classifier().fit(StandardScaler().fit_transform(x), y)


def test_a_search_that_finds_no_first_step_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning is issued if the initial model is returned."""

    def stuck(*given: Any, **options: Any) -> Any:
        found = ml.lbfgs(*given, **options | {"steps": 0})
        return Fit(found.state, found.history, None, "stuck")

    monkeypatch.setattr(estimators, "lbfgs", stuck)
    x, y = load_diabetes(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match="no lower loss than that of the initial model"):
        assert Regressor().fit(x, y).n_iter_ == 0
