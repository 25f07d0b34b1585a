"""What the command and the page offer by name: data sets, models, losses, optimisers."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import attrs
import numpy as np
from numpy.random import Generator

from miniml.datasets import LECTURE, Table, breast_cancer
from miniml.datasets.noisy import NOISY, NoisySet, with_noise
from miniml.nn.activations import relu, sigmoid
from miniml.nn.layers import MLP, Lambda, Layer, Linear, Part, Sequential, Split
from miniml.nn.point_losses import FORMER_NAMES, POINT_LOSSES, PointLoss
from miniml.optimizers import (
    Optimizer,
    adagrad,
    adam,
    adamw,
    lion,
    momentum,
    nesterov,
    rmsprop,
    sgd,
)
from miniml.types import Array

DRAWN: Mapping[str, NoisySet] = MappingProxyType(
    {name: with_noise(draw) for name, draw in LECTURE.items()} | dict(NOISY)
)
"""The data sets that are drawn, by name."""

TABLES: Mapping[str, Callable[[], Table]] = MappingProxyType({"breast-cancer": breast_cancer})
"""The data sets that come with the library, by name."""

DATA: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"The lecture": tuple(LECTURE), "With noise": tuple(NOISY), "Real": tuple(TABLES)}
)
"""The names of all data sets, under the headings of a menu."""


def identity(z: Array) -> Array:
    """Return the scores unchanged: with this activation a network is a linear model."""
    return z


ACTIVATIONS: Mapping[str, Layer] = MappingProxyType(
    {"relu": relu, "tanh": np.tanh, "sigmoid": sigmoid, "sine": np.sin, "identity": identity}
)
"""The activations of a network's hidden layers, by name."""

Hidden: TypeAlias = tuple[tuple[int, str], ...]
"""The width and the activation's name of each hidden layer."""


def _part(_: Generator, features: int, __: Hidden) -> Part:
    if features != 2:
        raise ValueError(f"the model part takes 2 features; these points have {features}")
    return Part()


def _mlp(rng: Generator, features: int, hidden: Hidden) -> Layer:
    widths = [width for width, _ in hidden]
    functions = [ACTIVATIONS[name] for _, name in hidden]
    # With one activation for all layers, the leaves are named layers.0.w, layers.1.w ...
    if len({name for _, name in hidden}) <= 1:
        return MLP.init(rng, features, widths, activation=(functions or [relu])[0])
    *inner, last = MLP.init(rng, features, widths).layers
    layers: list[Layer] = [
        Sequential[Layer]((layer, Lambda(function)))
        for layer, function in zip(inner, functions, strict=True)
    ]
    return Sequential[Layer]((*layers, last))


MODELS: Mapping[str, Callable[[Generator, int, Hidden], Layer]] = MappingProxyType(
    {
        "linear": lambda rng, features, _: Linear.init(rng, features),
        "split": lambda rng, features, _: Split.init(rng, features),
        "part": _part,
        "mlp": _mlp,
    }
)
"""The models by name, each drawn for a number of features; only `mlp` has hidden layers.

`part` raises ValueError unless there are two features.
"""

LOSSES: Mapping[str, PointLoss] = POINT_LOSSES
"""The point losses by name."""


def loss_name(name: str) -> str:
    """Return the name of a point loss, given that or its former name, which old files have."""
    return FORMER_NAMES.get(name, name)


@attrs.frozen
class OptimizerEntry:
    """An optimiser of the catalogue.

    Attributes:
        make: Makes the optimiser of its learning rate.
        learning_rate: The default of the command.
    """

    make: Callable[[float], Optimizer]
    learning_rate: float


OPTIMIZERS: Mapping[str, OptimizerEntry] = MappingProxyType(
    {
        "sgd": OptimizerEntry(sgd, 0.1),
        "momentum": OptimizerEntry(momentum, 0.03),
        "nesterov": OptimizerEntry(nesterov, 0.03),
        "adagrad": OptimizerEntry(adagrad, 0.1),
        "rmsprop": OptimizerEntry(rmsprop, 0.01),
        "adam": OptimizerEntry(adam, 0.01),
        "adamw": OptimizerEntry(adamw, 0.01),
        "lion": OptimizerEntry(lion, 0.003),
    }
)
"""The optimisers by name."""
