"""The objective of an estimator: a model drawn for the data, and the loss of its scores."""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np

from miniml.nn.init_arguments import arguments_by_name
from miniml.nn.losses import check_point_loss, softmax_cross_entropy
from miniml.nn.point_losses import MARGIN_LOSSES, PointLoss
from miniml.nn.scorers import check_scorer
from miniml.program import cached_on
from miniml.sklearn.points import Points
from miniml.training.arguments import check_function
from miniml.tree import tree_norm
from miniml.types import Array, Scalar
from miniml.validation import describe

Model: TypeAlias = Callable[[Array], Array]
"""Points `(n, d)` to scores `(n,)` or `(n, k)`."""

MakeModel: TypeAlias = Callable[..., Model]
"""A function that draws a model for data of some shape, such as `Linear.init`.

Its parameters are `rng`, `features` and `outputs` (the number of scores a point; None is one score
without an axis): any of them by these names, or all three in this order.
"""


def objective(point_loss: PointLoss, l2: float) -> Callable[[Model, Points], Scalar]:
    """Return the mean over points plus a penalty: the same function for the same loss."""

    def mean_loss(params: Model, data: Points) -> Scalar:
        losses = point_loss(params(data.x), data.y)
        if data.weight is not None:
            losses = (losses.T * data.weight).T  # of `(n,)` or `(n, k)`
        return np.sum(losses) / len(data.x) + 0.5 * l2 * tree_norm(params, squared=True)

    return cached_on(point_loss, ("estimator", l2), lambda: mean_loss)


def draw(make: Any, seed: int, x: Array, y: Array) -> tuple[Model, Array]:
    """Draw a model for points `(n, d)`, and check that its scores have the shape of the labels.

    Returns:
        The model, and the labels in the shape of its scores: those of one column `(n, 1)` become
        `(n,)`, so that both give the same model, unless the model itself gives one column.
    """
    wanted = "it must draw a model for the data, as Linear.init or partial(MLP.init, hidden=(16,))"
    if not callable(make):
        raise TypeError(f"model is {describe(make)}: {wanted} does")
    features, some = x.shape[1], x[:3]
    outputs = None if y.ndim == 1 or y.shape[1] == 1 else y.shape[1]
    rng = np.random.default_rng(seed)
    named = arguments_by_name(make, rng, features, outputs)
    try:
        drawn: Any = make(rng, features, outputs) if named is None else make(**named)
    except TypeError as error:
        raise TypeError(
            f"model(rng, features={features}, outputs={outputs}) fails: {error}; {wanted} does, "
            "or a function that returns your model"
        ) from error
    check_scorer("what model gives", drawn)
    scorer = cast("Model", drawn)
    shape = np.shape(scorer(some))
    if outputs is None and y.ndim == 2 and shape == some.shape[:1]:
        y = y[:, 0]
    if shape != y[:3].shape:
        raise ValueError(
            f"the model gives scores of shape {shape} for points of shape {some.shape}, expected "
            f"{y[:3].shape}: it must have outputs={outputs}"
        )
    return scorer, y


def check_loss(point_loss: PointLoss, y: Array) -> None:
    """Check that a loss gives one number a score."""
    check_function("loss", point_loss, "of scores and targets")
    check_point_loss("loss", point_loss)
    wanted = (
        "it must be an elementwise function of scores and targets, such as miniml.squared_error"
    )
    try:
        shape = np.shape(point_loss(np.zeros_like(y), y))
    except (AttributeError, TypeError) as error:
        raise TypeError(f"loss fails: {error}; {wanted}") from error
    if shape != y.shape:
        if point_loss is softmax_cross_entropy:
            wanted = (
                "it mixes the classes, and a Classifier separates each class from the rest: use "
                "miniml.logistic_loss, or miniml.fit with this loss"
            )
        raise ValueError(f"loss gives shape {shape} for scores of shape {y.shape}; {wanted}")


def refuse_margin_loss(point_loss: object) -> None:
    """Refuse a loss of labels -1 and +1, whose minimum is not at the target.

    Raises:
        ValueError: If `point_loss` is such a loss.
    """
    if any(point_loss is known for known in MARGIN_LOSSES):
        name = getattr(point_loss, "__name__", "loss")
        raise ValueError(
            f"loss is {name}, which takes labels -1 and +1, not the targets of a regression: use "
            "miniml.squared_error, absolute_error, huber_loss or log_cosh; or train a Classifier"
        )
