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
from miniml.playground.core.evaluation import loss_of, loss_value
from miniml.playground.core.permalink import encode_link
from miniml.playground.core.session import Notice, Session
from miniml.playground.core.training import train
from miniml.playground.core.undo_stack import UndoStack, act, paused
from miniml.playground.shell.export import export
from miniml.playground.shell.scheduler import Scheduler
from miniml.playground.shell.session_store import StoredSession
from miniml.playground.view.frame import ClientState, FrameExtras, frame

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

    def __init__(self, begun: Session | StoredSession, send: Send) -> None:
        left = begun if isinstance(begun, StoredSession) else StoredSession(UndoStack(begun))
        self._undo_stack = paused(left.undo_stack)
        self._address = self._found = left.link
        self._send = send
        self._inbox: queue.Queue[m.Message | Notice | ClientState | None] = queue.Queue(INBOX)
        self._thread = threading.Thread(target=self._run, name="miniml-playground", daemon=True)
        self._seen = ClientState()
        self._scheduler = Scheduler()
        self._ended = threading.Event()
        self._ready = True
        self._stale = True
        self._notice: Notice | None = None
        self._file: tuple[tuple[str, str], bytes] | None = None
        self._due = 0.0
        self._linked: Session | None = None
        self._answered = 0
        self._drawn = self._undo_stack

    @property
    def session(self) -> Session:
        """The session as it now stands; it never changes, only its place is taken."""
        return self._undo_stack.present

    @property
    def left(self) -> StoredSession:
        """What a page that ends now leaves behind."""
        return StoredSession(self._undo_stack, self._address)

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
        except m.RequestError as error:
            self._inbox.put(Notice(str(error), kind="refused"))

    def show_again(self) -> None:
        """Send everything once more: a new view of this session has nothing yet."""
        self._inbox.put(ClientState())

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
            now = attrs.evolve(self._undo_stack.present, playing=False)
            self._undo_stack = attrs.evolve(self._undo_stack, present=now)
            kind = "refused" if isinstance(error, m.RequestError) else "trouble"
            text = str(error) if kind == "refused" else f"{type(error).__name__}: {error}"
            notice = Notice(text, kind=kind)
            self._stale = self._notice is None or self._notice.text != notice.text
            self._notice = notice

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
        if self._undo_stack.present.playing:
            return max(0.0, self._due - now)
        if self._stale:
            return 0.0
        return self._scheduler.patience(now)

    def _take(self, message: m.Message | Notice | ClientState) -> None:
        if isinstance(message, m.Ack):
            self._ready = True
            return
        if isinstance(message, ClientState):
            self._seen, self._ready, self._stale = message, True, True
            return
        self._answered += 1
        match message:
            case Notice():
                self._notice, self._stale = message, True
            case m.Open(link) if link == self._found:  # the page was loaded again: this is it
                self._stale = True
            case m.Export():
                self._guarded(lambda: self._export(message.what))
            case _:
                self._notice, self._stale = None, True
                self._scheduler.touched(time.perf_counter())
                self._guarded(lambda: self._act(message))

    def _act(self, message: m.Change | m.Undo | m.Redo) -> None:
        self._undo_stack = act(self._undo_stack, message)

    def _export(self, what: Literal["params", "script", "replay"]) -> None:
        self._file, self._stale = export(self._undo_stack.present, what), True

    def _learn(self) -> None:
        session = self._undo_stack.present
        now = time.perf_counter()
        if not session.playing or not self._ready or now < self._due:
            return
        steps, pause = self._scheduler.steps(session.config.speed, FRAME)
        self._due = max(self._due, now - pause) + pause
        while steps > 0 and session.playing:
            part = self._scheduler.fitting(steps, SLICE)
            began = time.perf_counter()
            session = train(session, part)
            self._scheduler.trained(part, time.perf_counter() - began)
            steps -= part
            if time.perf_counter() - now > FRAME / 2:
                break
        self._undo_stack = attrs.evolve(self._undo_stack, present=session)
        self._stale = True
        self._scheduler.touched(time.perf_counter())

    def _draw_or_go_back(self) -> None:
        """Draw; what cannot be drawn (a model that raises) gives way to what last could."""
        try:
            self._draw()
        except Exception:
            self._undo_stack = self._drawn
            raise

    def _draw(self) -> None:
        now = time.perf_counter()
        sharper = not self._undo_stack.present.playing and self._scheduler.wants_more(now)
        if not self._ready or not (self._stale or sharper):
            return
        session = self._undo_stack.present
        if sharper:
            self._scheduler.evaluated(_cost_of_loss(session))
        quality = self._scheduler.quality(now, sharper=sharper and not self._stale)
        name, payload = self._file or (None, b"")
        extras = FrameExtras(
            undo=bool(self._undo_stack.past),
            redo=bool(self._undo_stack.future),
            answered=self._answered,
            notice=self._notice,
            link=self._link(session) if sharper else None,
            file=name,
        )
        sent, self._seen = frame(session, self._seen, quality, extras, payload)
        self._scheduler.drew(quality, time.perf_counter() - now, time.perf_counter())
        self._stale, self._file = False, None
        self._ready = False
        self._drawn = self._undo_stack
        self._send(sent)

    def _link(self, session: Session) -> str | None:
        """Describe a session that came to rest, once."""
        if session is self._linked:
            return None
        self._linked, self._address = session, encode_link(session)
        return self._address


def _cost_of_loss(session: Session) -> float:
    """Time the loss once, in seconds."""
    began = time.perf_counter()
    with suppress(Exception):  # what it raises is told when the frame is drawn
        loss_value(loss_of(session), session.params, session.points.train)
    return time.perf_counter() - began
