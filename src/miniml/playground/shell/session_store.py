"""What the pages that are gone had before them, for the tab that comes back."""

import asyncio
from contextlib import suppress
from typing import Final

import attrs

from miniml.playground.core.undo_stack import UndoStack

KEPT: Final = 16
"""How many are kept; the oldest goes first."""

PATIENCE: Final = 1.0
"""How long a tab that loads its page again waits for the old page to be gone, in seconds."""


@attrs.frozen(eq=False)
class StoredSession:
    """What a page left behind.

    Attributes:
        desk: Its session, with all that undo goes back to.
        link: The link that stood in its address.
    """

    undo_stack: UndoStack
    link: str = ""


class SessionStore:
    """Keeps what pages leave under the keys of their tabs."""

    def __init__(self) -> None:
        self._left: dict[str, StoredSession] = {}
        self._going: dict[str, asyncio.Event] = {}

    async def acquire(self, key: str) -> str:
        """Claim a key.

        Args:
            key: The tab's.

        Returns:
            The key; nothing where another page has it and stays, as where a tab was copied.
        """
        if key in self._going:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._going[key].wait(), PATIENCE)
        if not key or key in self._going:
            return ""
        self._going[key] = asyncio.Event()
        return key

    def get(self, key: str) -> StoredSession | None:
        """Give what the last page under a key left."""
        return self._left.get(key)

    def release(self, key: str, left: StoredSession) -> None:
        """Keep what a page leaves, and give its key back."""
        if not key:
            return
        self._left.pop(key, None)
        self._left[key] = left
        if len(self._left) > KEPT:
            del self._left[next(iter(self._left))]
        self._going.pop(key).set()
