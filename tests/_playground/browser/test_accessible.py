"""Accessibility: axe-core, keyboard, zoom, dark mode, reduced motion."""

import pytest

from tests._playground.conftest import fresh

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']} ({fault['impact']}): {[node['html'] for node in fault['nodes']]}"
        for fault in found
    ]


def the_start(_: Page) -> None:
    pass


def a_network(page: Page) -> None:
    page.get_by_label("Model", exact=True).last.select_option("mlp")
    expect(page.get_by_role("searchbox")).to_be_visible()


def many_features(page: Page) -> None:
    page.get_by_label("Model", exact=True).last.select_option("linear")
    page.get_by_label("Data set").select_option("breast-cancer")
    page.get_by_label("Horizontal axis").select_option("2")
    expect(page.get_by_label("Vertical axis")).to_be_visible()


def the_lecture(page: Page) -> None:
    page.get_by_role("button", name="The lecture").click()
    expect(page.locator(".ml-lesson")).to_be_visible()
    expect(page.get_by_label("Data set")).to_have_value("simple")


def a_branch_a_mark_and_a_refusal(page: Page) -> None:
    for name in ("Step", "Step", "Bookmark", "Compare with this"):
        page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("slider", name="Moment").press("Home")
    page.get_by_role("slider", name="b", exact=True).press("ArrowRight")
    page.get_by_role("button", name="Branch 1").wait_for()
    page.get_by_label("at step").fill("0")
    page.get_by_label("at step").press("Enter")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".ml-notice")).to_be_visible()


def the_menu(page: Page) -> None:
    page.get_by_text("Export", exact=True).click()
    expect(page.get_by_role("button", name="Python script")).to_be_visible()


STATES = [
    the_start,
    a_network,
    many_features,
    the_lecture,
    a_branch_a_mark_and_a_refusal,
    the_menu,
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str) -> None:
    """axe-core finds no violation in any state of the page, light or dark."""
    with fresh(browser, address, color_scheme=scheme) as page:
        for state in STATES:
            state(page)
            assert violations(page) == [], state.__name__


def test_all_controls_are_reached_by_keyboard(page: Page) -> None:
    """Tab reaches every visible control, in the order of the page."""
    page.evaluate("document.body.focus()")
    expected = page.evaluate(
        "[...document.querySelectorAll('button, input, select, summary, [tabindex=\"0\"]')]"
        ".filter((e) => e.checkVisibility() && !e.disabled).length"
    )
    seen: set[str] = set()
    for _ in range(expected):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "[...document.querySelectorAll('*')].indexOf(document.activeElement).toString()"
            )
        )
    assert len(seen) == expected


def test_at_twice_the_size_nothing_is_cut(browser: Browser, address: str) -> None:
    """At 200 % zoom (half the width) the page scrolls vertically only."""
    for state in (the_start, a_network, the_lecture):
        with fresh(browser, address, viewport={"width": 640, "height": 450}) as page:
            state(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 640, state.__name__


def test_dark_mode_is_dark(browser: Browser, address: str) -> None:
    """The page, and its canvas, follow the dark mode."""
    shades: dict[str, float] = {}
    for scheme in ("light", "dark"):
        with fresh(browser, address, color_scheme=scheme) as page:
            painted = page.wait_for_function(
                """() => {
                  const canvas = document.querySelector('.ml-picture canvas');
                  const {width, height} = canvas;
                  const at = canvas.getContext('2d').getImageData(width / 2, height / 3, 1, 1);
                  return at.data[3] > 0 && {shade: at.data[0] + at.data[1] + at.data[2]};
                }"""
            )
            pixel = painted.json_value()["shade"]
            background = page.evaluate("getComputedStyle(document.body).backgroundColor")
            shades[scheme] = pixel
            assert (background == "rgb(20, 18, 27)") == (scheme == "dark")
    assert shades["dark"] < shades["light"] - 100


def test_reduced_motion_is_respected(browser: Browser, address: str) -> None:
    """With reduced motion there is no animation or transition."""
    with fresh(browser, address, reduced_motion="reduce") as page:
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter((e) => {"
            "const s = getComputedStyle(e);"
            "return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0;}).length"
        )
        assert moving == 0


def test_no_news_while_it_plays(page: Page) -> None:
    """No live region changes while training runs, so a screen reader stays silent."""
    page.evaluate(
        """() => {
          window.news = 0;
          for (const region of document.querySelectorAll('[aria-live], [role=status], output')) {
            new MutationObserver(() => { window.news += 1; })
              .observe(region, {subtree: true, childList: true, characterData: true});
          }
        }"""
    )
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        "() => parseInt(document.querySelector('.ml-steps').textContent.slice(5)) >= 10"
    )
    assert page.evaluate("window.news") == 0
