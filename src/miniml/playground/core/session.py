"""What one person has before them: a frozen session over a history of moments."""

from collections.abc import Callable
from typing import Literal, TypeAlias

import attrs
import msgspec

from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.optimizers import OptimizerState
from miniml.playground.core.history import History
from miniml.playground.core.plane import Plane
from miniml.playground.core.points import Points
from miniml.playground.core.session_config import SessionConfig
from miniml.types import Scalar

Loss: TypeAlias = Callable[[Layer, Dataset], Scalar]
"""A pure function of a model and its data."""

NOT_A_NUMBER = float("nan")


@attrs.frozen(eq=False)
class UserInputs:
    """What the script brought along, beside the catalogue.

    Attributes:
        model: Gives the script's model from a seed and the number of features; seed 0 gives
            it as it was brought.
        points: The script's data, or a file's that was dropped on the page.
        loss: The script's loss.
    """

    model: Callable[[int, int], Layer] | None = None
    points: Points | None = None
    loss: Loss | None = None


@attrs.frozen(eq=False)
class Moment:
    """One point in time: parameters, and what is known about them.

    Attributes:
        step: Training steps made so far.
        params: The model.
        optimizer_state: What the optimiser remembers; nothing at most moments of fast training, where
            it would triple what a moment weighs: training on from there begins it anew.
        optimizer: The name of the optimiser that remembers it: no other can use it.
        loss: The mean loss of the training points (of the batch, where batches are small).
        test_loss: The mean loss of the points held back; NaN where it was not measured.
        accuracy: The share of held-back points (of all, if none are) that are right; or NaN.
        edited: The knob that was turned by hand to come here, or nothing.
    """

    step: int
    params: Layer
    optimizer_state: OptimizerState[Layer] | None
    optimizer: str
    loss: float
    test_loss: float = NOT_A_NUMBER
    accuracy: float = NOT_A_NUMBER
    edited: str = ""


@attrs.frozen
class View:
    """What is shown of it.

    Attributes:
        mode: The plane, or the score along its first axis.
        axes: The two columns that span the plane; None for principal components.
        panels: The costly panels that are open.
        knobs: The flat indices of the two knobs that the loss is drawn along.
        probe: The place of the picture under the pointer.
    """

    mode: Literal["plane", "line"] = "plane"
    axes: tuple[int, int] | None = None
    panels: tuple[Literal["margin", "sweep", "surface"], ...] = ("margin", "sweep", "surface")
    knobs: tuple[int, int] = (0, 1)
    probe: tuple[float, float] | None = None


@attrs.frozen(eq=False)
class SavedMoment:
    """A name for one moment of one history."""

    name: str
    history: History[Moment]
    at: int

    @property
    def moment(self) -> Moment:
        """The moment."""
        return self.history[self.at]

    def lies_in(self, history: History[Moment]) -> bool:
        """Tell whether a history holds the moment, at its place."""
        return self.at < len(history) and history[self.at] is self.moment


class Notice(msgspec.Struct, frozen=True):
    """A sentence for the user.

    Attributes:
        text: The sentence.
        seek: The index of a moment to offer, if any.
        kind: "notice", "refused" for a request that failed, or "trouble" for an error of user code.
    """

    text: str
    seek: int | None = None
    kind: str = "notice"


@attrs.frozen(eq=False)
class Session:
    """Everything one person has before them; each change makes a new one.

    Attributes:
        inputs: What the script brought along.
        config: What was chosen by name or number.
        points: The data.
        plane: The plane that is shown.
        history: All moments of this branch.
        cursor: The index of the present moment.
        playing: Whether training goes on.
        view: What is shown.
        branches: The histories that were left by an edit in their past, latest last.
        bookmarks: The bookmarks.
        compared: The moment shown beside the present one, whatever becomes of the history.
        lesson: The step of the lecture, if one is being followed.
        notice: Something to tell the person.
    """

    inputs: UserInputs
    config: SessionConfig
    points: Points
    plane: Plane
    history: History[Moment]
    cursor: int = 0
    playing: bool = False
    view: View = View()
    branches: tuple[History[Moment], ...] = ()
    bookmarks: tuple[SavedMoment, ...] = ()
    compared: SavedMoment | None = None
    lesson: int | None = None
    notice: Notice | None = None

    @property
    def moment(self) -> Moment:
        """The present moment."""
        return self.history[self.cursor]

    @property
    def shows_line(self) -> bool:
        """Whether the score is drawn along a line; of one feature there is nothing else."""
        return self.view.mode == "line" or self.points.x.shape[1] == 1

    @property
    def params(self) -> Layer:
        """The present model."""
        return self.moment.params
