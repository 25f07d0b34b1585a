"""The replay in a real Chromium, opened from a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.shell.replay import replay

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def page(browser: "Browser", tmp_path: Path) -> Iterator["Page"]:
    """A replay of 400 steps; it requests only its own file, and raises no errors."""
    path = tmp_path / "replay.html"
    path.write_text(
        replay(train(session_from_config(SessionConfig(learning_rate=0.05)), 400)), encoding="utf-8"
    )
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = context.new_page()
    errors, asked = list[str](), list[str]()
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda message: errors.append(message.text))
    found.on("request", lambda request: asked.append(request.url))
    found.goto(path.as_uri())
    found.wait_for_selector(".ml-knob")
    yield found
    context.close()
    assert not errors
    assert asked == [path.as_uri()]


def steps(page: "Page") -> int:
    return int(page.locator(".ml-steps").inner_text().split()[-1])


def test_plays_to_its_end(page: "Page") -> None:
    """Play runs through the moments and stops at the last; from there it starts again."""
    page.get_by_role("slider", name="Moment").fill("380")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".ml-steps")).to_have_text("step 400")
    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_be_visible()
    play.click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert steps(page) < 100


def test_goes_both_ways(page: "Page") -> None:
    """The arrow keys on the scrubber go to the next or the previous recorded moment."""
    page.get_by_role("slider", name="Moment").focus()
    seen = [steps(page)]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "End", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(steps(page))
    assert seen == [0, 5, 10, 5, 0, 400, 394]


def test_shows_the_knobs_of_each_moment(page: "Page") -> None:
    """Knobs follow the moments, and cannot be turned."""
    knob = page.get_by_role("slider", name="b", exact=True)
    before = knob.input_value()
    page.get_by_role("slider", name="Moment").fill("400")
    assert knob.input_value() != before
    expect(knob).to_be_disabled()
    for menu in page.get_by_role("combobox").all():
        expect(menu).to_be_disabled()
