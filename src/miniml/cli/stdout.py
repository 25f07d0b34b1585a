"""The standard output: a failure to write to it is told apart from all others."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO, cast


class UnheardError(Exception):
    """What was said could not be written; the message says why.

    It is no `OSError`, so that nothing below takes it for an error of a file or a port.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot write to the standard output: {error.strerror}")
        self.reader_left: bool = isinstance(error, BrokenPipeError)


class _Checked:
    """A text stream that raises `UnheardError`."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def __getattr__(self, name: str) -> object:
        return getattr(self._to, name)

    def write(self, text: str) -> int:
        with _told():
            return self._to.write(text)

    def flush(self) -> None:
        with _told():
            self._to.flush()


@contextmanager
def checked() -> Generator[None]:
    """Raise `UnheardError` for what the block prints and cannot be written."""
    to = sys.stdout
    if not to:  # it was closed before the command began: nobody wants to hear
        yield
        return
    stream = _Checked(to)
    try:
        with redirect_stdout(cast("TextIO", stream)):  # all of one by `__getattr__`
            try:
                yield
            finally:
                stream.flush()
    except UnheardError:
        _give_up(to)
        raise


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise UnheardError(error) from None


def _give_up(stream: TextIO) -> None:
    """Let what still waits to be written go nowhere: Python tries again as it ends."""
    with suppress(OSError):  # in place of a stream that is no file
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
