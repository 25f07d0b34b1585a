"""The messages of the page: one frozen class each.

A message is a JSON object whose `type` names the class. Unknown types, unknown keys and values
of another type are errors; no message is ever run as code.
"""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from miniml._playground.core.session_config import (
    Batch,
    Index,
    LearningRate,
    Many,
    Name,
    Names,
    Seed,
    Share,
    Speed,
    TrainShare,
    Widths,
)

LONGEST: Final = 2_000_000
"""The characters of the longest file; one more is accepted, so that the error can name the file."""

Panel: TypeAlias = Literal["margin", "sweep", "surface"]


class _Message(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag=str.lower
):
    """The base of all messages: frozen, strict, tagged by its lower-case name."""


class Set(_Message, frozen=True):
    """Turn a knob: set the scalar at a flat index of a named leaf."""

    name: Name
    index: Index
    value: float


class Play(_Message, frozen=True):
    """Train until paused."""


class Pause(_Message, frozen=True):
    """Pause training."""


class Step(_Message, frozen=True):
    """Make some training steps."""

    steps: Annotated[int, Meta(ge=1, le=1000)] = 1


class Seek(_Message, frozen=True):
    """Go to a moment of the history."""

    at: Index


class Tune(_Message, frozen=True):
    """Change the training from here on; keys that are left out stay."""

    loss: Name | UnsetType = UNSET
    optimizer: Name | UnsetType = UNSET
    learning_rate: LearningRate | UnsetType = msgspec.field(default=UNSET, name="rate")
    batch: Batch | UnsetType = UNSET
    speed: Speed | UnsetType = UNSET
    stop_step: Index | UnsetType | None = UNSET
    stop_loss: float | UnsetType | None = UNSET
    stop_accuracy: Share | UnsetType | None = UNSET


class Build(_Message, frozen=True):
    """Start with another model; keys that are left out stay."""

    model: Name | UnsetType = UNSET
    hidden: Widths | UnsetType = UNSET
    activations: Names | UnsetType = UNSET


class Load(_Message, frozen=True):
    """Start with other data; keys that are left out stay."""

    data: Name | UnsetType = UNSET
    noise: Share | UnsetType = UNSET
    points: Many | UnsetType = UNSET
    train_share: TrainShare | UnsetType = UNSET


class Csv(_Message, frozen=True):
    """Start with the rows of a CSV file; the class is the named column, or the last."""

    text: Annotated[str, Meta(max_length=LONGEST + 1)]
    name: Name = "own.csv"
    target: Name = ""


class Reset(_Message, frozen=True):
    """Return to the same start, with a new history."""


class Reseed(_Message, frozen=True):
    """Start from another seed; from the next one if None."""

    seed: Seed | None = None


class Add(_Message, frozen=True):
    """Add a training point at a position in the picture."""

    u: float
    v: float
    label: Literal[-1, 1]


class Remove(_Message, frozen=True):
    """Remove a point by its row."""

    row: Index


class Look(_Message, frozen=True):
    """Choose what the page shows; keys that are left out stay."""

    mode: Literal["plane", "line"] | UnsetType = UNSET
    axes: tuple[Index, Index] | UnsetType | None = UNSET
    panels: Annotated[tuple[Panel, ...], Meta(max_length=3)] | UnsetType = UNSET
    knobs: tuple[Index, Index] | UnsetType = UNSET


class Probe(_Message, frozen=True):
    """Ask for the score and its slope at a position in the picture; None if the pointer left it."""

    u: float | None = None
    v: float | None = None


class Bookmark(_Message, frozen=True):
    """Save the present moment under a name."""

    name: Name


class Recall(_Message, frozen=True):
    """Go to a bookmark."""

    index: Index


class Switch(_Message, frozen=True):
    """Go to the end of another branch, which trades places with the present one."""

    branch: Index


class Compare(_Message, frozen=True):
    """Show another moment beside the present one; None ends the comparison."""

    at: Index | None = None


class Undo(_Message, frozen=True):
    """Undo the last change by the user."""


class Redo(_Message, frozen=True):
    """Redo the last change that was undone."""


class Lesson(_Message, frozen=True):
    """Set the page up for a step of the lecture; None leaves the lecture."""

    index: Index | None = None


class Open(_Message, frozen=True):
    """Restore the session that a link describes."""

    link: Annotated[str, Meta(max_length=280_000)]


class Export(_Message, frozen=True):
    """Ask for a file."""

    what: Literal["params", "script", "replay"]


class Ack(_Message, frozen=True):
    """Acknowledge the last frame: it was drawn, and the next may be sent."""


Change: TypeAlias = (
    Set
    | Play
    | Pause
    | Step
    | Seek
    | Tune
    | Build
    | Load
    | Csv
    | Reset
    | Reseed
    | Add
    | Remove
    | Look
    | Probe
    | Bookmark
    | Recall
    | Switch
    | Compare
    | Lesson
    | Open
)
"""The messages that change a session."""

Message: TypeAlias = Change | Undo | Redo | Export | Ack
"""All messages of a page."""
