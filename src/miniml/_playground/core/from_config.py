"""The model and the points that a configuration names."""

from collections.abc import Mapping
from typing import TypeVar

import attrs
import numpy as np

from miniml._playground.core.errors import RequestError
from miniml._playground.core.points import Points, hold_back
from miniml._playground.core.session_config import SessionConfig
from miniml.catalogue import ACTIVATIONS, DRAWN, MODELS, TABLES, Hidden
from miniml.datasets import Standardizer, Table
from miniml.nn.layers import Layer, Linear

V = TypeVar("V")


def make_model(config: SessionConfig, features: int) -> Layer:
    """Build the initial model that a configuration names.

    With seed 0, a linear model of two features is the slide's line x1 + x2 = 1.

    Args:
        config: The model's name, layers and seed.
        features: The number of features.

    Returns:
        The model.

    Raises:
        RequestError: If there is no such model, or it does not take that many features.
    """
    make = choose(MODELS, config.model, "model")
    if (config.model, features, config.seed) == ("linear", 2, 0):
        return Linear(np.array([1.0, 1.0]), -1.0)
    hidden = _hidden(config) if config.model == "mlp" else ()
    try:
        model = make(np.random.default_rng((config.seed, 0)), features, hidden)
    except ValueError as error:
        raise RequestError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    return Linear(model.w, 0.0) if isinstance(model, Linear) else model


def _hidden(config: SessionConfig) -> Hidden:
    names = config.activations
    if len(names) != len(config.hidden):
        raise RequestError(
            f"The network has {len(config.hidden)} hidden layers and {len(names)} "
            "activations; each layer needs one."
        )
    for name in names:
        choose(ACTIVATIONS, name, "activation")
    return tuple(zip(config.hidden, names, strict=True))


def make_points(config: SessionConfig) -> Points:
    """Draw the points that a configuration names.

    Args:
        config: The data set's name, size, noise, share of training points and seed.

    Returns:
        The points.

    Raises:
        RequestError: If there is no such data set.
    """
    if config.data in TABLES:
        return from_table(TABLES[config.data](), config)
    draw = choose(DRAWN, config.data, "data set")
    rng = np.random.default_rng((config.seed, 2))
    data = draw(rng, config.points, config.noise)
    return hold_back(data, config.train_share, config.seed)


def from_table(table: Table, config: SessionConfig) -> Points:
    """Hold points back, and standardise the columns of a table by its training points."""
    raw = hold_back(table.data, config.train_share, config.seed, table.features, table.classes)
    return attrs.evolve(raw, x=Standardizer.of(raw.train.x)(raw.x))


def choose(known: Mapping[str, V], name: str, kind: str) -> V:
    """Look up a name; an unknown name raises an error that lists the known ones."""
    if name not in known:
        raise RequestError(f"There is no {kind} {name!r}; there are {', '.join(known)}.")
    return known[name]
