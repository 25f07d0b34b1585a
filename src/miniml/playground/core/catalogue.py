"""What the menus offer, by name: models, data, activations, optimisers, point losses."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

import attrs
import numpy as np
from numpy.random import Generator

from miniml.datasets import Standardizer, Table, breast_cancer
from miniml.nn.activations import relu, sigmoid
from miniml.nn.layers import MLP, Lambda, Layer, Linear, Part, Sequential, Split
from miniml.nn.losses import POINT_LOSSES
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
from miniml.playground.core.messages import RequestError
from miniml.playground.core.noisy_data import LECTURE_SETS, NOISY_SETS
from miniml.playground.core.points import Points, hold_back
from miniml.playground.core.session_config import SessionConfig
from miniml.types import Array

V = TypeVar("V")


def identity(z: Array) -> Array:
    """Leave the scores as they are: a network of these is a linear model."""
    return z


ACTIVATIONS: Mapping[str, Layer] = MappingProxyType(
    {"relu": relu, "tanh": np.tanh, "sigmoid": sigmoid, "sine": np.sin, "identity": identity}
)
"""The activations of a network's hidden layers."""

OPTIMIZERS: Mapping[str, Callable[[float], Optimizer]] = MappingProxyType(
    {
        "sgd": sgd,
        "momentum": momentum,
        "nesterov": nesterov,
        "adagrad": adagrad,
        "rmsprop": rmsprop,
        "adam": adam,
        "adamw": adamw,
        "lion": lion,
    }
)
"""The optimisers, each made from its learning rate."""

MODELS: tuple[str, ...] = ("linear", "split", "part", "mlp")
DATA: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "The lecture": tuple(LECTURE_SETS),
        "With noise": tuple(NOISY_SETS),
        "Real": ("breast-cancer",),
    }
)
LOSSES: tuple[str, ...] = tuple(POINT_LOSSES)


def make_model(config: SessionConfig, features: int) -> Layer:
    """Build a model of the catalogue at its start, a pure function of the settings.

    Args:
        config: The model's name, layers and seed.
        features: The number of columns of the points.

    Returns:
        The model.

    Raises:
        RequestError: If there is no such model, or it does not take that many features.
    """
    rng = np.random.default_rng((config.seed, 0))
    match config.model:
        case "linear":
            return _lecture_line(rng, features, config.seed)
        case "split":
            return Split.init(rng, features)
        case "part" if features == 2:
            return Part()
        case "part":
            raise RequestError(f"The model part takes 2 features; these points have {features}.")
        case "mlp":
            return _network(config, rng, features)
        case other:
            raise RequestError(f"There is no model {other!r}; there are {', '.join(MODELS)}.")


def _lecture_line(rng: Generator, features: int, seed: int) -> Linear:
    """Start from the slide's line x1 + x2 = 1; from another seed, anywhere."""
    if features == 2 and seed == 0:
        return Linear(np.array([1.0, 1.0]), -1.0)
    return Linear(Linear.init(rng, features).w, 0.0)


def _network(config: SessionConfig, rng: Generator, features: int) -> Layer:
    names = config.activations
    if len(names) != len(config.hidden):
        raise RequestError(
            f"The network has {len(config.hidden)} hidden layers and {len(names)} "
            "activations; each layer needs one."
        )
    functions = [choose(ACTIVATIONS, name, "activation") for name in names]
    # The layers of one network keep the plain names layers.0.w, layers.1.w ... where they can.
    if len(set(names)) <= 1:
        first = functions[0] if functions else relu
        return MLP.init(rng, features, config.hidden, activation=first)
    drawn = MLP.init(rng, features, config.hidden)
    *inner, last = drawn.layers
    layers: list[Layer] = [
        Sequential[Layer]((layer, Lambda(function)))
        for layer, function in zip(inner, functions, strict=True)
    ]
    return Sequential[Layer]((*layers, last))


def make_points(config: SessionConfig) -> Points:
    """Draw the points of a data set of the catalogue, a pure function of the settings.

    Args:
        config: The data set's name, size, noise, share and seed.

    Returns:
        The points.

    Raises:
        RequestError: If there is no such data set.
    """
    if config.data == "breast-cancer":
        return from_table(breast_cancer(), config)
    sets = {**LECTURE_SETS, **NOISY_SETS}
    draw = choose(sets, config.data, "data set")
    rng = np.random.default_rng((config.seed, 2))
    data = draw(rng, config.points, config.noise)
    return hold_back(data, config.train_share, config.seed)


def from_table(table: Table, config: SessionConfig) -> Points:
    """Standardise the columns of a table by its training part, and hold points back."""
    raw = hold_back(table.data, config.train_share, config.seed, table.features, table.classes)
    return attrs.evolve(raw, x=Standardizer.of(raw.train.x)(raw.x))


def choose(known: Mapping[str, V], name: str, kind: str) -> V:
    """Look a name up, or say which names there are."""
    if name not in known:
        raise RequestError(f"There is no {kind} {name!r}; there are {', '.join(known)}.")
    return known[name]
