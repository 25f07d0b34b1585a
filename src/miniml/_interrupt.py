"""Ctrl-C while the command imports its modules: one line, not a traceback.

Importing takes most of the time of a short command. A library must leave signals alone, so that
this is done only where Python runs the command.
"""

import os
import signal
import sys

INTERRUPTED = 130
"""The exit code after Ctrl-C, as in shells: 128 + SIGINT."""


def _is_command() -> bool:
    """Return whether this process runs `miniml` or `python -m miniml`."""
    name = sys.argv[0] if sys.argv else ""
    if name == "-m":  # while Python looks for the module
        words = sys.orig_argv
        return "-m" in words[:-1] and words[words.index("-m") + 1] == "miniml"
    return os.path.basename(name) in {"miniml", "miniml.exe"}  # noqa: PTH119  # without an import


def _end(*_: object) -> None:
    """End the process at once."""
    os.write(2, b"miniml: interrupted\n")
    os._exit(INTERRUPTED)


_IS_COMMAND = _is_command()  # now: `sys.argv` changes when the module is found


def catch() -> None:
    """In the command, let Ctrl-C end the process, unless it is ignored or handled otherwise."""
    if _IS_COMMAND and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def release() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


catch()
