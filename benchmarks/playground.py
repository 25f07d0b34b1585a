"""Measure the cost of the playground in a headless Chromium.

Run it from the checkout, on an otherwise idle machine:

    PYTHONPATH=src python benchmarks/playground.py [--seconds 8]

The model is an MLP 2-16-16-1 on 200 points, with five training steps a frame and all panels open.
A frame counts as drawn, and a key press as answered, in the task after the browser has painted:
the page reports a frame inside an animation frame, and the time is taken in the task after it.
"""

import argparse
import gzip
import multiprocessing
import os
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session import Session
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.shell.server import opened

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = "/usr/bin/chromium"

WATCH = """
window.drawn = [];
window.came = [];
window.pressed = [];
const Native = window.WebSocket;
window.WebSocket = class extends Native {
  constructor(...options) {
    super(...options);
    this.addEventListener("message", ({ data }) => window.came.push(data.byteLength));
  }
  send(text) {
    super.send(text);
    if (!text.includes('"ack"')) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.drawn.push(performance.now());
    port2.postMessage(0);
  }
};
addEventListener("keydown", (event) => window.pressed.push(event.timeStamp), true);
"""


class Row(NamedTuple):
    """One line of the table."""

    what: str
    wanted: str
    measured: str
    met: bool


def trained(moments: int) -> Session:
    """Train until the history holds the given number of moments."""
    config = SessionConfig(
        model="mlp",
        hidden=(16, 16),
        data="two-spirals",
        points=200,
        speed=100.0,
        optimizer="sgd",
        learning_rate=0.03,
    )
    session = session_from_config(config)
    while len(session.history) < moments:
        session = train(session, min(1000, moments - len(session.history)))
    return session


def serve(connection: Connection, moments: int) -> None:
    """Serve one session from a separate process, whose cost can be measured alone."""
    session = trained(moments)
    with opened(session) as (address, server, listening):
        connection.send(address)
        server.run(sockets=[listening])


@contextmanager
def serving(moments: int = 1) -> Iterator[tuple[str, int]]:
    """Yield the address of a server, and its process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, moments))
    process.start()
    try:
        yield ours.recv(), process.pid or 0
    finally:
        process.terminate()
        process.join()


@contextmanager
def showing(browser: Browser, address: str) -> Iterator[Page]:
    """Open a page and wait until it is idle."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_selector(".ml-matrix")
    rest(page)
    yield page
    context.close()


def rest(page: Page) -> None:
    """Wait until no frame has come for a while."""
    while page.evaluate("performance.now() - (window.drawn.at(-1) ?? 0)") < 400:
        page.wait_for_timeout(50)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def drawn_per_second(pages: list[Page], seconds: float) -> list[float]:
    """Count the frames that pages draw while they train."""
    for page in pages:
        press(page, "Play")
    pages[0].wait_for_timeout(1000)
    began = [page.evaluate("[window.drawn.length, performance.now()]") for page in pages]
    pages[0].wait_for_timeout(1000 * seconds)
    ended = [page.evaluate("[window.drawn.length, performance.now()]") for page in pages]
    for page in pages:
        press(page, "Pause")
    return [
        1000 * (late[0] - early[0]) / (late[1] - early[1])
        for early, late in zip(began, ended, strict=True)
    ]


def slider_to_pixels(page: Page, presses: int = 60) -> list[float]:
    """Press arrow keys on a slider, and return the milliseconds to the paint of the next frame."""
    slider = page.locator(".ml-knob input[type=range]").first
    slider.focus()
    waits: list[float] = []
    for at in range(presses):
        rest(page)
        before = page.evaluate("window.drawn.length")
        page.keyboard.press("ArrowRight" if at % 2 else "ArrowLeft")
        page.wait_for_function("(n) => window.drawn.length > n", arg=before)
        waits.append(page.evaluate("(n) => window.drawn[n] - window.pressed.at(-1)", before))
    return waits


def first_picture(browser: Browser, address: str, times: int = 7) -> list[float]:
    """Return the milliseconds from the request for the page to its first picture."""
    found = []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(address)
        page.wait_for_function("() => window.drawn.length > 0")
        found.append(page.evaluate("window.drawn[0]"))
        context.close()
    return found


class Wire:
    """A socket between page and server that counts the bytes sent to the page."""

    def __init__(self, port: int) -> None:
        self.count = 0
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            page, _ = self._listening.accept()
            server = socket.create_connection(("127.0.0.1", self._port))
            threading.Thread(target=self._pass, args=(page, server, 0), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, page, 1), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, counted: int) -> None:
        try:
            while part := one.recv(1 << 16):
                self.count += counted * len(part)
                other.sendall(part)
        except OSError:
            pass  # either side has closed
        other.close()


def bytes_a_frame(browser: Browser, address: str, seconds: float) -> tuple[float, float]:
    """Return the mean bytes of a frame while training: on the wire, and unpacked."""
    port = int(address.split(":")[2].split("/", maxsplit=1)[0])
    wire = Wire(port)
    with showing(browser, address.replace(str(port), str(wire.port), 1)) as page:
        press(page, "Play")
        page.wait_for_timeout(1000)
        count, frames = wire.count, page.evaluate("window.came.length")
        page.wait_for_timeout(1000 * seconds)
        passed, sizes = wire.count - count, page.evaluate("window.came")[frames:]
    return passed / len(sizes), statistics.mean(sizes)


def cpu(processes: list[int]) -> float:
    """Return the processor seconds that processes have used."""
    ticks = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(ancestor: int) -> list[int]:
    """Return a process and its descendants."""
    parents = {
        int(path.parent.name): int(path.read_text().rsplit(")", 1)[1].split()[1])
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.exists()
    }
    found = [ancestor]
    for parent in found:
        found += [child for child, its in parents.items() if its == parent]
    return found


def shares(browser: list[int], server: int, seconds: float, page: Page) -> tuple[float, float]:
    """Return the share of one core that server and browser use, in percent."""
    before = cpu([server]), cpu(browser)
    began = time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    passed = time.perf_counter() - began
    after = cpu([server]), cpu(browser)
    return 100 * (after[0] - before[0]) / passed, 100 * (after[1] - before[1]) / passed


def hide(page: Page) -> None:
    """Stop the page's animation frames, as a browser does in a hidden tab."""
    page.evaluate("window.requestAnimationFrame = () => 0")


def page_size() -> int:
    """Return the bytes of the page's files, each compressed."""
    static = files("miniml._playground") / "static"
    return sum(len(gzip.compress(each.read_bytes())) for each in static.iterdir())


def ninetieth(values: list[float]) -> float:
    return statistics.quantiles(values, n=10)[-1]


def measure(browser: Browser, chromium: int, seconds: float) -> Iterator[Row]:
    """Measure, and yield the table line by line."""
    yield Row("page, gzipped", "< 120 kB", f"{page_size() / 1000:.0f} kB", page_size() < 120_000)
    with serving() as (address, server):
        first = statistics.median(first_picture(browser, address))
        yield Row("first picture, median", "< 1 s", f"{first / 1000:.2f} s", first < 1000)
        with showing(browser, address) as page:
            (rate,) = drawn_per_second([page], seconds)
            yield Row("frames drawn while training", "20 /s", f"{rate:.1f} /s", rate > 19.5)
            waits = slider_to_pixels(page)
            middle, late = statistics.median(waits), ninetieth(waits)
            yield Row("slider to pixels, median", "< 33 ms", f"{middle:.0f} ms", middle < 33)
            yield Row("slider to pixels, 90 %", "< 45 ms", f"{late:.0f} ms", late < 45)
            press(page, "Play")
            one, two = shares(family(chromium), server, seconds, page)
            text = f"server {one:.0f} %, browser {two:.0f} %"
            yield Row("processor while training", "", text, met=True)
            hide(page)
            page.wait_for_timeout(1000)
            one, two = shares(family(chromium), server, seconds, page)
            text = f"server {one:.1f} %, browser {two:.1f} %"
            yield Row("processor, hidden tab", "< 2 %", text, one + two < 2.0)
        wire, plain = bytes_a_frame(browser, address, seconds)
        text = f"{wire / 1000:.1f} kB ({plain / 1000:.1f} kB unpacked)"
        yield Row("bytes a frame", "< 8 kB", text, wire < 8000)
    with ExitStack() as stack:
        address, _ = stack.enter_context(serving())
        pages = [stack.enter_context(showing(browser, address)) for _ in range(4)]
        rates = drawn_per_second(pages, seconds)
        text = ", ".join(f"{rate:.1f}" for rate in sorted(rates)) + " /s"
        yield Row("four sessions, frames drawn", "15 /s each", text, min(rates) > 15)
    began = time.perf_counter()
    with serving(100_000) as (address, _), showing(browser, address) as page:
        made = time.perf_counter() - began
        (long_rate,) = drawn_per_second([page], seconds)
        long_middle = statistics.median(slider_to_pixels(page))
        text = f"{long_rate:.1f} /s, {long_middle:.0f} ms (made in {made:.0f} s)"
        same = long_rate > 0.95 * rate and long_middle < 1.1 * middle
        yield Row("the same, 100,000 moments", "not slower", text, same)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long to measure each")
    seconds = parser.parse_args().seconds
    before = set(family(os.getpid()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        chromium = min(
            pid
            for pid in set(family(os.getpid())) - before
            if "chromium" in Path(f"/proc/{pid}/cmdline").read_text()
        )
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for row in measure(browser, chromium, seconds):
            mark = "" if row.met else "   MISSED"
            print(f"{row.what:30} {row.wanted:>12}   {row.measured}{mark}", flush=True)
        print(f"load after: {os.getloadavg()[0]:.1f}")
        browser.close()


if __name__ == "__main__":
    main()
