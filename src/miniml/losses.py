"""Point losses, and losses over a data set, defined in `miniml.nn`."""

from typing import TYPE_CHECKING

from miniml.nn.losses import Scorer, full_loss, mean_loss, softmax_cross_entropy
from miniml.nn.point_losses import (
    POINT_LOSSES,
    PointLoss,
    absolute_error,
    hinge_loss,
    huber_loss,
    log_cosh,
    logistic_loss,
    negated_margins,
    perceptron_loss,
    sigmoid_loss,
    squared_error,
    unknown_name,
)

__all__ = [
    "POINT_LOSSES",
    "PointLoss",
    "Scorer",
    "absolute_error",
    "full_loss",
    "hinge_loss",
    "huber_loss",
    "log_cosh",
    "logistic_loss",
    "mean_loss",
    "negated_margins",
    "perceptron_loss",
    "sigmoid_loss",
    "softmax_cross_entropy",
    "squared_error",
]

if not TYPE_CHECKING:  # hidden from type checkers, which would accept any name

    def __getattr__(name: str) -> object:
        """Name the successor of a former name."""
        raise unknown_name(__name__, name)
