"""Undo and redo: sessions are immutable, so a stack of earlier sessions is enough."""

import attrs
from msgspec import UNSET

from miniml._playground.core import messages as m
from miniml._playground.core.errors import RequestError
from miniml._playground.core.restarts import with_view
from miniml._playground.core.session import Session
from miniml._playground.core.update import update

DEPTH = 200
"""The most changes that can be undone; sessions share most of their memory."""

_NOT_UNDONE = (m.Pause, m.Probe, m.Look)
"""Messages that lose nothing, so that undo skips them."""


@attrs.frozen(eq=False)
class UndoStack:
    """A session with those before and after it.

    Attributes:
        present: The present session.
        past: The sessions that undo returns to, latest last.
        future: The sessions that redo returns to, nearest last.
        last: The last message that changed it, so that one drag is one change.
    """

    present: Session
    past: tuple[Session, ...] = ()
    future: tuple[Session, ...] = ()
    last: m.Message | None = None

    def apply(self, message: m.Change | m.Undo | m.Redo) -> "UndoStack":
        """Return the stack after a message.

        Raises:
            RequestError: If the message cannot be applied; this stack is still valid.
        """
        match message:
            case m.Undo():
                return self._undo()
            case m.Redo():
                return self._redo()
            case _:
                after = update(self.present, message)
        if isinstance(message, _NOT_UNDONE):
            return attrs.evolve(self, present=after)
        if _continues(self.last, message):
            return attrs.evolve(self, present=after, future=(), last=message)
        return UndoStack(after, (*self.past, self.present)[-DEPTH:], (), message)

    def paused(self) -> "UndoStack":
        """Return the stack with training paused."""
        return attrs.evolve(self, present=attrs.evolve(self.present, playing=False))

    def _undo(self) -> "UndoStack":
        if not self.past:
            raise RequestError("There is nothing to undo.")
        before = _restored(self.past[-1], self.present)
        return UndoStack(before, self.past[:-1], (*self.future, self.present))

    def _redo(self) -> "UndoStack":
        if not self.future:
            raise RequestError("There is nothing to redo.")
        after = _restored(self.future[-1], self.present)
        return UndoStack(after, (*self.past, self.present), self.future[:-1])


def _restored(session: Session, now: Session) -> Session:
    """Return a session paused, with the present view if its points have the same features."""
    paused = attrs.evolve(session, playing=False, notice=None)
    same = paused.points.features == now.points.features
    return with_view(paused, now.view) if same else paused


def _continues(last: m.Message | None, message: m.Change) -> bool:
    """Return whether a message continues the drag of the one before."""
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
