"""Signals that wait until a step is finished."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


class _Note:
    """A handler that notes a signal, and interrupts at the next one."""

    def __init__(self) -> None:
        self.asked: bool = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def deferred() -> Generator[Callable[[], bool], None, None]:
    """Yield a function that returns whether the run has been asked to end.

    The first Ctrl-C or termination is only noted; a second one interrupts at once. A signal that
    the process ignores, such as Ctrl-C in a script's background, stays ignored. Nothing changes
    outside the main thread, where Python has no signals, and in a run within a step of another
    run: it ends with that step, and must not end before.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    is_part = any(isinstance(handler, _Note) for handler in handlers.values())
    if is_part or threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    note = _Note()
    # None is a handler that Python did not install, and cannot put back.
    old = {n: handler for n, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for number in old:
            signal.signal(number, note)
        yield lambda: note.asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
