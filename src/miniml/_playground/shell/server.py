"""The server of the page: a few files and one WebSocket, for this machine only."""

import asyncio
import secrets
import socket
import webbrowser
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from miniml._playground.core.messages import LONGEST
from miniml._playground.core.session import Session
from miniml._playground.shell.actor import Actor
from miniml._playground.shell.session_store import SessionStore, StoredSession

LARGEST: Final = 6 * LONGEST + 10_000
"""The most bytes of a message: a CSV file as JSON, with up to six bytes for a character."""

PAGES: Final = 16
"""The most open pages; each has its session and its thread."""

_TYPES: Final = {"view.js": "text/javascript", "view.css": "text/css", "icon.svg": "image/svg+xml"}

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def application(session: Session, token: str, hosts: list[str]) -> Starlette:
    """Return the application.

    Args:
        session: The session of a new page.
        token: The secret in the address.
        hosts: The host names of this server; requests under other names are refused, so that a
            foreign name that resolves to this machine reaches nothing.

    Returns:
        An ASGI application.
    """
    room, store = asyncio.Semaphore(PAGES), SessionStore()

    def known(given: str | None) -> bool:
        return given is not None and secrets.compare_digest(given.encode(), token.encode())

    async def page(request: Request) -> Response:
        if not known(request.query_params.get("token")):
            return PlainTextResponse(
                "The address has no valid token: use the address that miniml printed.",
                403,
                headers=_HEADERS,
            )
        return HTMLResponse(_static("index.html"), headers=_HEADERS)

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _TYPES:
            return PlainTextResponse("There is no such file.", 404, headers=_HEADERS)
        return Response(_static(name), media_type=_TYPES[name], headers=_HEADERS)

    async def talk(websocket: WebSocket) -> None:
        own = f"http://{websocket.headers.get('host', '')}"
        if websocket.headers.get("origin") != own or not known(websocket.query_params.get("token")):
            await websocket.close(1008)
            return
        if room.locked():
            await websocket.close(1013)
            return
        async with room:
            await websocket.accept()
            # A tab that reloads continues its session.
            key = await store.acquire(websocket.query_params.get("page", "")[:64])
            store.release(key, await converse(websocket, store.get(key) or session))

    return Starlette(
        routes=[
            Route("/", page),
            Route("/static/{name}", static),
            WebSocketRoute("/socket", talk),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)],
    )


async def converse(websocket: WebSocket, initial: Session | StoredSession) -> StoredSession:
    """Join a socket to an actor until either ends; return the session to store."""
    loop = asyncio.get_running_loop()
    outbox: asyncio.Queue[bytes] = asyncio.Queue()

    def send(frame: bytes) -> None:
        loop.call_soon_threadsafe(outbox.put_nowait, frame)

    async def write() -> None:
        while True:
            await websocket.send_bytes(await outbox.get())

    actor = Actor(initial, send)
    actor.start()
    writer = asyncio.create_task(write())
    try:
        while True:
            text = await websocket.receive_text()
            # A full inbox blocks only this page, since the call runs in another thread.
            await asyncio.to_thread(actor.receive, text)
    except (WebSocketDisconnect, KeyError):
        pass
    finally:
        writer.cancel()
        with suppress(asyncio.CancelledError):  # the server may end before a slow model
            await asyncio.to_thread(actor.stop)
    return actor.stored


def _static(name: str) -> bytes:
    return (files("miniml._playground") / "static" / name).read_bytes()


@contextmanager
def opened(
    session: Session, *, host: str = "127.0.0.1", port: int = 0
) -> Generator[tuple[str, uvicorn.Server, socket.socket]]:
    """Listen, and yield the page's address, a server that is ready to run, and its socket.

    Args:
        session: The session of a new page.
        host: The address to listen on.
        port: The port; 0 takes a free one.
    """
    token = secrets.token_urlsafe(24)
    with socket.create_server((host, port)) as listening:
        port = listening.getsockname()[1]
        config = uvicorn.Config(
            application(session, token, ["127.0.0.1", "localhost", host]),
            log_level="warning",
            ws="websockets-sansio",
            ws_max_size=LARGEST,
            timeout_graceful_shutdown=1,
        )
        yield f"http://{host}:{port}/?token={token}", uvicorn.Server(config), listening


def serve(
    session: Session, *, host: str = "127.0.0.1", port: int = 0, browser: bool = True
) -> None:
    """Serve the page until interrupted, and print its address.

    Args:
        session: The session of a new page.
        host: The address to listen on; by default that of this machine only.
        port: The port; 0 takes a free one.
        browser: Whether to open the page.

    Raises:
        OSError: If the port is taken.
    """
    with opened(session, host=host, port=port) as (address, server, listening):
        print(f"The playground is at {address}\nStop it with Ctrl-C.", flush=True)  # noqa: T201 - asked for
        if browser:
            webbrowser.open(address)
        with suppress(KeyboardInterrupt):  # the way to end it
            server.run(sockets=[listening])
