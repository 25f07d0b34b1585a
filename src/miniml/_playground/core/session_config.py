"""The choices of a session: names and numbers, small enough for a link."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from miniml.catalogue import loss_name

OWN = "own"
"""The name of the user's own model, data or loss."""

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
    """The choice of the model, the data and the training.

    The types have bounds, which are checked for values from a page or a link: no link can ask for
    more memory than there is.

    Attributes:
        model: The model's name in the catalogue, or "own".
        hidden: The widths of the hidden layers of a network.
        activations: The name of the activation of each hidden layer.
        data: The data set's name in the catalogue, or "own".
        noise: The scatter of the points, as a share of half the picture's width.
        points: The number of points that are drawn.
        train_share: The share of training points.
        loss: The point loss's name, or "own".
        optimizer: The optimiser's name.
        learning_rate: The learning rate.
        batch: The points of a step; 0 takes all.
        seed: The seed of the initial model, of the data and of the order of batches.
        speed: Steps per second.
        stop_step: Training pauses at this step.
        stop_loss: Training pauses at this training loss.
        stop_accuracy: Training pauses at this accuracy on the test points.
    """

    model: Name = "linear"
    hidden: Widths = (8, 8)
    activations: Names = ("relu", "relu")
    data: Name = "simple"
    noise: Share = 0.0
    points: Many = 100
    train_share: TrainShare = 0.7
    loss: Name = "logistic_loss"
    optimizer: Name = "adam"
    learning_rate: LearningRate = msgspec.field(default=0.1, name="rate")
    batch: Batch = 0
    seed: Seed = 0
    speed: Speed = 20.0
    stop_step: Index | None = None
    stop_loss: float | None = None
    stop_accuracy: Share | None = None

    def __post_init__(self) -> None:
        """Give a loss of an earlier link its present name."""
        msgspec.structs.force_setattr(self, "loss", loss_name(self.loss))
