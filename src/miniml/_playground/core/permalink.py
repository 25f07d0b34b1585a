"""The permalink: a session as the fragment of an address, and back."""

import base64
import binascii
import zlib
from typing import Annotated, Literal

import attrs
import msgspec
import numpy as np

from miniml._playground.core.creation import assemble, session_from_config
from miniml._playground.core.errors import RequestError
from miniml._playground.core.from_config import make_points
from miniml._playground.core.knobs import is_array, values, with_scalar
from miniml._playground.core.points import Points
from miniml._playground.core.restarts import with_view
from miniml._playground.core.session import Session, View
from miniml._playground.core.session_config import OWN, Name, SessionConfig
from miniml.nn.layers import Layer
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten
from miniml.types import Array

LARGEST = 2_000_000
"""The most bytes of a decompressed link."""

KNOBS = 2_000
"""The most parameters in a link; a larger model is restored at its initial values."""

NUMBERS = 20_000
"""The most coordinates of points in a link, whose address must stay short."""

WIDEST = 1_000
"""The most columns of such points."""

_Axis = Annotated[int, msgspec.Meta(ge=0)]


class LinkData(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The contents of a link.

    Attributes:
        config: The choices.
        values: The knobs, None for one that is not finite; empty for a large model.
        points: The rows of x; None if the points are those that the configuration draws.
        labels: The labels of these points.
        held: Which of them are test points.
        features: The names of their columns.
        classes: The names of their classes.
        mode: The mode of the picture.
        axes: The axes of the picture.
    """

    config: SessionConfig = msgspec.field(name="settings")  # the key of earlier links
    values: tuple[float | None, ...] = ()
    points: tuple[tuple[float, ...], ...] | None = None
    labels: tuple[float, ...] = ()
    held: tuple[bool, ...] = ()
    features: Annotated[tuple[Name, ...], msgspec.Meta(max_length=WIDEST)] = ()
    classes: tuple[Name, Name] = ("−1", "+1")
    mode: Literal["plane", "line"] = "plane"
    axes: tuple[_Axis, _Axis] | None = None


def encode_link(session: Session) -> str:
    """Encode the present moment for an address.

    Args:
        session: The session.

    Returns:
        The fragment, without its `#`.
    """
    points = session.points
    linked = LinkData(
        config=session.config,
        values=_values(session.params),
        mode=session.view.mode,
        axes=session.view.axes,
    )
    drawn = session.config.data != OWN and _as_drawn(session)
    rows: list[list[float]] = points.x.tolist()
    if not drawn and points.x.size <= NUMBERS and len(points.features) <= WIDEST:
        linked = msgspec.structs.replace(
            linked,
            points=tuple(tuple(row) for row in rows),
            labels=tuple(points.y.tolist()),
            held=tuple(points.held.tolist()),
            features=points.features,
            classes=points.classes,
        )
    packed = zlib.compress(msgspec.json.encode(linked), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def open_link(session: Session, link: str) -> Session:
    """Return the session that a link describes; the user's own inputs stay.

    Args:
        session: The session before.
        link: The fragment of an address.

    Returns:
        A session of one moment.

    Raises:
        RequestError: If the link is damaged, or needs a model or points that are not here.
    """
    linked = _read(link)
    inputs, config = session.inputs, linked.config
    if linked.points is not None:
        inputs = attrs.evolve(inputs, points=_points(linked))
        config = msgspec.structs.replace(config, data=OWN)
    opened = session_from_config(config, inputs)
    if linked.values:
        opened = assemble(config, inputs, opened.points, _with_values(opened, linked.values))
    if linked.axes is not None and max(linked.axes) >= len(opened.points.features):
        raise RequestError("The link is damaged: its axes do not exist.")
    return with_view(opened, View(mode=linked.mode, axes=linked.axes))


def _read(link: str) -> LinkData:
    try:
        packed = base64.b64decode(
            link.encode("ascii") + b"=" * (-len(link) % 4), b"-_", validate=True
        )
        unfold = zlib.decompressobj()
        text = unfold.decompress(packed, LARGEST)
        if unfold.unconsumed_tail or not unfold.eof:
            raise RequestError("The link is damaged, or too large.")
        return msgspec.json.decode(text, type=LinkData)
    except (binascii.Error, zlib.error, UnicodeEncodeError, msgspec.DecodeError):
        raise RequestError("The link is damaged: it cannot be read.") from None


def _as_drawn(session: Session) -> bool:
    """Return whether the points are those that the configuration draws."""
    drawn, points = make_points(session.config), session.points
    pairs = ((drawn.x, points.x), (drawn.y, points.y), (drawn.held, points.held))
    return all(np.array_equal(one, other) for one, other in pairs)


def _points(linked: LinkData) -> Points:
    rows = linked.points or ()
    width = len(rows[0]) if rows else 0
    names = linked.features or tuple(f"x{column + 1}" for column in range(width))
    even = bool(names) and all(len(row) == len(names) for row in rows)
    fits = len(linked.labels) == len(linked.held) == len(rows)
    if not even or not fits or not set(linked.labels) <= {-1.0, 1.0}:
        raise RequestError("The link is damaged: its points do not fit together.")
    return Points(
        np.array(rows, dtype=np.float64).reshape(-1, len(names)),
        np.array(linked.labels, dtype=np.float64),
        np.array(linked.held, dtype=np.bool_),
        names,
        linked.classes,
    )


def _values(model: Layer) -> tuple[float | None, ...]:
    """Return the knobs, None for those that are not finite; nothing if there are too many."""
    if sum(int(np.size(leaf)) for leaf in tree_leaves(model)) > KNOBS:
        return ()
    return tuple(value if np.isfinite(value) else None for value in values(model).tolist())


def _with_values(session: Session, knobs: tuple[float | None, ...]) -> Layer:
    leaves, structure = tree_flatten(session.params)
    if sum(int(np.size(leaf)) for leaf in leaves) != len(knobs):
        raise RequestError("The link is damaged: its parameters do not fit its model.")
    new, at = list[object](), 0
    for leaf in leaves:
        size = int(np.size(leaf))
        new.append(_like(leaf, np.array(knobs[at : at + size], dtype=np.float64)))
        at += size
    return tree_unflatten(structure, new)


def _like(leaf: object, part: Array) -> object:
    if is_array(leaf):
        return part.reshape(leaf.shape).astype(leaf.dtype)
    return with_scalar(leaf, 0, float(part[0]))
