"""What a person at the command line can mend."""

from importlib.util import find_spec

from miniml._distribution import install_hint


class UsageError(Exception):
    """A request that cannot be met; the message is one sentence."""


def need(module: str, extra: str, purpose: str) -> None:
    """Refuse to go on if an optional package is missing."""
    if find_spec(module) is None:
        raise UsageError(f"{purpose} need {module}: {install_hint(extra)}")


def one_line(error: BaseException | str) -> str:
    """Put an error's message, or another, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
