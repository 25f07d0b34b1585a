"""The command `miniml`."""

import sys
from collections.abc import Sequence
from contextlib import suppress

from miniml.cli import fit, playground, plot
from miniml.cli.errors import UsageError
from miniml.cli.options import parse
from miniml.cli.playground_options import PlaygroundOptions
from miniml.cli.plot_options import PlotOptions
from miniml.cli.stdout import UnheardError, checked
from miniml.datasets import DataError

READER_LEFT = 141
"""The exit code when the reader of a pipe has gone, as shells have it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The words after `miniml`; None takes those of the process.

    Returns:
        The exit code: 0; 2 for what the person can mend; 130 for Ctrl-C; 141 when the reader
        of a pipe has gone.

    Raises:
        SystemExit: For `--help`, `--version`, and words that cannot be understood.

    Example:
        >>> main(["fit", "breast-cancer.txt"])
        2
    """
    command = "miniml"
    try:
        with checked():
            options = parse(argv)
            match options:
                case PlaygroundOptions():
                    command = "miniml playground"
                    return playground.run(options)
                case PlotOptions():
                    command = "miniml plot"
                    return plot.run(options)
                case _:
                    command = "miniml fit"
                    return fit.run(options)
    except UnheardError as error:
        return READER_LEFT if error.reader_left else _complain(command, str(error), 2)
    except (UsageError, DataError) as error:
        return _complain(command, str(error), 2)
    except KeyboardInterrupt:
        return _complain(command, "interrupted; no results were written", fit.INTERRUPTED)


def _complain(command: str, message: str, code: int) -> int:
    with suppress(OSError):  # the exit code still tells
        print(f"{command}: {message}", file=sys.stderr)  # noqa: T201  # the command's way to speak
    return code
