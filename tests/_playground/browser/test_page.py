"""The page in Chromium: knobs, training, picture, history."""

import re
from contextlib import ExitStack
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from tests._playground.conftest import fresh, served

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Locator, Page, expect

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session_config import SessionConfig

NUMBER = re.compile(r"-?[\d.]+")


def number(locator: Locator) -> float:
    text = locator.inner_text().replace("−", "-").replace(",", "")
    found = NUMBER.search(text)
    assert found, text
    return float(found.group())


def loss(page: Page) -> float:
    return number(page.locator(".ml-numbers dd").first)


def knob(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=f"{name}, number")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def notice(page: Page) -> Locator:
    return page.locator(".ml-notice")


def steps(page: Page) -> int:
    return int(number(page.locator(".ml-steps")))


def places(page: Page, u: float, v: float) -> dict[str, float]:
    """Return the pixel of the picture at a share of its width and height."""
    box = page.locator(".ml-picture canvas").bounding_box()
    assert box is not None
    return {
        "x": 44 + u * (box["width"] - 52),
        "y": 8 + (1 - v) * (box["height"] - 44),
    }


class TestKnobs:
    def test_arrow_keys_turn_a_knob(self, page: Page) -> None:
        """An arrow key on a slider changes the number beside it and the loss."""
        before = loss(page)
        knob(page, "b").focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        expect(field(page, "b")).to_have_value("-0.9")
        assert loss(page) != before

    def test_a_number_goes_beyond_the_range(self, page: Page) -> None:
        """A number typed beyond the slider's range widens it."""
        field(page, "w[0]").fill("7.5")
        field(page, "w[0]").press("Enter")
        expect(knob(page, "w[0]")).to_have_attribute("max", "10")
        expect(knob(page, "w[0]")).to_have_js_property("valueAsNumber", 7.5)

    def test_downhill_is_marked(self, page: Page) -> None:
        """The arrow under a knob points in the direction in which the loss falls."""
        arrow = page.locator(".ml-knob", has=knob(page, "b")).locator(".ml-downhill")
        expect(arrow).to_be_visible()
        before = loss(page)
        leftwards = "ml-left" in (arrow.get_attribute("class") or "")
        knob(page, "b").focus()
        page.keyboard.press("ArrowLeft" if leftwards else "ArrowRight")
        expect(field(page, "b")).not_to_have_value("-1")
        assert loss(page) < before

    def test_a_network_is_folded_and_searched(self, page: Page) -> None:
        """Many parameters are grouped by layer, folded, searched; matrices are heatmaps."""
        page.get_by_label("Model", exact=True).last.select_option("mlp")
        search = page.get_by_role("searchbox", name="Find a parameter")
        expect(search).to_be_visible()
        expect(page.locator(".ml-knobs details")).to_have_count(3)
        search.fill("layers.1.w")
        expect(page.locator(".ml-leaf:visible")).to_have_count(1)
        cells = page.get_by_role("application", name="layers.1.w")
        cells.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        expect(knob(page, "layers.1.w[1, 1]")).to_be_visible()
        search.fill("no such thing")
        expect(page.get_by_text("No parameter has that name.")).to_be_visible()


class TestTraining:
    def test_play_and_pause(self, page: Page) -> None:
        """Playing lowers the loss and moves the knobs; pausing stops."""
        before = loss(page)
        button(page, "Play").click()
        expect(page.locator(".ml-steps")).to_have_text(re.compile(r"step [1-9]\d"))
        button(page, "Pause").click()
        expect(button(page, "Play")).to_be_visible()
        assert loss(page) < before
        expect(field(page, "b")).not_to_have_value("-1")

    def test_step_and_reset(self, page: Page) -> None:
        """Step makes one step; reset returns to the same start."""
        before = loss(page)
        button(page, "Step").click()
        expect(page.locator(".ml-steps")).to_have_text("step 1")
        button(page, "Reset").click()
        expect(page.locator(".ml-steps")).to_have_text("step 0")
        assert loss(page) == before

    def test_a_new_seed_draws_anew(self, page: Page) -> None:
        """A new seed gives other parameters."""
        button(page, "New seed").click()
        expect(field(page, "w[0]")).not_to_have_value("1")

    def test_how_training_goes(self, page: Page) -> None:
        """Loss, optimiser, rate, batch and speed can be chosen while training is paused or runs."""
        page.get_by_label("Loss", exact=True).select_option("hinge_loss")
        page.get_by_label("Optimiser").last.select_option("momentum")
        page.get_by_label("Learning rate").select_option("0.03")
        page.get_by_label("Batch size").select_option("10")
        page.get_by_label("Speed").last.select_option("1000")
        button(page, "Play").click()
        expect(page.locator(".ml-steps")).to_have_text(re.compile(r"step \d{3}"))
        assert page.get_by_label("Optimiser").last.input_value() == "momentum"

    def test_a_stop_rule(self, page: Page) -> None:
        """Training pauses at the step of the stop rule, with a notice."""
        page.get_by_label("at step").fill("12")
        page.get_by_label("at step").press("Enter")
        page.get_by_label("Speed").last.select_option("100")
        button(page, "Play").click()
        expect(notice(page)).to_contain_text("Paused at step 12")
        assert steps(page) == 12

    def test_not_a_number_pauses(self, browser: Browser) -> None:
        """Divergence pauses training, with a notice that leads to the last good moment."""
        wild = SessionConfig(
            loss="squared_error", optimizer="sgd", learning_rate=900.0, speed=1000.0
        )
        with served(session_from_config(wild)) as address, fresh(browser, address) as page:
            button(page, "Play").click()
            expect(notice(page)).to_contain_text("stopped being finite")
            page.get_by_role("button", name="Go to the last good moment").click()
            expect(page.locator(".ml-numbers dd").first).to_have_text(re.compile(r"\d"))


class TestData:
    def test_sets_noise_points_and_share(self, page: Page) -> None:
        """The data are chosen, scattered, counted and divided on the page."""
        page.get_by_label("Data set").select_option("two-spirals")
        slider = page.get_by_role("slider", name="Points")
        slider.focus()
        page.keyboard.press("Home")
        expect(page.get_by_text("Training loss, 6 points")).to_be_visible()
        page.get_by_role("slider", name="Train share").focus()
        page.keyboard.press("End")
        expect(page.get_by_text("Training loss, 10 points")).to_be_visible()
        before = loss(page)
        page.get_by_role("slider", name="Noise").focus()
        page.keyboard.press("End")
        expect(page.locator(".ml-numbers dd").first).not_to_have_text(f"{before:.3f}")

    def test_clicks_add_and_remove(self, page: Page) -> None:
        """Click adds a +1, shift-click a -1, alt-click removes the nearest."""
        picture = page.locator(".ml-picture canvas")
        expect(page.get_by_text("Training loss, 70 points")).to_be_visible()
        picture.click(position=places(page, 0.95, 0.5))  # type: ignore[arg-type]
        expect(page.get_by_text("Training loss, 71 points")).to_be_visible()
        picture.click(position=places(page, 0.05, 0.99), modifiers=["Shift"])  # type: ignore[arg-type]
        expect(page.get_by_text("Training loss, 72 points")).to_be_visible()
        picture.click(position=places(page, 0.95, 0.5), modifiers=["Alt"])  # type: ignore[arg-type]
        expect(page.get_by_text("Training loss, 71 points")).to_be_visible()

    def test_points_by_keyboard(self, page: Page) -> None:
        """The picture can be used with the keyboard: move, add, remove."""
        page.locator(".ml-picture").focus()
        page.keyboard.press("Shift+ArrowRight")
        expect(page.locator(".ml-pointer")).to_contain_text("x1 0.60")
        page.keyboard.press("2")
        expect(page.get_by_text("Training loss, 71 points")).to_be_visible()
        page.keyboard.press("Delete")
        expect(page.get_by_text("Training loss, 70 points")).to_be_visible()

    def test_many_features(self, page: Page) -> None:
        """Data with thirty features are shown along principal components or two columns."""
        page.get_by_label("Data set").select_option("breast-cancer")
        first = page.get_by_label("Horizontal axis")
        expect(first).to_be_visible()
        assert first.input_value() == "pca"
        first.select_option(index=3)
        expect(page.get_by_label("Vertical axis")).to_be_visible()

    def test_a_line_view(self, page: Page) -> None:
        """The score can be shown along one axis."""
        page.get_by_label("View").select_option("line")
        page.locator(".ml-picture canvas").hover(position=places(page, 0.3, 0.5))  # type: ignore[arg-type]
        expect(page.locator(".ml-pointer")).to_contain_text("m(x)")

    def test_a_dropped_file(self, page: Page) -> None:
        """A CSV file dropped on the page becomes the data."""
        drop(page, "height,weight,kind\n" + "".join(f"1.{i},{i},{i % 2}\n" for i in range(20)))
        expect(page.get_by_label("Data set")).to_have_value("own")
        expect(page.get_by_text("Training loss, 14 points")).to_be_visible()

    def test_a_bad_file(self, page: Page) -> None:
        """A file that is not a table gives a notice, and the page continues."""
        drop(page, "a,b,kind\n1,x,0\n2,3,1\n")
        expect(notice(page)).to_contain_text("'x' is not a number")
        button(page, "Step").click()
        expect(page.locator(".ml-steps")).to_have_text("step 1")


def drop(page: Page, text: str) -> None:
    transfer = page.evaluate_handle(
        "text => { const t = new DataTransfer(); "
        "t.items.add(new File([text], 'toy.csv', {type: 'text/csv'})); return t; }",
        text,
    )
    page.dispatch_event(".ml-root", "drop", {"dataTransfer": transfer})


class TestHover:
    def test_the_score_and_its_slope(self, page: Page) -> None:
        """The lecture's line scores -0.3 at (0.5, 0.2), and its slope is (1, 1)."""
        page.locator(".ml-picture canvas").hover(position=places(page, 0.5, 0.2))  # type: ignore[arg-type]
        expect(page.locator(".ml-pointer")).to_contain_text(
            re.compile(r"x1 0\.50.*x2 0\.20.*m\(x\) −0\.[23]\d*.*\(1, 1\)", re.DOTALL)
        )


class TestTime:
    def test_the_past_branches(self, page: Page) -> None:
        """After an edit in the past, the future becomes a branch."""
        for _ in range(6):
            button(page, "Step").click()
        expect(page.locator(".ml-steps")).to_have_text("step 6")
        scrubber = page.get_by_role("slider", name="Moment")
        scrubber.focus()
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        expect(page.locator(".ml-steps")).to_have_text("step 2")
        field(page, "b").fill("0.5")
        field(page, "b").press("Enter")
        button(page, "Branch 1").click()
        expect(page.locator(".ml-steps")).to_have_text("step 6")

    def test_undo_and_redo(self, page: Page) -> None:
        """Undo and redo work by button and by keyboard."""
        field(page, "b").fill("0.5")
        field(page, "b").press("Enter")
        page.get_by_label("Data set").select_option("xor")
        expect(button(page, "Undo")).to_be_enabled()
        button(page, "Undo").click()
        expect(page.get_by_label("Data set")).to_have_value("simple")
        knob(page, "b").focus()
        page.keyboard.press("Control+z")
        expect(field(page, "b")).to_have_value("-1")
        button(page, "Redo").click()
        expect(field(page, "b")).to_have_value("0.5")

    def test_bookmarks_and_comparison(self, page: Page) -> None:
        """A bookmark leads back; a compared moment is shown beside the present one."""
        button(page, "Bookmark").click()
        button(page, "Compare with this").click()
        expect(button(page, "Stop comparing with moment 0")).to_be_visible()
        button(page, "Step").click()
        expect(page.locator(".ml-ghost").first).to_be_visible()
        page.get_by_label("Bookmarks").select_option(index=1)
        expect(page.locator(".ml-steps")).to_have_text("step 0")

    def test_hover_on_the_curve(self, page: Page) -> None:
        """The loss curve shows the loss at the pointer."""
        first = loss(page)
        for _ in range(3):
            button(page, "Step").click()
        expect(page.locator(".ml-where")).to_contain_text("3 of 3")
        page.locator(".ml-time canvas").hover(position={"x": 50, "y": 40})
        expect(page.locator(".ml-where")).to_contain_text("0 of 3")
        expect(page.locator(".ml-legend")).to_contain_text(f"training {first:.3f}"[:-1])

    def test_a_link_brings_it_back(self, page: Page, browser: Browser) -> None:
        """The address has the state: in another page it shows the same model and loss."""
        field(page, "w[1]").fill("-0.3")
        field(page, "w[1]").press("Enter")
        page.locator(".ml-picture canvas").click(position=places(page, 0.9, 0.1))  # type: ignore[arg-type]
        expect(page.get_by_text("Training loss, 71 points")).to_be_visible()
        page.wait_for_function("() => location.hash.length > 1000")  # it has the points
        seen = loss(page)
        with fresh(browser, page.url) as other:
            expect(field(other, "w[1]")).to_have_value("-0.3")
            expect(other.get_by_text("Training loss, 71 points")).to_be_visible()
            assert loss(other) == seen

    def test_a_reload_loses_nothing(self, page: Page) -> None:
        """After a reload during training, the page is paused and has its history and undo."""
        field(page, "b").fill("0.5")
        field(page, "b").press("Enter")
        button(page, "Bookmark").click()
        button(page, "Play").click()
        expect(page.locator(".ml-steps")).to_have_text(re.compile(r"step [2-9]\d"))
        page.reload()
        expect(button(page, "Play")).to_be_visible()
        assert steps(page) >= 20
        assert number(page.locator(".ml-where")) == steps(page) + 1
        expect(page.get_by_label("Bookmarks")).to_be_visible()
        button(page, "Undo").click()
        expect(field(page, "b")).to_have_value("0.5")
        expect(page.locator(".ml-steps")).to_have_text("step 0")


class TestLecture:
    def test_every_step_sets_the_page_up(self, page: Page) -> None:
        """The lecture leads to its end, with a title for each step."""
        button(page, "The lecture").click()
        titles: list[str] = []
        for at in range(1, 9):
            expect(page.locator(".ml-count")).to_have_text(f"{at} of 8")
            titles.append(page.locator(".ml-lesson h2").inner_text())
            if at < 8:
                button(page, "Next").click()
        assert len(set(titles)) == 8
        expect(button(page, "Next")).to_be_disabled()
        button(page, "Step").click()
        expect(field(page, "b")).to_have_value("0")
        button(page, "Leave the lecture").click()
        expect(page.locator(".ml-lesson")).to_be_hidden()


class TestTakeAway:
    def test_the_picture_as_a_file(self, page: Page) -> None:
        """The picture is saved as SVG, with a mark for each point, and as PNG."""
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as waiting:
            button(page, "Picture (SVG)").click()
        svg = ET.parse(waiting.value.path()).getroot()
        paths = [path.get("d") or "" for path in svg.iter("{http://www.w3.org/2000/svg}path")]
        assert sum(path.count("Z") for path in paths) >= 100
        assert any(image.get("href", "").startswith("data:") for image in svg.iter())
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as waiting:
            button(page, "Picture (PNG)").click()
        png = waiting.value.path().read_bytes()
        assert png.startswith(b"\x89PNG")
        assert len(png) > 20_000

    def test_parameters_as_a_file(self, page: Page) -> None:
        """The present parameters are saved as safetensors."""
        load = pytest.importorskip("safetensors.numpy").load
        field(page, "b").fill("0.125")
        field(page, "b").press("Enter")
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as waiting:
            button(page, "Parameters (safetensors)").click()
        leaves = load(waiting.value.path().read_bytes())
        assert leaves["b"] == 0.125
        assert leaves["w"].tolist() == [1.0, 1.0]


class TestServer:
    def test_nothing_is_asked_of_other_hosts(self, browser: Browser, address: str) -> None:
        """The page sends requests only to its own server."""
        context = browser.new_context()
        page = context.new_page()
        hosts: list[str] = []
        page.on("request", lambda request: hosts.append(urlsplit(request.url).netloc))
        page.goto(address)
        page.wait_for_selector(".ml-knob")
        button(page, "The lecture").click()
        expect(page.get_by_text("1 of 8", exact=True)).to_be_visible()
        context.close()
        assert set(hosts) == {urlsplit(address).netloc}
        assert len(hosts) >= 3

    def test_a_server_that_ends_is_told(self, browser: Browser) -> None:
        """If the server stops, the page says so, and what to do."""
        with ExitStack() as stack:
            with served() as address:
                page = stack.enter_context(fresh(browser, address))
            expect(notice(page)).to_contain_text("The playground has stopped")
