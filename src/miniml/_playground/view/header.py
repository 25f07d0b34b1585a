"""The JSON header of a frame: one class for each part."""

import msgspec

from miniml._playground.core.knobs import LeafSchema
from miniml._playground.core.session import Notice
from miniml._playground.core.session_config import SessionConfig


class Stats(msgspec.Struct, frozen=True):
    """Loss, accuracy and confusion matrix of the training or the test points; None if not finite."""

    points: int
    loss: float | None
    accuracy: float | None
    counts: tuple[int, int, int, int]


class Axes(msgspec.Struct, frozen=True):
    """The extent of the picture, and its labels."""

    low: tuple[float, float]
    high: tuple[float, float]
    labels: tuple[str, str]
    features: tuple[str, ...]
    classes: tuple[str, str]


class ViewState(msgspec.Struct, frozen=True):
    """The view; see `View`."""

    mode: str
    axes: tuple[int, int] | None
    panels: tuple[str, ...]
    knobs: tuple[int, int]


class ProbeResult(msgspec.Struct, frozen=True):
    """The score at the pointer, and its slope along the axes of the picture."""

    u: float
    v: float
    score: float | None
    slope: tuple[float | None, float | None]


class Bookmark(msgspec.Struct, frozen=True):
    """The name of a saved moment, and its index if the present history has it."""

    name: str
    at: int | None


class LessonText(msgspec.Struct, frozen=True):
    """The text of one step of the lecture."""

    title: str
    says: str
    tries: str


class Menus(msgspec.Struct, frozen=True):
    """The contents of the menus."""

    models: tuple[str, ...]
    data: dict[str, tuple[str, ...]]
    activations: tuple[str, ...]
    optimizers: tuple[str, ...]
    losses: tuple[str, ...]
    lessons: tuple[LessonText, ...]


class Section(msgspec.Struct, frozen=True):
    """The position of an array in the body of a frame: offset in bytes, length in elements."""

    dtype: str
    offset: int
    length: int


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """The header of a frame, without what the page has already.

    Attributes:
        at: The index of the present moment.
        count: The number of moments.
        step: The number of training steps at the present moment.
        edited: The knob that the user turned to get here.
        playing: Whether training runs.
        undo: Whether there is a change to undo.
        redo: Whether there is a change to redo.
        heard: How many messages this state already answers, so that a control that was moved
            since does not jump back.
        config: The choices.
        view: The view.
        train: Loss and outcomes of the training points.
        test: Loss and outcomes of the test points.
        full_loss: The sum of the training points' losses, as on the slides; None for a user's loss.
        scale: The score at the end of the heatmap's colours.
        resolution: The rows and columns of the heatmap.
        curve: The index of the first loss in this frame's part of the curve.
        branches: The lengths of the other branches.
        bookmarks: The bookmarks.
        compared: The moment shown beside the present one.
        lesson: The step of the lecture.
        notice: A sentence for the user.
        probe: The score at the pointer.
        menus: The contents of the menus; in the first frame.
        leaves: The knobs; if the model's structure changed.
        axes: The extent of the picture; if it changed.
        surface: The ranges of the two knobs of the loss surface, and its resolution.
        link: The permalink.
        file: The name and media type of the file in the section `file`.
        sections: The positions of the arrays.
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
