"""The command `miniml`."""

import sys
from collections.abc import Sequence

from miniml.cli import fit, playground, plot
from miniml.cli.errors import UsageError
from miniml.cli.options import parse
from miniml.cli.playground_options import PlaygroundOptions
from miniml.cli.plot_options import PlotOptions
from miniml.datasets import DataError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The words after `miniml`; None takes those of the process.

    Returns:
        The exit code: 0; 2 for what the person can mend; 130 for Ctrl-C.

    Raises:
        SystemExit: For `--help`, `--version`, and words that cannot be understood.

    Example:
        >>> main(["fit", "breast-cancer.txt"])
        2
    """
    options = parse(argv)
    command = "fit"
    try:
        match options:
            case PlaygroundOptions():
                command = "playground"
                return playground.run(options)
            case PlotOptions():
                command = "plot"
                return plot.run(options)
            case _:
                return fit.run(options)
    except (UsageError, DataError) as error:
        return _complain(command, str(error), 2)
    except KeyboardInterrupt:
        return _complain(command, "interrupted; no results were written", fit.INTERRUPTED)


def _complain(command: str, message: str, code: int) -> int:
    print(f"miniml {command}: {message}", file=sys.stderr)  # noqa: T201  # the command's way to speak
    return code
