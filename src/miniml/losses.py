"""Point losses, full losses and three activations, defined in `miniml.nn`."""

from miniml.nn.activations import log_sigmoid, relu, sigmoid
from miniml.nn.losses import (
    POINT_LOSSES,
    PointLoss,
    Scorer,
    full_loss,
    hinge,
    logistic,
    mean_loss,
    negated_margins,
    softmax_cross_entropy,
    squared,
)

__all__ = [
    "POINT_LOSSES",
    "PointLoss",
    "Scorer",
    "full_loss",
    "hinge",
    "log_sigmoid",
    "logistic",
    "mean_loss",
    "negated_margins",
    "relu",
    "sigmoid",
    "softmax_cross_entropy",
    "squared",
]
