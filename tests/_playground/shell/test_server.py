"""The server against hostile and slow pages."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

import miniml as ml

pytest.importorskip("uvicorn")
pytest.importorskip("httpx")

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from miniml._playground.core.creation import new_session
from miniml._playground.shell.server import LARGEST
from miniml._playground.view.packing import unpack
from tests._playground.conftest import served


@contextmanager
def talk(
    address: str, origin: str | None = "", token: str | None = None
) -> Iterator[ClientConnection]:
    """Open a socket as a page would, or as another origin or with another token."""
    parts = urlsplit(address)
    query = parts.query if token is None else f"token={token}"
    own = f"http://{parts.netloc}"
    with connect(
        f"ws://{parts.netloc}/socket?{query}",
        origin=own if origin == "" else origin,  # type: ignore[arg-type]  # a plain str will do
        max_size=None,
    ) as socket:
        yield socket


def is_let_in(address: str) -> bool:
    """Open a page, and return whether there was room for it."""
    try:
        with talk(address) as socket:
            hear(socket)
    except InvalidStatus:
        return False
    return True


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def hear(socket: ClientConnection) -> dict[str, Any]:
    """Return the header of the next frame, and acknowledge it."""
    frame = socket.recv(timeout=5)
    assert isinstance(frame, bytes)
    say(socket, type="ack")
    return unpack(frame)[0]


def drain(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=5)


def answered(socket: ClientConnection, count: int) -> dict[str, Any]:
    """Return the header of the first frame that answers this many messages."""
    while (head := hear(socket))["answered"] < count:
        pass
    return head


class TestWhoMayCome:
    def test_the_page_needs_the_token(self, address: str) -> None:
        """Without the token, or with a wrong one, the page is refused."""
        plain = address.partition("?")[0]
        assert httpx.get(address).status_code == 200
        for wrong in (plain, f"{plain}?token=guess", f"{plain}?token="):
            assert httpx.get(wrong).status_code == 403

    def test_foreign_hosts_are_refused(self, address: str) -> None:
        """A request under a foreign host name is refused."""
        assert httpx.get(address, headers={"host": "evil.example"}).status_code == 400

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
    def test_foreign_origins_are_refused(self, address: str, origin: str | None) -> None:
        """A page of another origin, or none, cannot open the socket, even with the token."""
        with pytest.raises(InvalidStatus, match="403"), talk(address, origin=origin):
            pass

    def test_the_socket_needs_the_token(self, address: str) -> None:
        """The right origin alone does not open the socket."""
        with pytest.raises(InvalidStatus, match="403"), talk(address, token="guess"):
            pass

    def test_only_its_own_files(self, address: str) -> None:
        """Only the page's files are served."""
        base = address.partition("?")[0]
        assert httpx.get(f"{base}static/view.js").status_code == 200
        for path in (
            "static/index.html",
            "static/..%2fserver.py",
            "static/%2e%2e/server.py",
            "etc",
        ):
            assert httpx.get(f"{base}{path}").status_code == 404

    def test_the_headers_forbid_other_hosts(self, address: str) -> None:
        """The content policy allows only the page's own host, and no inline code."""
        policy = httpx.get(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


class TestWhatMayBeSaid:
    @pytest.mark.parametrize(
        "text",
        [
            "{}",
            "not json",
            '{"type": "destroy"}',
            '{"type": "play", "extra": 1}',
            '{"type": "set", "name": "b", "index": 0, "value": "1"}',
            '{"type": "set", "name": "b", "index": -1, "value": 1}',
            '{"type": "step", "steps": 1000000}',
            '{"type": "build", "hidden": [100000]}',
            '{"type": "open", "link": "' + "A" * 250_000 + '"}',
            '{"type": "bookmark", "name": "' + "A" * 400_000 + '"}',
        ],
    )
    def test_what_is_not_understood_is_refused(self, address: str, text: str) -> None:
        """An unknown message gives a notice, changes nothing, and the page continues."""
        with talk(address) as socket:
            before = hear(socket)
            socket.send(text)
            answer = answered(socket, 1)
            assert answer["notice"]["kind"] == "refused"
            assert answer["count"] == before["count"]
            say(socket, type="step")
            assert answered(socket, 2)["step"] == 1

    def test_a_flood_of_bytes_ends_only_its_own_page(self, address: str) -> None:
        """A message beyond the limit closes its socket, and no other."""
        with talk(address) as other, talk(address) as socket:
            hear(other)
            hear(socket)
            socket.send("x" * (LARGEST + 1))
            with pytest.raises(ConnectionClosed):
                drain(socket)
            say(other, type="step")
            assert answered(other, 1)["step"] == 1


class TestWhoIsSlow:
    def test_a_stalled_page_costs_nothing(self, address: str) -> None:
        """A page that does not draw gets no second frame, and its training stops."""
        with talk(address) as socket:
            hear(socket)
            refined = socket.recv(timeout=5)  # the refined picture, which is not acknowledged
            assert refined
            say(socket, type="tune", speed=1000.0)
            say(socket, type="play")
            with pytest.raises(TimeoutError):
                socket.recv(timeout=0.5)
            say(socket, type="ack")
            assert hear(socket)["step"] <= 100

    def test_a_flood_of_messages_hurts_only_its_sender(self, address: str) -> None:
        """While one page floods the server, another is answered."""
        stop = threading.Event()

        def flood() -> None:
            with talk(address) as socket:
                while not stop.is_set():
                    for value in range(50):
                        say(socket, type="set", name="b", index=0, value=value)

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            with talk(address) as other:
                hear(other)
                for count in range(1, 11):
                    say(other, type="step")
                    answered(other, count)
            assert thread.is_alive()  # it has not stopped flooding meanwhile
        finally:
            stop.set()
            thread.join()

    def test_too_many_pages(self) -> None:
        """The seventeenth page is refused until another closes."""
        with served() as address:
            pages = [talk(address) for _ in range(16)]
            sockets = [page.__enter__() for page in pages]
            for socket in sockets:
                hear(socket)
            with pytest.raises(InvalidStatus), talk(address):
                pass
            pages.pop().__exit__(None, None, None)
            deadline = time.monotonic() + 20
            while not is_let_in(address):  # the server does not see at once that the page has left
                assert time.monotonic() < deadline
            for page in pages:
                page.__exit__(None, None, None)


def test_ends_in_silence_though_a_model_is_slow(capfd: pytest.CaptureFixture[str]) -> None:
    """A server that ends while a page's model runs prints no error."""
    held, free = threading.Event(), threading.Event()

    @ml.model
    class Holding:
        w: ml.Array

        def __call__(self, x: ml.Array) -> ml.Array:
            if len(x) == 400:  # the points of the first picture
                held.set()
                free.wait(20.0)
            return x @ self.w

    with ExitStack() as stack, served(new_session(Holding(np.ones(2)))) as address:
        stack.enter_context(talk(address))  # still open when the server ends
        assert held.wait(10.0)
    free.set()
    assert "Traceback" not in capfd.readouterr().err
