"""Estimators of every configuration pass scikit-learn's own checks."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest

import miniml as ml

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import check_estimator

from miniml.sklearn import Classifier, Regressor

pytestmark = [pytest.mark.sklearn, pytest.mark.filterwarnings("ignore")]

MODELS: dict[str, Callable[..., Any]] = {
    "linear": ml.Linear.init,
    "relu": partial(ml.MLP.init, hidden=(8,)),
    "tanh": partial(ml.MLP.init, hidden=(8,), activation=np.tanh),
}

LOSSES: list[tuple[Any, Any]] = [
    *((Classifier, loss) for loss in (ml.logistic_loss, ml.hinge_loss, ml.sigmoid_loss)),
    (Classifier, ml.squared_error),
    *((Regressor, loss) for loss in (ml.squared_error, ml.absolute_error, ml.huber_loss)),
    (Regressor, ml.log_cosh),
]

OPTIMIZERS: dict[str, Any] = {
    "sgd": ml.sgd(0.01),
    "momentum": ml.momentum(0.01),
    "rmsprop": ml.rmsprop(0.02),
    "adagrad": ml.adagrad(0.5),
    "adam": ml.adam(0.05),
    "adamw": ml.adamw(0.05),
    "lion": ml.lion(0.01),
}


def failures(estimator: Any) -> list[tuple[str, str]]:
    results: list[Any] = check_estimator(estimator, on_fail=None)
    return [
        (result["check_name"], repr(result["exception"]))
        for result in results
        if result["status"] not in {"passed", "skipped"}
    ]


@pytest.mark.parametrize("l2", [0.0, 1e-3])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("kind", "loss"), LOSSES)
def test_every_loss_and_model_by_lbfgs(kind: Any, loss: Any, name: str, l2: float) -> None:
    """All checks pass without an optimiser."""
    assert failures(kind(MODELS[name], loss, l2=l2)) == []


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize(("optimizer", "kind"), product(OPTIMIZERS, (Classifier, Regressor)))
def test_every_optimizer(optimizer: str, kind: Any, batch_size: int | None) -> None:
    """All checks pass with an optimiser, in batches too."""
    made = kind(MODELS["tanh"], optimizer=OPTIMIZERS[optimizer], steps=500, batch_size=batch_size)
    assert failures(made) == []
