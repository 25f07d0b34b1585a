"""The sessions of closed pages."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from miniml._playground.core import messages as m
from miniml._playground.core.creation import session_from_config
from miniml._playground.core.undo_stack import UndoStack
from miniml._playground.shell import session_store
from miniml._playground.shell.session_store import KEPT, SessionStore, StoredSession


def run(visits: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run in another thread, since Playwright's event loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(visits())).result()


def test_a_tab_that_comes_back_finds_what_it_left() -> None:
    """A stored session is returned to the next page with its key, and to no other."""
    store = SessionStore()
    left = StoredSession(UndoStack(session_from_config()).apply(m.Step(3)), "link")

    async def visit() -> None:
        assert await store.acquire("one") == "one"
        assert store.get("one") is None
        store.release("one", left)
        assert await store.acquire("one") == "one"
        assert store.get("one") is left
        assert await store.acquire("two") == "two"
        assert store.get("two") is None

    run(visit)


def test_a_page_that_reloads_waits_for_itself() -> None:
    """A page that reloads before the old one has closed waits for its session."""
    store = SessionStore()
    left = StoredSession(UndoStack(session_from_config()))

    async def reload() -> None:
        await store.acquire("one")
        again = asyncio.create_task(store.acquire("one"))
        await asyncio.sleep(0)  # it waits now
        store.release("one", left)
        assert await again == "one"
        assert store.get("one") is left

    run(reload)


def test_a_copied_tab_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two open pages do not share a key: the second has none, and stores nothing."""
    monkeypatch.setattr(session_store, "PATIENCE", 0.01)
    store = SessionStore()

    async def copy() -> None:
        assert await store.acquire("one") == "one"
        assert await store.acquire("one") == ""
        store.release("", StoredSession(UndoStack(session_from_config())))
        assert store.get("") is None

    run(copy)


def test_the_oldest_goes_first() -> None:
    """Beyond the limit, the oldest session is dropped."""
    store = SessionStore()

    async def visits() -> None:
        for at in range(KEPT + 1):
            store.release(
                await store.acquire(str(at)), StoredSession(UndoStack(session_from_config()))
            )

    run(visits)
    assert store.get("0") is None
    assert store.get("1") is not None
