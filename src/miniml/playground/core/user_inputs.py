"""From a script's model, data and loss to the sessions of its pages."""

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np

from miniml.datasets import Dataset, Table
from miniml.nn.layers import Layer
from miniml.playground.core.creation import start
from miniml.playground.core.points import MOST, hold_back
from miniml.playground.core.session import Loss, Session, UserInputs
from miniml.playground.core.session_config import OWN, SessionConfig
from miniml.tree import tree_map
from miniml.types import Array, Scalar

M = TypeVar("M", bound=Layer)


def new_session(
    model: M | None = None,
    data: Dataset | Table | None = None,
    loss: Callable[[M, Dataset], Scalar] | None = None,
) -> Callable[[], Session]:
    """Prepare a session, once, so that a misfit is told before any page is opened.

    Args:
        model: The script's model.
        data: The script's data.
        loss: The script's loss.

    Returns:
        A function that gives the session of a new page: sessions never change, so all pages
        begin with the same one.

    Raises:
        ValueError: If the model does not fit the data, or the labels are not -1 and +1.
    """
    config = SessionConfig(
        model=OWN if model is not None else "linear",
        data=OWN if data is not None else "simple",
        loss=OWN if loss is not None else "logistic",
    )
    points = None
    if data is not None:
        table = data if isinstance(data, Table) else None
        plain = data.data if isinstance(data, Table) else data
        _check(plain)
        if plain.x.dtype.kind != "f":  # a point set by hand lies between whole numbers
            plain = Dataset(plain.x.astype(np.float64), plain.y)
        points = hold_back(
            plain,
            config.train_share,
            config.seed,
            table.features if table else None,
            table.classes if table else ("−1", "+1"),
        )
    origin = UserInputs(
        model=None if model is None else lambda seed, _: _drawn(model, seed),
        points=points,
        # The page keeps this loss with this model: it is never called with another.
        loss=cast("Loss | None", loss),
    )
    session = start(origin, config)
    return lambda: session


def _check(data: Dataset) -> None:
    if data.x.ndim != 2 or not len(data):
        raise ValueError(f"the playground needs points of shape (n, d), got {data.x.shape}")
    if len(data) > MOST:
        raise ValueError(
            f"the playground draws at most {MOST:,} points, got {len(data):,}: bring a sample of them"
        )
    if gaps := np.argwhere(~np.isfinite(data.x)).tolist():
        raise ValueError(
            f"the playground needs finite points, and x[{gaps[0][0]}, {gaps[0][1]}] is "
            f"{data.x[tuple(gaps[0])]} ({len(gaps)} such numbers in all)"
        )
    if not np.isin(data.y, (-1.0, 1.0)).all():
        found = ", ".join(f"{label:g}" for label in np.unique(data.y)[:5])
        raise ValueError(f"the playground needs labels -1 and +1, found {found}")


def _drawn(model: M, seed: int) -> M:
    """Give the model as it is for seed 0, and with parameters drawn anew for any other."""
    if seed == 0:
        return model
    rng = np.random.default_rng((seed, 4))

    def draw(leaf: Array | float) -> Array | float:
        if not isinstance(leaf, np.ndarray):
            return float(rng.standard_normal())
        size = np.sqrt(leaf.shape[0]) if leaf.ndim else 1.0
        return np.asarray(rng.standard_normal(leaf.shape) / size, dtype=leaf.dtype)

    return tree_map(draw, model)
