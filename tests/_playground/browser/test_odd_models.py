"""Unusual models and data in Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import miniml as ml
from tests._playground.conftest import fresh, served

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from miniml._playground.core.creation import new_session
from tests._playground.browser.test_page import drop, knob, notice, places


@ml.model
class Logarithm:
    """A model that raises unless b is positive."""

    b: float
    w: ml.Array

    def __call__(self, x: ml.Array) -> ml.Array:
        with np.errstate(invalid="ignore"):
            shift: float = np.log(self.b)
        return x @ self.w + shift


@ml.model
class Named:
    """A model with its parameters in a dict."""

    weights: dict[str, ml.Array]

    def __call__(self, x: ml.Array) -> ml.Array:
        total: ml.Array = sum(x @ w for w in self.weights.values())  # type: ignore[assignment]  # not 0
        return total


@contextmanager
def shown(browser: Browser, model: ml.models.Layer) -> Iterator[Page]:
    with np.errstate(all="ignore"):
        begin = new_session(model)
    with served(begin) as address, fresh(browser, address) as page:
        yield page


def test_a_line_is_probed_where_it_is_drawn(page: Page) -> None:
    """At any height of the pointer, the score is that of the line below it."""
    page.get_by_label("View").select_option("line")
    for height in (0.2, 0.9):
        page.locator(".ml-picture canvas").hover(position=places(page, 0.25, height))  # type: ignore[arg-type]
        expect(page.locator(".ml-pointer")).to_contain_text("x2 0.50")


def test_a_file_that_is_too_long(page: Page) -> None:
    """A file that is too long is refused, and the page keeps its history."""
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page.locator(".ml-steps")).to_have_text("step 1")
    drop(page, "a,b\n" + "1,0\n2,1\n" * 300_000)
    expect(notice(page)).to_contain_text("toy.csv has more than 2,000,000 characters")
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page.locator(".ml-steps")).to_have_text("step 2")


def test_the_loss_is_drawn_where_it_is_a_number(browser: Browser) -> None:
    """The loss along a parameter is drawn at the values for which it is a number."""
    with shown(browser, Logarithm(0.5, np.ones(2))) as page:
        canvas = page.get_by_role("img", name="Loss along one parameter")
        expect(canvas).to_be_visible()
        page.wait_for_function(
            """canvas => {
              const pixels = canvas.getContext("2d")
                .getImageData(canvas.width / 2, 0, canvas.width / 2, canvas.height - 24).data;
              let drawn = 0;
              for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) drawn += 1;
              return drawn > 250;
            }""",
            arg=canvas.element_handle(),
        )


def test_a_dot_in_a_key_is_no_node(browser: Browser) -> None:
    """A dict's key with a dot is one name, under its node."""
    with shown(browser, Named({"a.b": np.ones(2), "c": np.ones(2)})) as page:
        expect(page.locator(".ml-knobs summary")).to_have_text(["weights"])
        names = page.locator(".ml-knob-name").all_text_contents()
        assert names == ["'a.b'[0]", "'a.b'[1]", "c[0]", "c[1]"]


def test_a_long_name_leaves_room(browser: Browser) -> None:
    """A long name is cut, and does not cover a slider."""
    name = "a_parameter_of_a_name_that_goes_on_and_on_and_on"
    with shown(browser, Named({name: np.ones(2)})) as page:
        shown_name = page.locator(".ml-knob-name").first
        box, slider = shown_name.bounding_box(), knob(page, f"weights.{name}[0]").bounding_box()
        assert box is not None
        assert slider is not None
        assert box["x"] + box["width"] <= slider["x"]
        assert slider["width"] > 60
        assert shown_name.get_attribute("title") == f"weights.{name}[0]"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_not_a_number_is_crossed(browser: Browser) -> None:
    """A point without a score is marked as wrong, of either class."""
    with shown(browser, Logarithm(-1.0, np.ones(2))) as page:
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Picture (SVG)").click()
        assert download.value.path().read_text().count("l4 4") == 100


def test_an_arrow_key_turns_a_whole_number_by_one(browser: Browser) -> None:
    """An integer parameter changes by one."""

    @ml.model
    class Shifted:
        k: int

        def __call__(self, x: ml.Array) -> ml.Array:
            return x[:, 0] - self.k

    with shown(browser, Shifted(1)) as page:
        for key, wanted in (("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 0)):
            knob(page, "k").press(key)
            expect(knob(page, "k")).to_have_js_property("valueAsNumber", wanted)


def test_nothing_moves_with_the_pointer(page: Page) -> None:
    """The text about the pointer has its room, with or without a pointer."""
    page.set_viewport_size({"width": 1366, "height": 900})
    page.get_by_label("Data set").select_option("breast-cancer")
    expect(page.get_by_text("Training loss, 398 points")).to_be_visible()
    below = page.get_by_role("region", name="Loss over time")
    still = below.bounding_box()
    page.locator(".ml-picture canvas").hover(position=places(page, 0.4, 0.5))  # type: ignore[arg-type]
    expect(page.locator(".ml-pointer")).to_contain_text("m(x)")
    expect(page.locator(".ml-pointer")).to_contain_text("nearest point")
    assert below.bounding_box() == still
