"""What the page may say: one frozen class a message, decoded strictly.

A message is a JSON object whose `type` names the class. Unknown types, unknown keys and values
of the wrong type are refused; nothing a page sends is ever run as code.
"""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from miniml.playground.core.session_config import (
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
"""The letters of the longest file; one more is let in, to be refused by name."""

Panel: TypeAlias = Literal["margin", "sweep", "surface"]


class _Message(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag=str.lower
):
    """The base of all messages: frozen, tagged by its lower-case name, strict."""


class Set(_Message, frozen=True):
    """Turn one knob: write a value at a flat index of a named leaf."""

    name: Name
    index: Index
    value: float


class Play(_Message, frozen=True):
    """Train until told otherwise."""


class Pause(_Message, frozen=True):
    """Stop training."""


class Step(_Message, frozen=True):
    """Make some training steps."""

    steps: Annotated[int, Meta(ge=1, le=1000)] = 1


class Seek(_Message, frozen=True):
    """Go to a moment of the history."""

    at: Index


class Tune(_Message, frozen=True):
    """Change how training goes, from here on; keys left out stay as they are."""

    loss: Name | UnsetType = UNSET
    optimizer: Name | UnsetType = UNSET
    learning_rate: LearningRate | UnsetType = msgspec.field(default=UNSET, name="rate")
    batch: Batch | UnsetType = UNSET
    speed: Speed | UnsetType = UNSET
    stop_step: Index | UnsetType | None = UNSET
    stop_loss: float | UnsetType | None = UNSET
    stop_accuracy: Share | UnsetType | None = UNSET


class Build(_Message, frozen=True):
    """Start over with another model; keys left out stay as they are."""

    model: Name | UnsetType = UNSET
    hidden: Widths | UnsetType = UNSET
    activations: Names | UnsetType = UNSET


class Load(_Message, frozen=True):
    """Start over with other data; keys left out stay as they are."""

    data: Name | UnsetType = UNSET
    noise: Share | UnsetType = UNSET
    points: Many | UnsetType = UNSET
    train_share: TrainShare | UnsetType = UNSET


class Csv(_Message, frozen=True):
    """Start over with the rows of a file; its last column is the class unless one is named."""

    text: Annotated[str, Meta(max_length=LONGEST + 1)]
    name: Name = "own.csv"
    target: Name = ""


class Reset(_Message, frozen=True):
    """Go back to the same start, with a new history."""


class Reseed(_Message, frozen=True):
    """Start over from another seed; the next one if none is given."""

    seed: Seed | None = None


class Add(_Message, frozen=True):
    """Add a training point at a place of the picture."""

    u: float
    v: float
    label: Literal[-1, 1]


class Remove(_Message, frozen=True):
    """Remove a point by its row."""

    row: Index


class Look(_Message, frozen=True):
    """Choose what is shown; keys left out stay as they are."""

    mode: Literal["plane", "line"] | UnsetType = UNSET
    axes: tuple[Index, Index] | UnsetType | None = UNSET
    panels: Annotated[tuple[Panel, ...], Meta(max_length=3)] | UnsetType = UNSET
    knobs: tuple[Index, Index] | UnsetType = UNSET


class Probe(_Message, frozen=True):
    """Ask for the score and its slope at a place of the picture; nothing where it left it."""

    u: float | None = None
    v: float | None = None


class Bookmark(_Message, frozen=True):
    """Remember this moment under a name."""

    name: Name


class Recall(_Message, frozen=True):
    """Go to a bookmark."""

    index: Index


class Switch(_Message, frozen=True):
    """Go to the end of an abandoned branch; the present one is kept in its place."""

    branch: Index


class Compare(_Message, frozen=True):
    """Show another moment beside the present one, or none."""

    at: Index | None = None


class Undo(_Message, frozen=True):
    """Take back the last thing done by hand."""


class Redo(_Message, frozen=True):
    """Do again what was taken back."""


class Lesson(_Message, frozen=True):
    """Set the page up for one step of the lecture, or leave the lecture."""

    index: Index | None = None


class Open(_Message, frozen=True):
    """Set everything up as a link describes it."""

    link: Annotated[str, Meta(max_length=280_000)]


class Export(_Message, frozen=True):
    """Ask for a file."""

    what: Literal["params", "script", "replay"]


class Ack(_Message, frozen=True):
    """Say that the last frame was drawn, so that the next may come."""


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
"""The messages that turn one session into another."""

Message: TypeAlias = Change | Undo | Redo | Export | Ack
"""Everything a page may say."""

_DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)

SHORT = 300_000
"""The largest message in bytes that is not a file."""


class RequestError(ValueError):
    """A request that cannot be met; its text is one sentence for the user."""


def decode(text: str | bytes) -> Message:
    """Read one message.

    Args:
        text: JSON, as it came from the page.

    Returns:
        The message.

    Raises:
        RequestError: If it is not exactly one of the known messages, or too long.

    Example:
        >>> decode('{"type": "seek", "at": 3}')
        Seek(at=3)
    """
    try:
        message = _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"The page sent a message that is not understood: {error}.") from None
    if len(text) > SHORT and not isinstance(message, Csv):
        raise RequestError(
            f"The page sent a message of {len(text)} bytes; at most {SHORT} are taken."
        )
    return message
