"""A persistent sequence: appending is cheap, and so is keeping old versions."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

import attrs

T = TypeVar("T")

CHUNK = 256
"""The items of a sealed chunk: an append copies fewer than this, whatever the length."""


@attrs.frozen(eq=False)
class History(Generic[T]):
    """An immutable sequence, stored as sealed chunks of 256 items and a tail.

    Appending returns a new history that shares its sealed chunks with the old one, so 100,000
    moments with all earlier versions cost little more than one list.

    Attributes:
        chunks: The sealed chunks, each of 256 items.
        tail: The latest items, fewer than 256.

    Example:
        >>> history = History().extend(range(1000))
        >>> len(history), history[999], len(history.truncate(10))
        (1000, 999, 10)
    """

    chunks: tuple[tuple[T, ...], ...] = ()
    tail: tuple[T, ...] = ()

    def __len__(self) -> int:
        """Return the number of items."""
        return CHUNK * len(self.chunks) + len(self.tail)

    def __getitem__(self, index: int) -> T:
        """Return one item; negative indices count from the end."""
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"there is no moment {index}: the history holds {len(self)}")
        chunk, offset = divmod(at, CHUNK)
        return self.chunks[chunk][offset] if chunk < len(self.chunks) else self.tail[offset]

    def since(self, start: int) -> Iterator[T]:
        """Iterate from an index to the end, without visiting earlier items."""
        first, offset = divmod(min(start, len(self)), CHUNK)
        for chunk in (*islice(self.chunks, first, None), self.tail):
            yield from chunk[offset:]
            offset = 0

    def extend(self, items: Sequence[T]) -> "History[T]":
        """Return the history with more items at its end."""
        tail = (*self.tail, *items)
        if len(tail) < CHUNK:
            return History(self.chunks, tail)
        whole = len(tail) - len(tail) % CHUNK
        sealed = tuple(tail[at : at + CHUNK] for at in range(0, whole, CHUNK))
        return History(self.chunks + sealed, tail[whole:])

    def truncate(self, length: int) -> "History[T]":
        """Return the history of the first `length` items."""
        if length >= len(self):
            return self
        chunk, offset = divmod(length, CHUNK)
        source = self.chunks[chunk] if chunk < len(self.chunks) else self.tail
        return History(self.chunks[:chunk], source[:offset])


def shared_length(one: History[T], other: History[T]) -> int:
    """Return the length of the common prefix of two histories; items are compared by identity.

    Args:
        one: A history.
        other: Another history, such as a branch of the first.

    Returns:
        The number of items before the first difference.

    Example:
        >>> trunk = History().extend([object() for _ in range(300)])
        >>> shared_length(trunk, trunk.truncate(280).extend([object()]))
        280
    """
    if one is other:
        return len(one)
    chunks = 0
    for ours, theirs in zip(one.chunks, other.chunks, strict=False):
        if ours is not theirs:
            break
        chunks += 1
    count = CHUNK * chunks
    for mine, yours in zip(one.since(count), other.since(count), strict=False):
        if mine is not yours:
            break
        count += 1
    return count
