"""Undo and redo: since sessions never change, keeping the earlier ones is all it takes."""

import attrs
from msgspec import UNSET

from miniml.playground.core import messages as m
from miniml.playground.core.creation import looking
from miniml.playground.core.session import Session
from miniml.playground.core.update import update

DEPTH = 200
"""How many steps back are kept; sessions share nearly everything, so they are light."""

_PASSING = (m.Pause, m.Probe, m.Look)
"""What is not worth undoing: it changes nothing that could be lost."""


@attrs.frozen(eq=False)
class UndoStack:
    """A session with the ones before and after it.

    Attributes:
        present: The present session.
        past: What undo goes back to, latest last.
        future: What redo goes on to, nearest last.
        last: The last message that changed it, so that one drag is one step back.
    """

    present: Session
    past: tuple[Session, ...] = ()
    future: tuple[Session, ...] = ()
    last: m.Message | None = None


def act(undo_stack: UndoStack, message: m.Change | m.Undo | m.Redo) -> UndoStack:
    """Apply a message to the present session.

    Args:
        undo_stack: The stack before.
        message: What the person did.

    Returns:
        The stack after.

    Raises:
        RequestError: If the message cannot be applied; the stack before is still valid.
    """
    match message:
        case m.Undo():
            if not undo_stack.past:
                raise m.RequestError("There is nothing to undo.")
            back = _still(undo_stack.past[-1], undo_stack.present)
            return UndoStack(back, undo_stack.past[:-1], (*undo_stack.future, undo_stack.present))
        case m.Redo():
            if not undo_stack.future:
                raise m.RequestError("There is nothing to redo.")
            on = _still(undo_stack.future[-1], undo_stack.present)
            return UndoStack(on, (*undo_stack.past, undo_stack.present), undo_stack.future[:-1])
        case _:
            after = update(undo_stack.present, message)
    if isinstance(message, _PASSING):
        return attrs.evolve(undo_stack, present=after)
    if _continues(undo_stack.last, message):
        return attrs.evolve(undo_stack, present=after, future=(), last=message)
    return UndoStack(after, (*undo_stack.past, undo_stack.present)[-DEPTH:], (), message)


def paused(undo_stack: UndoStack) -> UndoStack:
    """Return the stack with training paused."""
    return attrs.evolve(undo_stack, present=attrs.evolve(undo_stack.present, playing=False))


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
