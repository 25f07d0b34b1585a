"""A session as the fragment of an address, and back."""

import base64
import binascii
import zlib
from typing import Annotated, Literal

import attrs
import msgspec
import numpy as np

from miniml.models import Layer
from miniml.playground.catalogue import make_points
from miniml.playground.knobs import is_array, values
from miniml.playground.messages import Refused
from miniml.playground.plane import plane_of
from miniml.playground.points import Points
from miniml.playground.session import Session, View
from miniml.playground.settings import OWN, Settings
from miniml.playground.starting import begin, start
from miniml.tree import tree_flatten, tree_unflatten
from miniml.types import Array

LARGEST = 2_000_000
"""The most bytes that a link may unfold to."""

KNOBS = 2_000
"""Models of more parameters are brought back at their start, not where they were."""

_Axis = Annotated[int, msgspec.Meta(ge=0)]


class Linked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a link holds.

    Attributes:
        settings: What was chosen.
        values: The knobs; nothing for a large model.
        points: The points, where they are not just as the settings draw them: rows of x.
        labels: Their labels.
        held: Which of them are held back.
        view: The picture's mode and axes.
    """

    settings: Settings
    values: tuple[float, ...] = ()
    points: tuple[tuple[float, ...], ...] = ()
    labels: tuple[float, ...] = ()
    held: tuple[bool, ...] = ()
    mode: Literal["plane", "line"] = "plane"
    axes: tuple[_Axis, _Axis] | None = None


def link_to(session: Session) -> str:
    """Describe the present moment in letters that an address may hold.

    Args:
        session: The session.

    Returns:
        The fragment, without its `#`.
    """
    knobs = values(session.params)
    points = session.points
    drawn = session.settings.data != OWN and _as_drawn(session)
    linked = Linked(
        settings=session.settings,
        values=tuple(knobs.tolist()) if len(knobs) <= KNOBS else (),
        points=() if drawn or points.x.size > 20_000 else tuple(map(tuple, points.x.tolist())),
        labels=() if drawn or points.x.size > 20_000 else tuple(points.y.tolist()),
        held=() if drawn or points.x.size > 20_000 else tuple(points.held.tolist()),
        mode=session.view.mode,
        axes=session.view.axes,
    )
    packed = zlib.compress(msgspec.json.encode(linked), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def follow(session: Session, link: str) -> Session:
    """Begin as a link describes it; what the script brought along stays.

    Args:
        session: The session before.
        link: The fragment of an address.

    Returns:
        A session of one moment.

    Raises:
        Refused: If the link is damaged, or asks for what is not here.
    """
    linked = _read(link)
    origin = session.origin
    if linked.points:
        origin = attrs.evolve(origin, points=_points(linked))
        settings = msgspec.structs.replace(linked.settings, data=OWN)
    else:
        settings = linked.settings
    begun = start(origin, settings)
    if linked.values:
        begun = begin(origin, settings, begun.points, _with_values(begun, linked.values))
    view = View(mode=linked.mode, axes=linked.axes)
    if view.axes is not None and max(view.axes) >= len(begun.points.features):
        raise Refused("The link is damaged: its axes do not exist.")
    return attrs.evolve(begun, view=view, plane=plane_of(begun.points, view.axes))


def _read(link: str) -> Linked:
    try:
        packed = base64.b64decode(
            link.encode("ascii") + b"=" * (-len(link) % 4), b"-_", validate=True
        )
        unfold = zlib.decompressobj()
        text = unfold.decompress(packed, LARGEST)
        if unfold.unconsumed_tail or not unfold.eof:
            raise Refused("The link is damaged, or too large.")
        return msgspec.json.decode(text, type=Linked)
    except (binascii.Error, zlib.error, UnicodeEncodeError, msgspec.DecodeError):
        raise Refused("The link is damaged: it cannot be read.") from None


def _as_drawn(session: Session) -> bool:
    """Tell whether the points are just as the settings draw them."""
    drawn, points = make_points(session.settings), session.points
    return np.array_equal(drawn.x, points.x) and np.array_equal(drawn.held, points.held)


def _points(linked: Linked) -> Points:
    even = len({len(row) for row in linked.points}) == 1
    fits = len(linked.labels) == len(linked.held) == len(linked.points)
    if not even or not fits or not set(linked.labels) <= {-1.0, 1.0}:
        raise Refused("The link is damaged: its points do not fit together.")
    x = np.array(linked.points, dtype=np.float64)
    names = tuple(f"x{column + 1}" for column in range(x.shape[1]))
    return Points(x, np.array(linked.labels), np.array(linked.held), names)


def _with_values(session: Session, knobs: tuple[float, ...]) -> Layer:
    leaves, structure = tree_flatten(session.params)
    if sum(int(np.size(leaf)) for leaf in leaves) != len(knobs):
        raise Refused("The link is damaged: its parameters do not fit its model.")
    new, at = list[object](), 0
    for leaf in leaves:
        size = int(np.size(leaf))
        new.append(_like(leaf, np.array(knobs[at : at + size])))
        at += size
    return tree_unflatten(structure, new)


def _like(leaf: object, part: Array) -> object:
    return part.reshape(leaf.shape).astype(leaf.dtype) if is_array(leaf) else float(part[0])
