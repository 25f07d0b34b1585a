"""The session of one user: an immutable value over a history of moments."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import attrs
import msgspec

from miniml._playground.core.history import History
from miniml._playground.core.plane import Plane
from miniml._playground.core.points import Points
from miniml._playground.core.session_config import SessionConfig
from miniml.datasets import Dataset
from miniml.nn.layers import Layer
from miniml.optimizers import OptimizerState
from miniml.types import Scalar

Loss: TypeAlias = Callable[[Layer, Dataset], Scalar]
"""A pure function of a model and its data."""

BRANCHES = 8
"""The number of branches that are kept."""

_NAN = float("nan")


@attrs.frozen(eq=False)
class UserInputs:
    """The user's own model, points and loss, beside those of the catalogue.

    Attributes:
        model: Makes the model from a seed and a number of features; with seed 0 it is the
            script's model itself.
        points: The points of the script, or of a file that was dropped on the page.
        loss: The script's loss.
    """

    model: Callable[[int, int], Layer] | None = None
    points: Points | None = None
    loss: Loss | None = None


@attrs.frozen(eq=False)
class Moment:
    """One entry of the history: parameters, and their metrics.

    Attributes:
        step: The number of training steps so far.
        params: The model.
        optimizer_state: The optimiser's state; None at most moments of fast training, since it
            would triple the memory of a moment. Training from there begins with a new state.
        optimizer: The name of the optimiser that the state belongs to.
        loss: The mean loss of the training points (of the batch, if batches are small).
        test_loss: The mean loss of the test points; NaN if it was not measured.
        accuracy: The share of test points (of all, if there are none) that are right, or NaN.
        edited: The knob that the user turned to get here; empty for a training step.
    """

    step: int
    params: Layer
    optimizer_state: OptimizerState[Layer] | None
    optimizer: str
    loss: float = _NAN
    test_loss: float = _NAN
    accuracy: float = _NAN
    edited: str = ""


@attrs.frozen
class View:
    """What the page shows.

    Attributes:
        mode: The plane, or the score along its first axis.
        axes: The two columns that span the plane; None for principal components.
        panels: The expensive panels that are open.
        knobs: The flat indices of the two knobs for which the loss is drawn.
        probe: The position of the pointer in the picture.
    """

    mode: Literal["plane", "line"] = "plane"
    axes: tuple[int, int] | None = None
    panels: tuple[Literal["margin", "sweep", "surface"], ...] = ("margin", "sweep", "surface")
    knobs: tuple[int, int] = (0, 1)
    probe: tuple[float, float] | None = None


@attrs.frozen(eq=False)
class SavedMoment:
    """A moment of a history under a name: a bookmark, or the moment of a comparison."""

    name: str
    history: History[Moment]
    at: int

    @property
    def moment(self) -> Moment:
        """The moment."""
        return self.history[self.at]

    def is_in(self, history: History[Moment]) -> bool:
        """Return whether a history has this moment at this index."""
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
    """The whole state of one user; each change makes a new one.

    Attributes:
        config: The choices made by name or number.
        inputs: The user's own model, points and loss.
        points: The data.
        plane: The plane that is shown.
        history: All moments of this branch.
        cursor: The index of the present moment.
        playing: Whether training runs.
        view: What the page shows.
        branches: The histories that an edit in their past replaced, latest last.
        bookmarks: The bookmarks.
        compared: The moment shown beside the present one; it stays if the history changes.
        lesson: The step of the lecture that is followed, if any.
        notice: A sentence for the user.
    """

    config: SessionConfig
    inputs: UserInputs
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
    def params(self) -> Layer:
        """The present model."""
        return self.moment.params

    @property
    def shows_line(self) -> bool:
        """Whether the score is drawn along a line, as it always is for one feature."""
        return self.view.mode == "line" or self.points.x.shape[1] == 1

    def append(self, moments: Sequence[Moment]) -> "Session":
        """Return the session with moments after the present one; later ones become a branch."""
        grown = self.history.truncate(self.cursor + 1).extend(moments)
        return attrs.evolve(self._keep_future(), history=grown, cursor=len(grown) - 1)

    def replace_moment(self, moment: Moment) -> "Session":
        """Return the session with another present moment; later ones become a branch."""
        changed = self.history.truncate(self.cursor).extend([moment])
        return attrs.evolve(self._keep_future(), history=changed)

    def keep_branch(self) -> "Session":
        """Return the session with its history among the branches."""
        return attrs.evolve(self, branches=(*self.branches, self.history)[-BRANCHES:])

    def pause(self, text: str, seek: int | None = None) -> "Session":
        """Return the session paused, with a notice that may offer a moment."""
        return attrs.evolve(self, playing=False, notice=Notice(text, seek))

    def _keep_future(self) -> "Session":
        return self.keep_branch() if self.cursor < len(self.history) - 1 else self
