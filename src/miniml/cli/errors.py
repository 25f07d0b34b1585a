"""Errors that the user can correct."""

from importlib.util import find_spec

from miniml._distribution import install_hint


class UsageError(Exception):
    """An option or a file is wrong; the message is one sentence."""


def need(module: str, extra: str, purpose: str) -> None:
    """Raise an error if an optional package is missing."""
    if find_spec(module) is None:
        raise UsageError(f"{purpose} need {module}: {install_hint(extra)}")


def one_line(error: BaseException | str) -> str:
    """Return a message, or that of an error, on one line, without codes that terminals obey."""
    line = " ".join(str(error).split()) or type(error).__name__
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)


def reason(error: OSError) -> str:
    """Return why the system refused; not all such errors have its text."""
    return error.strerror or one_line(error)
