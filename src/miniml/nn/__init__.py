"""Layers, activations, losses and initial weights."""

from miniml.nn._softmax import log_softmax, logsumexp, softmax
from miniml.nn.activations import log_sigmoid, relu, sigmoid
from miniml.nn.initializers import gain_of, variance_scaling
from miniml.nn.layers import MLP, Lambda, Layer, Linear, Part, Sequential, Split
from miniml.nn.losses import full_loss, hinge, logistic, mean_loss, softmax_cross_entropy, squared

__all__ = [
    "MLP",
    "Lambda",
    "Layer",
    "Linear",
    "Part",
    "Sequential",
    "Split",
    "full_loss",
    "gain_of",
    "hinge",
    "log_sigmoid",
    "log_softmax",
    "logistic",
    "logsumexp",
    "mean_loss",
    "relu",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "squared",
    "variance_scaling",
]
