"""The one thread that owns a session: it hears the page, trains, and draws when it may."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal

import attrs
import numpy as np

from miniml.playground.core import messages as m
from miniml.playground.core.desk import Desk, act, paused
from miniml.playground.core.learning import train
from miniml.playground.core.link import link_to
from miniml.playground.core.measuring import loss_of, value_of
from miniml.playground.core.session import Session
from miniml.playground.shell.export import export
from miniml.playground.shell.shelf import Left
from miniml.playground.view.frame import Aside, Seen, frame
from miniml.playground.view.header import Told
from miniml.playground.view.pace import Pace

Send = Callable[[bytes], None]

INBOX: Final = 256
"""Messages that may wait; a page that sends more is made to wait itself."""

FRAME: Final = 1 / 24
"""The least time between two frames of training, in seconds."""

SLICE: Final = 0.008
"""How long training may keep a message waiting, in seconds (or one step, if that is longer)."""


class Actor:
    """Owns a session, and is the only one to change it.

    One thread does three things in turn: it takes the messages that have come, it trains for a
    few milliseconds, and, once the page has drawn the last frame, it sends the next. A page
    that does not draw (a hidden tab, a stalled one) therefore gets no frames and costs no time,
    and nothing can pile up: there is no queue of frames, only the session as it now stands.
    """

    def __init__(self, begun: Session | Left, send: Send) -> None:
        left = begun if isinstance(begun, Left) else Left(Desk(begun))
        self._desk = paused(left.desk)
        self._address = self._found = left.link
        self._send = send
        self._inbox: queue.Queue[m.Message | Told | Seen | None] = queue.Queue(INBOX)
        self._thread = threading.Thread(target=self._run, name="miniml-playground", daemon=True)
        self._seen = Seen()
        self._pace = Pace()
        self._ended = threading.Event()
        self._ready = True
        self._stale = True
        self._told: Told | None = None
        self._file: tuple[tuple[str, str], bytes] | None = None
        self._due = 0.0
        self._linked: Session | None = None
        self._heard = 0
        self._drawn = self._desk

    @property
    def session(self) -> Session:
        """The session as it now stands; it never changes, only its place is taken."""
        return self._desk.now

    @property
    def left(self) -> Left:
        """What a page that ends now leaves behind."""
        return Left(self._desk, self._address)

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin, with a first frame."""
        self._thread.start()

    def receive(self, text: str | bytes) -> None:
        """Take one message from the page; waits while too many others do."""
        try:
            self._inbox.put(m.decode(text))
        except m.Refused as error:
            self._inbox.put(Told(str(error), kind="refused"))

    def show_again(self) -> None:
        """Send everything once more: a new view of this session has nothing yet."""
        self._inbox.put(Seen())

    def stop(self) -> None:
        """End the thread, and wait for it a little: a slow model may hold it."""
        self._ended.set()
        with suppress(queue.Full):  # it will see that it has ended all the same
            self._inbox.put_nowait(None)
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        with np.errstate(all="ignore"):  # what overflows is shown, and pauses training
            while self._hear():
                self._guarded(self._learn)
                self._guarded(self._draw_or_go_back)

    def _guarded(self, part: Callable[[], None]) -> None:
        """Run user code: whatever it raises is shown to the person and pauses training."""
        try:
            part()
        except Exception as error:  # noqa: BLE001 - a model or loss may raise anything
            now = attrs.evolve(self._desk.now, playing=False)
            self._desk = attrs.evolve(self._desk, now=now)
            kind = "refused" if isinstance(error, m.Refused) else "trouble"
            text = str(error) if kind == "refused" else f"{type(error).__name__}: {error}"
            told = Told(text, kind=kind)
            self._stale = self._told is None or self._told.text != told.text
            self._told = told

    def _hear(self) -> bool:
        """Take all messages that have come; wait for one if there is nothing else to do."""
        wait: float | None = self._patience()
        while not self._ended.is_set():
            try:
                message = self._inbox.get(timeout=wait) if wait != 0 else self._inbox.get_nowait()
            except queue.Empty:
                return True
            if message is not None:
                self._take(message)
            wait = 0
        return False

    def _patience(self) -> float | None:
        """Say how long to wait for a message; None is for ever."""
        if not self._ready:
            return None
        now = time.perf_counter()
        if self._desk.now.playing:
            return max(0.0, self._due - now)
        if self._stale:
            return 0.0
        return self._pace.patience(now)

    def _take(self, message: m.Message | Told | Seen) -> None:
        if isinstance(message, m.Ack):
            self._ready = True
            return
        if isinstance(message, Seen):
            self._seen, self._ready, self._stale = message, True, True
            return
        self._heard += 1
        match message:
            case Told():
                self._told, self._stale = message, True
            case m.Open(link) if link == self._found:  # the page was loaded again: this is it
                self._stale = True
            case m.Export():
                self._guarded(lambda: self._export(message.what))
            case _:
                self._told, self._stale = None, True
                self._pace.touched(time.perf_counter())
                self._guarded(lambda: self._act(message))

    def _act(self, message: m.Change | m.Undo | m.Redo) -> None:
        self._desk = act(self._desk, message)

    def _export(self, what: Literal["params", "script", "replay"]) -> None:
        self._file, self._stale = export(self._desk.now, what), True

    def _learn(self) -> None:
        session = self._desk.now
        now = time.perf_counter()
        if not session.playing or not self._ready or now < self._due:
            return
        steps, pause = self._pace.steps(session.settings.speed, FRAME)
        self._due = max(self._due, now - pause) + pause
        while steps > 0 and session.playing:
            part = self._pace.fitting(steps, SLICE)
            began = time.perf_counter()
            session = train(session, part)
            self._pace.trained(part, time.perf_counter() - began)
            steps -= part
            if time.perf_counter() - now > FRAME / 2:
                break
        self._desk = attrs.evolve(self._desk, now=session)
        self._stale = True
        self._pace.touched(time.perf_counter())

    def _draw_or_go_back(self) -> None:
        """Draw; what cannot be drawn (a model that raises) gives way to what last could."""
        try:
            self._draw()
        except Exception:
            self._desk = self._drawn
            raise

    def _draw(self) -> None:
        now = time.perf_counter()
        sharper = not self._desk.now.playing and self._pace.wants_more(now)
        if not self._ready or not (self._stale or sharper):
            return
        session = self._desk.now
        if sharper:
            self._pace.evaluated(_cost_of_loss(session))
        quality = self._pace.quality(now, sharper=sharper and not self._stale)
        name, payload = self._file or (None, b"")
        aside = Aside(
            undo=bool(self._desk.past),
            redo=bool(self._desk.future),
            heard=self._heard,
            told=self._told,
            link=self._link(session) if sharper else None,
            file=name,
        )
        sent, self._seen = frame(session, self._seen, quality, aside, payload)
        self._pace.drew(quality, time.perf_counter() - now, time.perf_counter())
        self._stale, self._file = False, None
        self._ready = False
        self._drawn = self._desk
        self._send(sent)

    def _link(self, session: Session) -> str | None:
        """Describe a session that came to rest, once."""
        if session is self._linked:
            return None
        self._linked, self._address = session, link_to(session)
        return self._address


def _cost_of_loss(session: Session) -> float:
    """Time the loss once, in seconds."""
    began = time.perf_counter()
    with suppress(Exception):  # what it raises is told when the frame is drawn
        value_of(loss_of(session), session.params, session.points.train)
    return time.perf_counter() - began
