"""What is kept of pages that are gone."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from miniml.playground.core import messages as m
from miniml.playground.core.desk import Desk, act
from miniml.playground.core.starting import start
from miniml.playground.shell import shelf as shelves
from miniml.playground.shell.shelf import KEPT, Left, Shelf


def run(visits: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run in a thread of its own: the tests' browser keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(visits())).result()


def test_a_tab_that_comes_back_finds_what_it_left() -> None:
    """What a page leaves under a key is there for the next page of that key, and for no other."""
    shelf = Shelf()
    left = Left(act(Desk(start()), m.Step(3)), "link")

    async def visit() -> None:
        assert await shelf.come("one") == "one"
        assert shelf.left("one") is None
        shelf.leave("one", left)
        assert await shelf.come("one") == "one"
        assert shelf.left("one") is left
        assert await shelf.come("two") == "two"
        assert shelf.left("two") is None

    run(visit)


def test_a_page_that_reloads_waits_for_itself() -> None:
    """A page that comes before the old one is gone gets what that one leaves."""
    shelf = Shelf()
    left = Left(Desk(start()))

    async def reload() -> None:
        await shelf.come("one")
        again = asyncio.create_task(shelf.come("one"))
        await asyncio.sleep(0.01)
        shelf.leave("one", left)
        assert await again == "one"
        assert shelf.left("one") is left

    run(reload)


def test_a_copied_tab_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages of one key do not share it: the second has none, and leaves nothing."""
    monkeypatch.setattr(shelves, "PATIENCE", 0.01)
    shelf = Shelf()

    async def copy() -> None:
        assert await shelf.come("one") == "one"
        assert await shelf.come("one") == ""
        shelf.leave("", Left(Desk(start())))
        assert shelf.left("") is None

    run(copy)


def test_the_oldest_goes_first() -> None:
    """No more is kept than there is room for."""
    shelf = Shelf()

    async def visits() -> None:
        for at in range(KEPT + 1):
            shelf.leave(await shelf.come(str(at)), Left(Desk(start())))

    run(visits)
    assert shelf.left("0") is None
    assert shelf.left("1") is not None
