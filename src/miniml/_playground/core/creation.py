"""New sessions: from a configuration, or from a script's model, data and loss."""

from collections.abc import Callable
from typing import TypeVar, cast

import attrs
import numpy as np

from miniml._playground.core.errors import RequestError
from miniml._playground.core.from_config import make_model, make_points
from miniml._playground.core.history import History
from miniml._playground.core.plane import plane_of
from miniml._playground.core.points import MOST, Points, hold_back
from miniml._playground.core.session import Loss, Session, UserInputs
from miniml._playground.core.session_config import OWN, SessionConfig
from miniml._playground.core.training import with_history
from miniml.datasets import Dataset, Table
from miniml.nn.layers import Layer
from miniml.nn.scorers import check_scorer
from miniml.tree import named_leaves, tree_map
from miniml.types import Array, Scalar

M = TypeVar("M", bound=Layer)


def new_session(
    model: M | None = None,
    data: Dataset | Table | None = None,
    loss: Callable[[M, Dataset], Scalar] | None = None,
) -> Session:
    """Create the session of a script's model, data and loss.

    Args:
        model: The script's model; a linear model if None.
        data: The script's data, points `(n, d)` and labels `(n,)`; the set `simple` if None.
        loss: The script's loss; the logistic loss if None.

    Returns:
        A session of one moment.

    Raises:
        TypeError: If the model cannot be called.
        ValueError: If the model does not fit the data, or the data cannot be shown.
    """
    if model is not None:
        check_scorer("model", model)
    config = SessionConfig(
        model=OWN if model is not None else "linear",
        data=OWN if data is not None else "simple",
        loss=OWN if loss is not None else "logistic_loss",
    )
    inputs = UserInputs(
        model=None if model is None else lambda seed, _: _reinitialized(model, seed),
        points=None if data is None else _points_of(data, config),
        # The page calls this loss with this model only.
        loss=cast("Loss | None", loss),
    )
    return session_from_config(config, inputs)


def session_from_config(
    config: SessionConfig | None = None, inputs: UserInputs | None = None
) -> Session:
    """Create the session that a configuration describes.

    Args:
        config: The choices; the defaults if None.
        inputs: The user's model, points and loss, if any.

    Returns:
        A session of one moment.

    Raises:
        RequestError: If a name is unknown, or model and data do not fit.
    """
    config, inputs = config or SessionConfig(), inputs or UserInputs()
    points = choose_points(config, inputs)
    return assemble(config, inputs, points, choose_model(config, inputs, points))


def assemble(config: SessionConfig, inputs: UserInputs, points: Points, model: Layer) -> Session:
    """Create a session with these points and this model.

    Raises:
        RequestError: If the model has no numbers to train, or does not fit the points.
    """
    check_fit(model, points)
    _check_leaves(model)
    empty = Session(config, inputs, points, plane_of(points, None), History())
    return with_history(empty, model)


def choose_points(config: SessionConfig, inputs: UserInputs) -> Points:
    """Return the points that a configuration names."""
    if config.data != OWN:
        return make_points(config)
    if inputs.points is None:
        raise RequestError("There are no points of yours here; drop a CSV file on the page.")
    return inputs.points


def choose_model(config: SessionConfig, inputs: UserInputs, points: Points) -> Layer:
    """Return the initial model that a configuration names."""
    if config.model != OWN:
        return make_model(config, points.x.shape[1])
    if inputs.model is None:
        raise RequestError("There is no model of yours here; choose one by name.")
    return inputs.model(config.seed, points.x.shape[1])


def check_fit(model: Layer, points: Points) -> None:
    """Raise a RequestError unless the model returns one score for each point."""
    if not len(points.x):
        return
    with np.errstate(all="ignore"):
        shape = np.shape(model(points.x))
    if shape != (len(points.x),):
        raise RequestError(
            f"The model returned an array of shape {shape} for points of shape {points.x.shape}; "
            f"the playground needs one score for each point, of shape ({len(points.x)},)."
        )


def _check_leaves(model: Layer) -> None:
    """Raise a RequestError if there are no parameters, or one is not a real number."""
    leaves = named_leaves(model)
    if not leaves:
        raise RequestError("The model has no parameters: there is nothing to change or to train.")
    for name, leaf in leaves.items():
        if np.asarray(leaf).dtype.kind not in "biuf":
            raise RequestError(
                f"The parameter {name} is of type {type(leaf).__name__}, not a real number: "
                "mark it Static."
            )


def _points_of(data: Dataset | Table, config: SessionConfig) -> Points:
    """Check the script's data, and hold points back."""
    table = data if isinstance(data, Table) else None
    plain = data.data if isinstance(data, Table) else data
    _check_data(plain)
    if plain.x.dtype.kind != "f":  # a point that is added lies between integers
        plain = Dataset(plain.x.astype(np.float64), plain.y)
    held = hold_back(plain, config.train_share, config.seed)
    return attrs.evolve(held, features=table.features, classes=table.classes) if table else held


def _check_data(data: Dataset) -> None:
    if data.x.ndim != 2 or not len(data):
        raise ValueError(f"the playground needs points of shape (n, d), got {data.x.shape}")
    if len(data) > MOST:
        raise ValueError(
            f"the playground shows at most {MOST:,} points, got {len(data):,}: pass a sample of them"
        )
    if gaps := np.argwhere(~np.isfinite(data.x)).tolist():
        raise ValueError(
            f"the playground needs finite points, but x[{gaps[0][0]}, {gaps[0][1]}] is "
            f"{data.x[tuple(gaps[0])]} ({len(gaps)} such numbers in all)"
        )
    if not np.isin(data.y, (-1.0, 1.0)).all():
        found = ", ".join(f"{label:g}" for label in np.unique(data.y)[:5])
        raise ValueError(f"the playground needs labels -1 and +1, got {found}")


def _reinitialized(model: M, seed: int) -> M:
    """Return the model itself for seed 0, and one with random parameters for other seeds."""
    if seed == 0:
        return model
    rng = np.random.default_rng((seed, 4))

    def draw(leaf: Array | float) -> Array | float:
        if not isinstance(leaf, np.ndarray):
            return float(rng.standard_normal())
        size = np.sqrt(leaf.shape[0]) if leaf.ndim else 1.0
        return np.asarray(rng.standard_normal(leaf.shape) / size, dtype=leaf.dtype)

    return tree_map(draw, model)
