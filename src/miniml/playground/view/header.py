"""What the page is told: the JSON head of a frame, one class a part."""

import msgspec

from miniml.playground.core.knobs import LeafSchema
from miniml.playground.core.session import Notice
from miniml.playground.core.session_config import SessionConfig


class Stats(msgspec.Struct, frozen=True):
    """Losses and counts of one part of the data; null stands for a number that is not finite."""

    points: int
    loss: float | None
    accuracy: float | None
    counts: tuple[int, int, int, int]


class Axes(msgspec.Struct, frozen=True):
    """The picture's extent and labels."""

    low: tuple[float, float]
    high: tuple[float, float]
    labels: tuple[str, str]
    features: tuple[str, ...]
    classes: tuple[str, str]


class ViewState(msgspec.Struct, frozen=True):
    """What is shown; see `View`."""

    mode: str
    axes: tuple[int, int] | None
    panels: tuple[str, ...]
    knobs: tuple[int, int]


class ProbeResult(msgspec.Struct, frozen=True):
    """The score and its slope under the pointer, in the picture's directions."""

    u: float
    v: float
    score: float | None
    slope: tuple[float | None, float | None]


class Bookmark(msgspec.Struct, frozen=True):
    """A moment kept by name, and its place in the present history if it lies there."""

    name: str
    at: int | None


class LessonText(msgspec.Struct, frozen=True):
    """One step of the lecture."""

    title: str
    says: str
    tries: str


class Menus(msgspec.Struct, frozen=True):
    """What the menus offer."""

    models: tuple[str, ...]
    data: dict[str, tuple[str, ...]]
    activations: tuple[str, ...]
    optimizers: tuple[str, ...]
    losses: tuple[str, ...]
    lessons: tuple[LessonText, ...]


class Section(msgspec.Struct, frozen=True):
    """Where an array lies in the body of a frame, in bytes from its start."""

    dtype: str
    offset: int
    length: int


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """The head of a frame. What the page has already is left out.

    Attributes:
        at: The index of the present moment.
        count: How many moments there are.
        step: Training steps made at the present moment.
        edited: The knob that was turned by hand to come here.
        playing: Whether training goes on.
        undo: Whether there is something to undo.
        redo: Whether there is something to redo.
        heard: How many messages this state already answers, so that a control that was moved
            since does not jump back.
        config: What was chosen.
        view: What is shown.
        train: Losses and counts of the points trained on.
        test: Losses and counts of the points held back.
        full_loss: The sum of the point losses trained on, as on the slides; null for a loss of one's own.
        scale: The score that the heat's colours end at.
        resolution: The heat's rows and columns.
        curve: The index of the first loss in this frame's curve.
        branches: The lengths of the branches that were left.
        bookmarks: The bookmarks.
        compared: The moment shown beside the present one.
        lesson: The step of the lecture.
        notice: Something to tell.
        probe: What is under the pointer.
        menus: What the menus offer; once.
        leaves: The knobs; when the model's structure changed.
        axes: The picture's extent; when it changed.
        surface: The ranges of the two knobs of the surface, and its resolution.
        link: The fragment of an address that brings all this back.
        file: The name and media type of the file in the section `file`.
        sections: Where the arrays lie.
    """

    at: int
    count: int
    step: int
    edited: str
    playing: bool
    undo: bool
    redo: bool
    answered: int
    config: SessionConfig
    view: ViewState
    train: Stats
    test: Stats
    full_loss: float | None
    scale: float
    resolution: int
    curve: int
    branches: tuple[int, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    compared: Bookmark | None = None
    lesson: int | None = None
    notice: Notice | None = None
    probe: ProbeResult | None = None
    menus: Menus | None = None
    leaves: tuple[LeafSchema, ...] | None = None
    axes: Axes | None = None
    surface: tuple[float, float, float, float, int] | None = None
    link: str | None = None
    file: tuple[str, str] | None = None
    sections: dict[str, Section] = {}
