"""Undo and redo: since sessions never change, keeping the earlier ones is all it takes."""

import attrs
from msgspec import UNSET

from miniml.playground.core import messages as m
from miniml.playground.core.session import Session
from miniml.playground.core.starting import looking
from miniml.playground.core.update import update

DEPTH = 200
"""How many steps back are kept; sessions share nearly everything, so they are light."""

_PASSING = (m.Pause, m.Probe, m.Look)
"""What is not worth undoing: it changes nothing that could be lost."""


@attrs.frozen(eq=False)
class Desk:
    """A session with the ones before and after it.

    Attributes:
        now: The present session.
        past: What undo goes back to, latest last.
        future: What redo goes on to, nearest last.
        last: The last message that changed it, so that one drag is one step back.
    """

    now: Session
    past: tuple[Session, ...] = ()
    future: tuple[Session, ...] = ()
    last: m.Message | None = None


def act(desk: Desk, message: m.Change | m.Undo | m.Redo) -> Desk:
    """Give the desk after a message.

    Args:
        desk: The desk before.
        message: What the person did.

    Returns:
        The desk after.

    Raises:
        Refused: If it cannot be done; the desk before still stands.
    """
    match message:
        case m.Undo():
            if not desk.past:
                raise m.Refused("There is nothing to undo.")
            back = _still(desk.past[-1], desk.now)
            return Desk(back, desk.past[:-1], (*desk.future, desk.now))
        case m.Redo():
            if not desk.future:
                raise m.Refused("There is nothing to redo.")
            on = _still(desk.future[-1], desk.now)
            return Desk(on, (*desk.past, desk.now), desk.future[:-1])
        case _:
            after = update(desk.now, message)
    if isinstance(message, _PASSING):
        return attrs.evolve(desk, now=after)
    if _continues(desk.last, message):
        return attrs.evolve(desk, now=after, future=(), last=message)
    return Desk(after, (*desk.past, desk.now)[-DEPTH:], (), message)


def paused(desk: Desk) -> Desk:
    """Give the desk with training paused."""
    return attrs.evolve(desk, now=attrs.evolve(desk.now, playing=False))


def _still(session: Session, now: Session) -> Session:
    """Give a session as it was, paused, and looked at as now where its points are of one kind."""
    still = attrs.evolve(session, playing=False, notice=None)
    return looking(still, now.view) if still.points.features == now.points.features else still


def _continues(last: m.Message | None, message: m.Change) -> bool:
    """Tell whether a message goes on with the drag of the one before."""
    match last, message:
        case m.Set(), m.Set():
            return (last.name, last.index) == (message.name, message.index)
        case m.Seek(), m.Seek():
            return True
        case m.Tune(), m.Tune():
            return _keys(last) == _keys(message)
        case _:
            return False


def _keys(message: m.Tune) -> tuple[str, ...]:
    return tuple(key for key in message.__struct_fields__ if getattr(message, key) is not UNSET)
