"""Signals held back until a step is finished."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def deferred() -> Generator[Callable[[], bool], None, None]:
    """Give a function that tells whether the run has been asked to end.

    The first Ctrl-C or termination is only noted; a second one interrupts at once. A signal that
    the process ignores, as one in the background of a script does Ctrl-C, stays ignored. Outside
    the main thread, where Python has no signals, nothing changes.
    """
    asked: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # None is a handler that Python did not install, and cannot put back.
    old = {n: handler for n, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for number in old:
            signal.signal(number, note)
        yield lambda: bool(asked)
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
