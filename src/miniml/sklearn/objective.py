"""The objective of an estimator: a model drawn for the data, and the loss of its scores."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, cast

import attrs
import numpy as np
from numpy.random import Generator

from miniml.nn.init_arguments import arguments_by_name
from miniml.nn.losses import PointLoss
from miniml.program import cached_on
from miniml.training.arguments import check_function
from miniml.tree import model, tree_norm
from miniml.types import Array, Scalar
from miniml.validation import describe

Model: TypeAlias = Callable[[Array], Array]
"""Points `(n, d)` to scores `(n,)` or `(n, k)`."""

MakeModel: TypeAlias = Callable[..., Model]
"""A function that draws a model for data of some shape, such as `Linear.init`.

Its parameters are `rng`, `features` and `outputs` (the number of scores a point; None is one score
without an axis): any of them by these names, or all three in this order.
"""


@model
class Points:
    """Points, their labels or targets, and their weights of mean 1; None is equal weights."""

    x: Array
    y: Array
    weight: Array | None


@attrs.frozen
class OfMargins:
    """A point loss of scores and labels."""

    loss: PointLoss
    takes: ClassVar[str] = "the negated margins"

    def __call__(self, scores: Array, y: Array) -> Array:
        """Return the loss of each label."""
        return self.loss(-y * scores)


@attrs.frozen
class OfResiduals:
    """A loss of scores and targets."""

    loss: Callable[[Array], Array]
    takes: ClassVar[str] = "the residuals"

    def __call__(self, scores: Array, y: Array) -> Array:
        """Return the loss of each target."""
        return self.loss(scores - y)


def objective(of_points: OfMargins | OfResiduals, l2: float) -> Callable[[Model, Points], Scalar]:
    """Return the mean over points plus a penalty: the same function for the same loss."""

    def mean_loss(params: Model, data: Points) -> Scalar:
        losses = of_points(params(data.x), data.y)
        if data.weight is not None:
            losses = (losses.T * data.weight).T  # of `(n,)` or `(n, k)`
        return np.sum(losses) / len(data.x) + 0.5 * l2 * tree_norm(params, squared=True)

    return cached_on(of_points.loss, ("estimator", type(of_points), l2), lambda: mean_loss)


def draw(make: Any, rng: Generator, x: Array, y: Array) -> Model:
    """Draw a model for points `(n, d)`, and check that its scores have the shape of the labels."""
    wanted = "it must draw a model for the data, as Linear.init or partial(MLP.init, hidden=(16,))"
    if not callable(make):
        raise TypeError(f"model is {describe(make)}: {wanted} does")
    features, outputs = x.shape[1], None if y.ndim == 1 else y.shape[1]
    named = arguments_by_name(make, rng, features, outputs)
    try:
        drawn: Any = make(rng, features, outputs) if named is None else make(**named)
    except TypeError as error:
        raise TypeError(
            f"model(rng, features={features}, outputs={outputs}) fails: {error}; {wanted} does, "
            "or a function that returns your model"
        ) from error
    if not callable(drawn):
        raise TypeError(f"model gives {describe(drawn)}, which scores no points: {wanted} does")
    scorer, some = cast("Model", drawn), x[:3]
    shape, of_labels = np.shape(scorer(some)), y[:3].shape
    if shape != of_labels:
        raise ValueError(
            f"the model gives scores of shape {shape} for points of shape {some.shape}, expected "
            f"{of_labels}: it must have outputs={outputs}"
        )
    return scorer


def check_loss(of_points: OfMargins | OfResiduals, y: Array) -> None:
    """Check that a loss gives one number a score."""
    check_function("loss", of_points.loss, f"of {of_points.takes}")
    wanted = f"it must be an elementwise function of {of_points.takes}, such as logistic or square"
    try:
        shape = np.shape(of_points(np.zeros_like(y), y))
    except TypeError as error:
        raise TypeError(f"loss fails: {error}; {wanted}") from error
    if shape != y.shape:
        raise ValueError(f"loss gives shape {shape} for scores of shape {y.shape}; {wanted}")
