"""The thread that owns a session: it reads messages, trains, and sends frames."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import attrs
import numpy as np

from miniml._playground.core import messages as m
from miniml._playground.core.errors import RequestError
from miniml._playground.core.evaluation import loss_of, loss_value
from miniml._playground.core.permalink import encode_link
from miniml._playground.core.session import Notice, Session
from miniml._playground.core.training import train
from miniml._playground.core.undo_stack import UndoStack
from miniml._playground.shell.export import ExportKind, export
from miniml._playground.shell.message_decoder import decode
from miniml._playground.shell.scheduler import Scheduler
from miniml._playground.shell.session_store import StoredSession
from miniml._playground.view.frame import ClientState, FrameExtras, frame

Send = Callable[[bytes], None]

INBOX_SIZE: Final = 256
"""The most messages that wait; a page that sends more has to wait."""

FRAME_SECONDS: Final = 1 / 24
"""The least seconds between two frames of training."""

SLICE_SECONDS: Final = 0.008
"""The most seconds that training delays a message (or one step, if that takes longer)."""


class Actor:
    """Owns a session, and is the only one to change it.

    One thread takes turns: it reads the messages that have arrived, trains for a few
    milliseconds, and sends a frame once the page has drawn the last one. A page that does not
    draw (a hidden or stalled tab) gets no frames and costs no time, and nothing piles up: there
    is no queue of frames, only the present session.
    """

    def __init__(self, initial: Session | StoredSession, send: Send) -> None:
        stored = (
            initial if isinstance(initial, StoredSession) else StoredSession(UndoStack(initial))
        )
        self._undo_stack = stored.undo_stack.paused()
        self._address = self._initial_link = stored.link
        self._send = send
        self._inbox: queue.Queue[m.Message | Notice | ClientState | None] = queue.Queue(INBOX_SIZE)
        self._thread = threading.Thread(target=self._run, name="miniml-playground", daemon=True)
        self._ended = threading.Event()
        self._scheduler = Scheduler()
        self._client = ClientState()
        self._client_ready = True
        self._stale = True
        self._answered = 0
        self._notice: Notice | None = None
        self._file: tuple[tuple[str, str], bytes] | None = None
        self._linked: Session | None = None
        self._last_drawn = self._undo_stack
        self._next_steps_at = 0.0

    @property
    def session(self) -> Session:
        """The present session."""
        return self._undo_stack.present

    @property
    def stored(self) -> StoredSession:
        """The session to store when the page closes."""
        return StoredSession(self._undo_stack, self._address)

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread, which sends a first frame."""
        self._thread.start()

    def receive(self, text: str | bytes) -> None:
        """Accept one message of the page; block while the inbox is full."""
        try:
            self._inbox.put(decode(text))
        except RequestError as error:
            self._inbox.put(Notice(str(error), kind="refused"))

    def show_again(self) -> None:
        """Send everything again, for a new view of this session."""
        self._inbox.put(ClientState())

    def stop(self) -> None:
        """End the thread; wait at most a second, since a slow model may hold it."""
        self._ended.set()
        with suppress(queue.Full):  # the thread sees the event as well
            self._inbox.put_nowait(None)
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        with np.errstate(all="ignore"):  # an overflow is shown, and pauses training
            while self._read_inbox():
                self._guarded(self._train)
                self._guarded(self._draw_or_go_back)

    def _guarded(self, action: Callable[[], None]) -> None:
        """Run an action that calls user code; an error is shown and pauses training."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 - a model or loss may raise anything
            self._undo_stack = self._undo_stack.paused()
            kind = "refused" if isinstance(error, RequestError) else "trouble"
            text = str(error) if kind == "refused" else f"{type(error).__name__}: {error}"
            self._stale = self._notice is None or self._notice.text != text
            self._notice = Notice(text, kind=kind)

    def _read_inbox(self) -> bool:
        """Take all messages; wait for one if there is nothing else to do. False at the end."""
        wait = self._idle_time()
        while not self._ended.is_set():
            try:
                message = self._inbox.get(timeout=wait) if wait != 0 else self._inbox.get_nowait()
            except queue.Empty:
                return True
            if message is not None:
                self._take(message)
            wait = 0
        return False

    def _idle_time(self) -> float | None:
        """Return the seconds to wait for a message; None waits without limit."""
        if not self._client_ready:
            return None
        now = time.perf_counter()
        if self.session.playing:
            return max(0.0, self._next_steps_at - now)
        return 0.0 if self._stale else self._scheduler.refinement_in(now)

    def _take(self, message: m.Message | Notice | ClientState) -> None:
        if isinstance(message, m.Ack):
            self._client_ready = True
            return
        if isinstance(message, ClientState):
            self._client, self._client_ready, self._stale = message, True, True
            return
        self._answered += 1
        match message:
            case Notice():
                self._notice, self._stale = message, True
            case m.Open(link) if link == self._initial_link:  # the page was loaded again
                self._stale = True
            case m.Export():
                self._guarded(lambda: self._export(message.what))
            case _:
                self._notice, self._stale = None, True
                self._scheduler.changed(time.perf_counter())
                self._guarded(lambda: self._apply(message))

    def _apply(self, message: m.Change | m.Undo | m.Redo) -> None:
        self._undo_stack = self._undo_stack.apply(message)

    def _export(self, what: ExportKind) -> None:
        self._file, self._stale = export(self.session, what), True

    def _train(self) -> None:
        session = self.session
        now = time.perf_counter()
        if not session.playing or not self._client_ready or now < self._next_steps_at:
            return
        steps, interval = self._scheduler.steps(session.config.speed, FRAME_SECONDS)
        self._next_steps_at = max(self._next_steps_at, now - interval) + interval
        while steps > 0 and session.playing:
            count = self._scheduler.fitting(steps, SLICE_SECONDS)
            began = time.perf_counter()
            session = train(session, count)
            self._scheduler.trained(count, time.perf_counter() - began)
            steps -= count
            if time.perf_counter() - now > FRAME_SECONDS / 2:
                break
        self._undo_stack = attrs.evolve(self._undo_stack, present=session)
        self._stale = True
        self._scheduler.changed(time.perf_counter())

    def _draw_or_go_back(self) -> None:
        """Draw; if that fails, for example because the model raises, restore the last drawn session."""
        try:
            self._draw()
        except Exception:
            self._undo_stack = self._last_drawn
            raise

    def _draw(self) -> None:
        now, session = time.perf_counter(), self.session
        at_rest = not session.playing and self._scheduler.wants_refinement(now)
        if not self._client_ready or not (self._stale or at_rest):
            return
        if at_rest:
            self._scheduler.evaluated(_cost_of_loss(session))
        quality = self._scheduler.quality(now, at_rest=at_rest and not self._stale)
        file, payload = self._file or (None, b"")
        extras = FrameExtras(
            undo=bool(self._undo_stack.past),
            redo=bool(self._undo_stack.future),
            answered=self._answered,
            notice=self._notice,
            link=self._new_link(session) if at_rest else None,
            file=file,
            payload=payload,
        )
        sent, self._client = frame(session, self._client, quality, extras)
        self._scheduler.drew(quality, time.perf_counter() - now, time.perf_counter())
        self._stale, self._file, self._client_ready = False, None, False
        self._last_drawn = self._undo_stack
        self._send(sent)

    def _new_link(self, session: Session) -> str | None:
        """Return the permalink of a session, once."""
        if session is self._linked:
            return None
        self._linked, self._address = session, encode_link(session)
        return self._address


def _cost_of_loss(session: Session) -> float:
    """Return the seconds of one evaluation of the loss."""
    began = time.perf_counter()
    with suppress(Exception):  # the error is shown when the frame is drawn
        loss_value(loss_of(session), session.params, session.points.train)
    return time.perf_counter() - began
