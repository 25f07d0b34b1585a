"""The widget's view in Chromium, in a page that replaces a notebook.

It is put where notebooks put it: into an element (JupyterLab) and into a shadow tree (marimo).
"""

import base64
import queue
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

import miniml as ml

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STATIC = files("miniml._playground") / "static"

MOUNT = """async ([code, style, shadow]) => {
  const handlers = { "msg:custom": [], comm_live_update: [] };
  window.stopped = false;
  const model = {
    send: (content) => {
      if (window.stopped) throw new Error("Cannot send");
      window.toKernel(content);
    },
    on: (event, handler) => handlers[event].push(handler),
    off: () => undefined,
  };
  window.kernelTurned = () => {
    for (const handler of handlers.comm_live_update) handler();
  };
  window.fromKernel = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    // Some notebooks give a view into the middle of a larger buffer.
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    for (const handler of handlers["msg:custom"]) handler({}, [new DataView(larger.buffer, 3)]);
  };
  const host = document.body.appendChild(document.createElement("div"));
  const root = shadow ? host.attachShadow({ mode: "open" }) : host;
  root.appendChild(document.createElement("style")).textContent = style;
  const el = document.createElement("div");
  const view = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  window.unmount = view.default.render({ model, el });
  if (shadow) root.appendChild(el);
  // JupyterLab puts the element into its page only later.
  else window.setTimeout(() => root.appendChild(el), 300);
}"""


class Kernel:
    """A widget joined to a page; Playwright needs all calls in one thread."""

    def __init__(self, page: "Page", widget: Any) -> None:
        self.page, self.widget = page, widget
        self.frames: queue.Queue[bytes] = queue.Queue()

    def until(self, met: Callable[[], bool], seconds: float = 10.0) -> None:
        """Pass frames on until a condition holds."""
        end = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < end
            try:
                frame = base64.b64encode(self.frames.get(timeout=0.05)).decode()
            except queue.Empty:
                self.page.evaluate("0")  # lets the page's messages through
            else:
                self.page.evaluate("(text) => window.fromKernel(text)", frame)


@pytest.fixture(params=["element", "shadow tree"])
def kernel(
    request: pytest.FixtureRequest, browser: "Browser", monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kernel]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    page = context.new_page()
    widget: Any = ml.widget(ml.Linear(np.array([1.0, 1.0]), -1.0))
    kernel = Kernel(page, widget)
    monkeypatch.setattr(widget, "send", lambda _, buffers: kernel.frames.put(buffers[0]))
    page.expose_function("toKernel", lambda content: widget._handle_custom_msg(content, []))
    code, style = [(STATIC / f"view.{kind}").read_text("utf-8") for kind in ("js", "css")]
    page.evaluate(MOUNT, [code, style, request.param == "shadow tree"])
    kernel.until(lambda: page.locator(".ml-knob").count() == 3)
    yield kernel
    widget.close()
    context.close()


def steps(page: "Page") -> int:
    return int(page.locator(".ml-steps").inner_text().split()[-1])


def test_trains_and_turns(kernel: Kernel) -> None:
    """Play trains the widget's model, and a knob turns it."""
    page = kernel.page
    page.get_by_role("button", name="Play", exact=True).click()
    kernel.until(lambda: steps(page) > 5)
    page.get_by_role("button", name="Pause", exact=True).click()
    field = page.get_by_role("spinbutton", name="b, number")
    field.fill("0.25")
    field.press("Enter")
    kernel.until(lambda: ml.named_leaves(kernel.widget.model)["b"] == 0.25)


def test_a_number_being_typed_is_left_alone(kernel: Kernel) -> None:
    """Frames do not overwrite a knob's number while it is edited."""
    page = kernel.page
    page.get_by_role("button", name="Play", exact=True).click()
    field = page.get_by_role("spinbutton", name="b, number")
    field.fill("12")
    before = steps(page)
    kernel.until(lambda: steps(page) > before + 5)
    expect(field).to_have_value("12")


def test_files_can_be_taken_away(kernel: Kernel) -> None:
    """The export menu works in a shadow tree."""
    page = kernel.page
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Python script").click()
        kernel.until(download.is_done)
    assert download.value.suggested_filename == "model.py"


def test_has_its_colours(kernel: Kernel) -> None:
    """The picture has its colours, also if the view was made before it was in the page."""
    page = kernel.page
    expect(page.locator(".ml-picture canvas")).to_be_visible()
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (SVG)").click()
    assert 'fill="#' in download.value.path().read_text()
    assert 'fill=""' not in download.value.path().read_text()


def test_is_as_dark_as_the_notebook(kernel: Kernel) -> None:
    """JupyterLab's dark theme makes the view dark, whatever the system's theme."""
    page = kernel.page
    root = page.locator(".ml-root")
    expect(root).not_to_have_attribute("data-dark", "")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(root).to_have_attribute("data-dark", "")


def test_goes_when_its_cell_is_cleared(kernel: Kernel) -> None:
    """Clearing the output removes the view and keeps the model."""
    kernel.page.evaluate("window.unmount()")
    expect(kernel.page.locator(".ml-root")).to_have_count(0)
    assert ml.named_leaves(kernel.widget.model)["b"] == -1.0


def test_offers_no_link(kernel: Kernel) -> None:
    """No link is offered, since the address is that of the notebook."""
    kernel.page.get_by_text("Export", exact=True).click()
    expect(kernel.page.get_by_role("button", name="Python script")).to_be_visible()
    expect(kernel.page.get_by_role("button", name="Copy the link")).to_have_count(0)


def test_says_that_the_kernel_has_gone(kernel: Kernel) -> None:
    """If the kernel has ended, the view says so, at once or on use; a kernel that answers is used."""
    page, notice = kernel.page, kernel.page.locator(".ml-notice")
    page.evaluate("window.stopped = true; window.kernelTurned()")
    expect(notice).to_contain_text("The kernel has stopped")
    page.emulate_media(color_scheme="dark")
    expect(notice).to_contain_text("The kernel has stopped")
    page.evaluate("window.stopped = false; window.kernelTurned()")
    kernel.until(lambda: not notice.is_visible())
    page.evaluate("window.stopped = true")
    # An acknowledgement that was due may have noticed already, and then nothing can be clicked.
    page.get_by_role("button", name="Step", exact=True).dispatch_event("click")
    expect(notice).to_contain_text("The kernel has stopped")


def test_says_that_no_kernel_answers(browser: "Browser") -> None:
    """A view without a kernel, as in a notebook that was opened later, says so."""
    page = browser.new_page()
    page.expose_function("toKernel", lambda _: None)
    code, style = [(STATIC / f"view.{kind}").read_text("utf-8") for kind in ("js", "css")]
    page.evaluate(MOUNT, [code, style, False])
    expect(page.locator(".ml-notice")).to_contain_text("The kernel does not answer")
    page.close()
