"""The sessions of pages that have closed, for the tab that comes back."""

import asyncio
from contextlib import suppress
from typing import Final

import attrs

from miniml._playground.core.undo_stack import UndoStack

KEPT: Final = 16
"""The number of sessions that are kept; the oldest is dropped first."""

PATIENCE: Final = 1.0
"""The seconds that a tab which reloads waits for its old page to close."""


@attrs.frozen(eq=False)
class StoredSession:
    """The session of a page that has closed.

    Attributes:
        undo_stack: The session, and those that undo and redo return to.
        link: The permalink in its address.
    """

    undo_stack: UndoStack
    link: str = ""


class SessionStore:
    """Keeps the sessions of closed pages under the keys of their tabs."""

    def __init__(self) -> None:
        self._stored: dict[str, StoredSession] = {}
        self._closed: dict[str, asyncio.Event] = {}

    async def acquire(self, key: str) -> str:
        """Acquire the key of a tab.

        Returns:
            The key; the empty string if an open page has it, as after a tab was duplicated.
        """
        if key in self._closed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed[key].wait(), PATIENCE)
        if not key or key in self._closed:
            return ""
        self._closed[key] = asyncio.Event()
        return key

    def get(self, key: str) -> StoredSession | None:
        """Return the session of the last page with this key."""
        return self._stored.get(key)

    def release(self, key: str, stored: StoredSession) -> None:
        """Store the session of a page that closes, and release its key."""
        if not key:
            return
        self._stored.pop(key, None)
        self._stored[key] = stored
        if len(self._stored) > KEPT:
            del self._stored[next(iter(self._stored))]
        self._closed.pop(key).set()
