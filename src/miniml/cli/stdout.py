"""The standard output, with an exception for errors of writing to it."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO, cast


class OutputError(Exception):
    """The standard output cannot be written to; the message says why.

    It is not an `OSError`, so that no handler takes it for an error of a file or a port.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot write to the standard output: {error.strerror or error}")
        self.broken_pipe: bool = isinstance(error, BrokenPipeError)


class _Checked:
    """A text stream that raises `OutputError`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with _output_errors():
            try:
                return self._stream.write(text)
            except UnicodeEncodeError:  # the terminal lacks a character: show its escape
                code = self._stream.encoding
                return self._stream.write(text.encode(code, "backslashreplace").decode(code))

    def flush(self) -> None:
        with _output_errors():
            self._stream.flush()


@contextmanager
def checked() -> Generator[None]:
    """Raise `OutputError` if what the block prints cannot be written."""
    stream = sys.stdout
    if not stream:  # closed before the command began
        yield
        return
    checked_stream = _Checked(stream)
    try:
        with redirect_stdout(cast("TextIO", checked_stream)):  # `__getattr__` forwards the rest
            try:
                yield
            finally:
                checked_stream.flush()
    except OutputError:
        _discard_buffer(stream)
        raise


@contextmanager
def _output_errors() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(error) from None


def _discard_buffer(stream: TextIO) -> None:
    """Discard the buffer: else Python would try to write it again at exit."""
    with suppress(OSError):  # a stream that is not a file
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
