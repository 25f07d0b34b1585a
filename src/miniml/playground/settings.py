"""Everything about a session that is chosen by name or number, and fits into a link."""

import msgspec

OWN = "own"
"""The name of the model, data or loss that the script brought along."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the model, the data and the training were chosen.

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
        rate: The learning rate.
        batch: Points a step; 0 takes all of them.
        seed: The seed of the model's start, of the data and of the order of batches.
        speed: Steps a second.
        stop_step: Training pauses at this step.
        stop_loss: Training pauses when the training loss falls this low.
        stop_accuracy: Training pauses when the share of test points that are right is this high.
    """

    model: str = "linear"
    hidden: tuple[int, ...] = (8, 8)
    activations: tuple[str, ...] = ("relu", "relu")
    data: str = "simple"
    noise: float = 0.0
    points: int = 100
    train_share: float = 0.7
    loss: str = "logistic"
    optimizer: str = "adam"
    rate: float = 0.1
    batch: int = 0
    seed: int = 0
    speed: float = 20.0
    stop_step: int | None = None
    stop_loss: float | None = None
    stop_accuracy: float | None = None
