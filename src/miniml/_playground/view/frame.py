"""The frame: the bytes that bring a page up to date with a session."""

import attrs
import numpy as np

from miniml._playground.core.evaluation import point_losses, scores
from miniml._playground.core.history import History, shared_length
from miniml._playground.core.knobs import LeafSchema, schema, values
from miniml._playground.core.plane import Plane
from miniml._playground.core.points import Points
from miniml._playground.core.session import Moment, Notice, Session
from miniml._playground.view import summary
from miniml._playground.view.arrays import (
    FINEST,
    Arrays,
    ComparedKey,
    Quality,
    chosen_knobs,
    draw_compared,
    draw_landscape,
    draw_picture,
    gradient,
)
from miniml._playground.view.header import Header, ViewState
from miniml._playground.view.packing import compact, pack
from miniml.nn.point_losses import POINT_LOSSES

CURVE = np.linspace(-3.0, 3.0, 121)
"""The negated margins at which the point loss is drawn."""


@attrs.frozen(eq=False)
class ClientState:
    """What a page has received; a new page has nothing.

    Attributes:
        leaves: Its knobs.
        points: Its points.
        plane: Its plane.
        history: The history of its loss curve.
        loss: The name of the point loss whose curve it has.
        compared: The compared picture that it has.
    """

    leaves: tuple[LeafSchema, ...] | None = None
    points: Points | None = None
    plane: Plane | None = None
    history: History[Moment] = attrs.field(factory=History[Moment])
    loss: str = ""
    compared: ComparedKey | None = None


@attrs.frozen
class FrameExtras:
    """What a shell adds to a frame, beside the session.

    Attributes:
        undo: Whether there is a change to undo.
        redo: Whether there is a change to redo.
        answered: The number of messages that the frame answers.
        notice: A sentence for the user.
        link: The permalink.
        file: The name and media type of a file to save.
        payload: The contents of the file.
    """

    undo: bool = False
    redo: bool = False
    answered: int = 0
    notice: Notice | None = None
    link: str | None = None
    file: tuple[str, str] | None = None
    payload: bytes = b""


def frame(
    session: Session,
    client: ClientState,
    quality: Quality = FINEST,
    extras: FrameExtras = FrameExtras(),
) -> tuple[bytes, ClientState]:
    """Return the bytes that bring a page up to date.

    Args:
        session: The session to show.
        client: What the page has.
        quality: How much to compute.
        extras: What the shell adds.

    Returns:
        The frame, and what the page has once it has drawn it.
    """
    with np.errstate(all="ignore"):
        return _frame(session, client, quality, extras)


def _frame(
    session: Session, client: ClientState, quality: Quality, extras: FrameExtras
) -> tuple[bytes, ClientState]:
    points, plane, config = session.points, session.plane, session.config
    found = scores(session.params, points.x) if len(points.x) else np.zeros(0)
    losses = point_losses(session, found)
    slope, no_gradient = gradient(session)
    picture, scale, no_picture = draw_picture(session, quality)
    landscape, surface = draw_landscape(session, quality)
    compared = ComparedKey.of(session, quality)
    new_points = client.points is not points or client.plane is not plane
    start = shared_length(client.history, session.history)
    fresh = list(session.history.since(start))
    arrays: Arrays = {
        "values": values(session.params),
        "scores": compact(found),
        "losses": compact(losses),
        "train_curve": np.array([moment.loss for moment in fresh]),
        "test_curve": np.array([moment.test_loss for moment in fresh]),
        **picture,
        **landscape,
    }
    if slope is not None:
        arrays["gradient"] = compact(slope)
    if new_points:
        arrays["positions"] = plane.project(points.x)
        arrays["labels"] = points.y.astype(np.int8)
        arrays["held"] = points.held.astype(np.uint8)
    if client.loss != config.loss and config.loss in POINT_LOSSES:
        arrays["point_loss"] = POINT_LOSSES[config.loss](-CURVE, np.ones_like(CURVE))
    if session.compared and compared != client.compared:
        arrays |= draw_compared(session, session.compared.moment.params, quality)
    if extras.payload:
        arrays["file"] = np.frombuffer(extras.payload, np.uint8)
    leaves, view = schema(session.params), session.view
    header = Header(
        at=session.cursor,
        count=len(session.history),
        step=session.moment.step,
        edited=session.moment.edited,
        playing=session.playing,
        undo=extras.undo,
        redo=extras.redo,
        answered=extras.answered,
        config=config,
        view=ViewState(view.mode, view.axes, view.panels, chosen_knobs(session)),
        train=summary.stats(session, found, losses, test=False),
        test=summary.stats(session, found, losses, test=True),
        full_loss=summary.full_loss(session, losses),
        scale=scale,
        resolution=quality.resolution,
        curve=start,
        branches=tuple(map(len, session.branches)),
        bookmarks=tuple(summary.bookmark(session, saved) for saved in session.bookmarks),
        compared=summary.bookmark(session, session.compared) if session.compared else None,
        lesson=session.lesson,
        notice=extras.notice or session.notice or no_gradient or no_picture,
        probe=summary.probe_result(session),
        menus=summary.menus(session) if client.leaves is None else None,
        leaves=leaves if client.leaves != leaves else None,
        axes=summary.axes(session) if new_points else None,
        surface=surface,
        link=extras.link,
        file=extras.file,
    )
    now = ClientState(leaves, points, plane, session.history, config.loss, compared)
    return pack(header, arrays), now
