"""Everything about a session that is chosen by name or number, and fits into a link."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

OWN = "own"
"""The name of the model, data or loss that the script brought along."""

Index: TypeAlias = Annotated[int, Meta(ge=0, le=10_000_000)]
Name: TypeAlias = Annotated[str, Meta(max_length=200)]
Names: TypeAlias = Annotated[tuple[Name, ...], Meta(max_length=6)]
Widths: TypeAlias = Annotated[tuple[Annotated[int, Meta(ge=1, le=128)], ...], Meta(max_length=6)]
Share: TypeAlias = Annotated[float, Meta(ge=0.0, le=1.0)]
TrainShare: TypeAlias = Annotated[float, Meta(ge=0.1, le=1.0)]
Many: TypeAlias = Annotated[int, Meta(ge=4, le=2000)]
LearningRate: TypeAlias = Annotated[float, Meta(gt=0.0, le=1000.0)]
Batch: TypeAlias = Annotated[int, Meta(ge=0, le=100_000)]
Speed: TypeAlias = Annotated[float, Meta(gt=0.0, le=1_000_000.0)]
Seed: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class SessionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the model, the data and the training were chosen.

    The bounds hold for what a page or a link brings; they keep a hostile link from asking for
    more memory than there is.

    Attributes:
        model: The model's name in the catalogue, or "own".
        hidden: Widths of the hidden layers of a network.
        activations: One activation's name for each hidden layer.
        data: The data set's name in the catalogue, or "own".
        noise: How far the points are scattered, as a share of the picture's half width.
        points: How many points are drawn.
        train_share: The share of the points that are trained on.
        loss: The point loss's name, or "own".
        optimizer: The optimiser's name.
        learning_rate: The learning rate.
        batch: Points a step; 0 takes all of them.
        seed: The seed of the model's start, of the data and of the order of batches.
        speed: Steps a second.
        stop_step: Training pauses at this step.
        stop_loss: Training pauses when the training loss falls this low.
        stop_accuracy: Training pauses when the share of test points that are right is this high.
    """

    model: Name = "linear"
    hidden: Widths = (8, 8)
    activations: Names = ("relu", "relu")
    data: Name = "simple"
    noise: Share = 0.0
    points: Many = 100
    train_share: TrainShare = 0.7
    loss: Name = "logistic"
    optimizer: Name = "adam"
    learning_rate: LearningRate = msgspec.field(default=0.1, name="rate")
    batch: Batch = 0
    seed: Seed = 0
    speed: Speed = 20.0
    stop_step: Index | None = None
    stop_loss: float | None = None
    stop_accuracy: Share | None = None
