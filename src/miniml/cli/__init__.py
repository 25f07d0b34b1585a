"""The command `miniml`."""

import sys
from collections.abc import Sequence
from contextlib import suppress

from miniml._interrupt import INTERRUPTED, catch, release
from miniml.cli import fit, playground, plot
from miniml.cli.errors import UsageError, one_line
from miniml.cli.options import parse
from miniml.cli.playground_options import PlaygroundOptions
from miniml.cli.plot_options import PlotOptions
from miniml.cli.stdout import OutputError, checked
from miniml.datasets import DataError

BROKEN_PIPE = 141
"""The exit code after a broken pipe, as in shells: 128 + SIGPIPE."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments after `miniml`; None stands for those of the process.

    Returns:
        The exit code: 0; 2 for an error of the user; 130 for Ctrl-C; 141 for a broken pipe.

    Raises:
        SystemExit: For `--help`, `--version`, and arguments that cannot be parsed.

    Example:
        >>> main(["fit", "breast-cancer.txt"])
        2
    """
    command = "miniml"
    try:
        release()
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
    except OutputError as error:
        return BROKEN_PIPE if error.broken_pipe else _report(command, one_line(error), 2)
    except (UsageError, DataError) as error:
        return _report(command, one_line(error), 2)
    except MemoryError as error:
        return _report(command, f"there is not enough memory: {one_line(error)}", 2)
    except KeyboardInterrupt:
        catch()  # a second Ctrl-C has nothing to save
        return _report(command, "interrupted; no results were written", INTERRUPTED)
    finally:
        catch()


def _report(command: str, message: str, code: int) -> int:
    with suppress(OSError):  # the exit code still reports it
        print(f"{command}: {message}", file=sys.stderr)  # noqa: T201  # the output of the command
    return code
