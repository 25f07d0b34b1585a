"""The estimators: a classifier and a regressor."""

import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miniml._distribution import install_hint
from miniml.nn._softmax import softmax
from miniml.nn.activations import log_sigmoid, sigmoid
from miniml.nn.layers import Linear
from miniml.nn.point_losses import PointLoss, logistic_loss, squared_error
from miniml.optimizers import Optimizer
from miniml.sklearn.coordinates import (
    change_for,
    has_coordinates,
    is_lowest,
    linear_objective,
    warn_if_bias_is_held,
)
from miniml.sklearn.objective import (
    MakeModel,
    Model,
    check_loss,
    draw,
    objective,
    refuse_margin_loss,
)
from miniml.sklearn.points import Points, in_order
from miniml.training import Fit, fit, lbfgs
from miniml.training.result import Stopped
from miniml.types import Array
from miniml.validation import NOT_NEGATIVE, Integer

if TYPE_CHECKING:  # scikit-learn has no types: these cover what is used here

    class BaseEstimator:
        """A thing with parameters, which a clone shares."""

        def get_params(self) -> dict[str, Any]:
            """Return the parameters."""
            ...

        def __sklearn_tags__(self) -> Any:
            """Return the properties of the estimator."""
            ...

    class ClassifierMixin:
        """A score: the accuracy."""

    class ConvergenceWarning(UserWarning):
        """The warning of scikit-learn's own estimators, which its searches look for."""

    class RegressorMixin:
        """A score: the share of the variance that is explained."""

    def check_random_state(seed: Any) -> np.random.RandomState:
        """Return a generator."""
        ...

    def check_classification_targets(y: ArrayLike) -> None:
        """Refuse values that are not labels."""

    def check_is_fitted(estimator: BaseEstimator) -> None:
        """Refuse an estimator that has not been trained."""

    def check_sample_weight(weight: ArrayLike, x: Array, **options: Any) -> Array:
        """Return the weights of points as an array."""
        ...

    def validate_data(estimator: BaseEstimator, *data: ArrayLike, **options: Any) -> Any:
        """Return the data as arrays; note or check the features."""
else:
    try:
        from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.utils import check_random_state
        from sklearn.utils.multiclass import check_classification_targets
        from sklearn.utils.validation import _check_sample_weight as check_sample_weight
        from sklearn.utils.validation import check_is_fitted, validate_data
    except ImportError as error:
        raise ImportError(f"estimators need scikit-learn: {install_hint('sklearn')}") from error

_DTYPES = [np.float64, np.float32]


class _Estimator(BaseEstimator):
    """The base of both estimators: training and scores."""

    model: MakeModel
    loss: PointLoss
    optimizer: Optimizer | None
    steps: int
    batch_size: int | None
    l2: float
    random_state: Any

    def _train(
        self,
        x: Array,
        y: Array,
        sample_weight: ArrayLike | None,
    ) -> None:
        """Draw a model for the data, and train it."""
        Integer(1).check("steps", self.steps)
        NOT_NEGATIVE.check("l2", self.l2)
        if self.batch_size is not None:
            Integer(1).check("batch_size", self.batch_size)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self._shape: tuple[int, ...] = y.shape[1:]
        start, y = draw(self.model, seed, x, y)
        check_loss(self.loss, y[:3])
        weight: Array | None = None
        if sample_weight is not None:
            weight = check_sample_weight(sample_weight, x, dtype=x.dtype, ensure_non_negative=True)
        points = in_order(x, y, weight)
        if self.optimizer is None:
            self._search(start, points)
        else:
            reached = fit(
                objective(self.loss, self.l2),
                start,
                points,
                self.optimizer,
                steps=self.steps,
                batch_size=self.batch_size,
                seed=seed,
            )
            self._keep(reached, reached.state.params)

    def _search(self, start: Model, points: Points) -> None:
        """Train by L-BFGS, a linear model in coordinates of its own; warn short of the minimum."""
        # Gradients shrink with the targets: in nanometres they must converge as well. A tolerance of 0
        # would never be met.
        size = float(np.std(points.y, dtype=np.float64) or np.abs(points.y).max() or 1.0)
        options: Any = {"steps": self.steps, "tolerance": 1e-8 * min(1.0, size)}
        if isinstance(start, Linear) and has_coordinates(start):
            change, there = change_for(points, self.l2)
            warn_if_bias_is_held(change, self.l2, stacklevel=5)
            loss = linear_objective(self.loss, self.l2)
            found = lbfgs(loss, change.to(start), there, **options)
            self._keep(found, change.back(found.state.params, start))
            stopped, steps = found.stopped, found.state.step
            if stopped == "stuck" and is_lowest(loss, found.state.params, there):
                stopped = "converged"
        else:
            reached = lbfgs(objective(self.loss, self.l2), start, points, **options)
            self._keep(reached, reached.state.params)
            stopped, steps = reached.stopped, reached.state.step
        _warn_unless_converged(stopped, steps)

    def _keep(self, reached: Fit[Any], params: Any) -> None:
        """Keep what was reached, unless the run was interrupted: a search would take it for a result."""
        if reached.stopped == "interrupt":
            raise KeyboardInterrupt
        self.model_: Any = params
        self.n_iter_: int = reached.state.step

    def _scores(self, x: ArrayLike) -> Array:
        check_is_fitted(self)
        points: Array = validate_data(self, x, dtype=_DTYPES, reset=False)
        scores: Array = self.model_(points)
        return scores.reshape(len(points), *self._shape)


def _warn_unless_converged(stopped: Stopped, steps: int) -> None:
    """Warn if the model is not at the minimum, as scikit-learn's estimators do."""
    if stopped == "steps":
        warnings.warn(
            f"L-BFGS has not converged after {steps:,} steps: allow more (steps=...), scale the "
            "features first, as StandardScaler does, or give an optimizer if the loss has kinks",
            ConvergenceWarning,
            stacklevel=5,
        )
    elif stopped == "stuck":
        what = (
            f"no lower loss after {steps:,} steps"
            if steps
            else "no lower loss than that of the initial model, which is returned"
        )
        warnings.warn(
            f"L-BFGS found {what}, though the gradient is larger than rounding explains: give an "
            "optimizer, such as miniml.adam(0.01), if the loss or the model has kinks; else scale "
            "features and targets first, as StandardScaler and TransformedTargetRegressor do",
            ConvergenceWarning,
            stacklevel=5,
        )


class Classifier(ClassifierMixin, _Estimator):
    """A classifier: any model, trained by a point loss of its scores.

    With two classes there is one score a point; with more, one a class, each against the rest.

    Attributes:
        model: A function that draws a model: `model(rng, features, outputs)`, such as
            `Linear.init`, or with fewer parameters of these names; `outputs` is None for two
            classes.
        loss: The point loss: an elementwise function of the scores and the labels -1 and +1.
        optimizer: The optimiser; None is L-BFGS over all points.
        steps: The largest number of steps; if L-BFGS has not converged by then, a
            `ConvergenceWarning` is issued.
        batch_size: The distinct points of a step; None takes all of them, as L-BFGS always does.
        l2: The penalty: half of it times the sum of the squared parameters is added to the loss.
        random_state: A seed or a generator, as everywhere in scikit-learn.
        classes_: The labels, sorted.
        model_: The trained model.
        n_iter_: The number of steps made.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x, y = load_iris(return_X_y=True)
        >>> bool(Classifier().fit(x, y).score(x, y) > 0.9)
        True
    """

    def __init__(
        self,
        model: MakeModel = Linear.init,
        loss: PointLoss = logistic_loss,
        *,
        optimizer: Optimizer | None = None,
        steps: int = 1000,
        batch_size: int | None = None,
        l2: float = 1e-3,
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.steps = steps
        self.batch_size = batch_size
        self.l2 = l2
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803 - scikit-learn's names
        """Train on points `(n, d)` and labels `(n,)`.

        Args:
            X: The points.
            y: Their labels, of any kind.
            sample_weight: The weight of each point, `(n,)`; by default all are equal.

        Returns:
            The estimator itself.

        Raises:
            TypeError: If `model` draws no model, or an argument is of another type.
            ValueError: If all labels are of one class, or are not labels; if a number is out of
                range; or if there is not one score a label.
        """
        x, labels = validate_data(self, X, y, dtype=_DTYPES)
        check_classification_targets(labels)
        self.classes_: NDArray[Any]
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError(
                f"all labels are of one class, {self.classes_.tolist()[0]!r}; two are needed"
            )
        signs = np.where(numbers[:, None] == np.arange(len(self.classes_)), 1.0, -1.0)
        signs = signs.astype(x.dtype)
        signs = signs[:, 1] if len(self.classes_) == 2 else signs
        self._train(x, signs, sample_weight)
        return self

    def decision_function(self, X: ArrayLike) -> Array:  # noqa: N803 - scikit-learn's names
        """Return the scores of points `(n, d)`.

        Args:
            X: The points.

        Returns:
            The scores, `(n,)` for two classes, `(n, k)` for more.
        """
        return self._scores(X)

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803 - scikit-learn's names
        """Return the predicted labels of points `(n, d)`.

        Args:
            X: The points.

        Returns:
            The labels, `(n,)`.
        """
        scores = self._scores(X)
        chosen = (scores > 0.0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        labels: NDArray[Any] = self.classes_[chosen]
        return labels

    def predict_proba(self, X: ArrayLike) -> Array:  # noqa: N803 - scikit-learn's names
        """Return probabilities of the classes: sigmoids of the scores, scaled to sum to one.

        They are meaningful for the logistic loss.

        Args:
            X: The points, `(n, d)`.

        Returns:
            The probabilities, `(n, k)`.
        """
        scores = self._scores(X)
        if scores.ndim == 1:
            return np.stack([sigmoid(-scores), sigmoid(scores)], axis=1)
        return softmax(log_sigmoid(scores))  # far from all classes every sigmoid is 0


class Regressor(RegressorMixin, _Estimator):
    """A regressor: any model, trained by a loss of its residuals.

    Attributes:
        model: A function that draws a model: `model(rng, features, outputs)`, such as
            `Linear.init`, or with fewer parameters of these names; `outputs` is None for one
            target a point.
        loss: The point loss: an elementwise function of the predictions and the targets.
        optimizer: The optimiser; None is L-BFGS over all points.
        steps: The largest number of steps; if L-BFGS has not converged by then, a
            `ConvergenceWarning` is issued.
        batch_size: The distinct points of a step; None takes all of them, as L-BFGS always does.
        l2: The penalty: half of it times the sum of the squared parameters is added to the loss.
        random_state: A seed or a generator, as everywhere in scikit-learn.
        model_: The trained model.
        n_iter_: The number of steps made.

    Example:
        >>> x = np.arange(10.0)[:, None]
        >>> Regressor(l2=0.0).fit(x, 2.0 * x[:, 0] + 1.0).predict([[20.0]]).round(4)
        array([41.])
    """

    def __init__(
        self,
        model: MakeModel = Linear.init,
        loss: PointLoss = squared_error,
        *,
        optimizer: Optimizer | None = None,
        steps: int = 1000,
        batch_size: int | None = None,
        l2: float = 1e-3,
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.steps = steps
        self.batch_size = batch_size
        self.l2 = l2
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803 - scikit-learn's names
        """Train on points `(n, d)` and targets `(n,)`, or `(n, k)` for several a point.

        Args:
            X: The points.
            y: Their targets.
            sample_weight: The weight of each point, `(n,)`; by default all are equal.

        Returns:
            The estimator itself.

        Raises:
            TypeError: If `model` draws no model, or an argument is of another type.
            ValueError: If a number is out of range, there is not one score a target, or the loss
                is one of labels -1 and +1.
        """
        x, targets = validate_data(self, X, y, dtype=_DTYPES, y_numeric=True, multi_output=True)
        refuse_margin_loss(self.loss)
        self._train(x, targets.astype(x.dtype), sample_weight)
        return self

    def predict(self, X: ArrayLike) -> Array:  # noqa: N803 - scikit-learn's names
        """Return the scores of points `(n, d)`.

        Args:
            X: The points.

        Returns:
            The scores, in the shape of the targets: `(n,)` or `(n, k)`.
        """
        return self._scores(X)

    def __sklearn_tags__(self) -> Any:
        """Return the properties of the estimator: it takes several targets a point."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
