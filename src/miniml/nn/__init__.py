"""Layers, activations, losses and initial weights."""

from typing import TYPE_CHECKING

from miniml.nn._softmax import log_softmax, logsumexp, softmax
from miniml.nn.activations import log_sigmoid, relu, sigmoid
from miniml.nn.initializers import gain_of, variance_scaling
from miniml.nn.layers import MLP, Lambda, Layer, Linear, Part, Sequential, Split
from miniml.nn.losses import full_loss, mean_loss, softmax_cross_entropy
from miniml.nn.point_losses import (
    absolute_error,
    hinge_loss,
    huber_loss,
    log_cosh,
    logistic_loss,
    perceptron_loss,
    sigmoid_loss,
    squared_error,
    unknown_name,
)

__all__ = [
    "MLP",
    "Lambda",
    "Layer",
    "Linear",
    "Part",
    "Sequential",
    "Split",
    "absolute_error",
    "full_loss",
    "gain_of",
    "hinge_loss",
    "huber_loss",
    "log_cosh",
    "log_sigmoid",
    "log_softmax",
    "logistic_loss",
    "logsumexp",
    "mean_loss",
    "perceptron_loss",
    "relu",
    "sigmoid",
    "sigmoid_loss",
    "softmax",
    "softmax_cross_entropy",
    "squared_error",
    "variance_scaling",
]

if not TYPE_CHECKING:  # hidden from type checkers, which would accept any name

    def __getattr__(name: str) -> object:
        """Name the successor of a former name."""
        raise unknown_name(__name__, name)
