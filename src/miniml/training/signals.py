"""Signals held back until a step is finished."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


class _Note:
    """A handler that notes a signal; at the next one it interrupts."""

    def __init__(self) -> None:
        self.asked: bool = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def deferred() -> Generator[Callable[[], bool], None, None]:
    """Give a function that tells whether the run has been asked to end.

    The first Ctrl-C or termination is only noted; a second one interrupts at once. A signal that
    the process ignores, as one in the background of a script does Ctrl-C, stays ignored. Outside
    the main thread, where Python has no signals, nothing changes; nor does it in a run that is
    part of another's step, which ends with that step and must not fall short of it.
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
