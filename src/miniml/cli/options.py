"""The command line: its commands, and their options."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn, TypeAlias

from miniml._distribution import __version__
from miniml.cli import fit_options, playground_options, plot_options
from miniml.cli.fit_options import FitOptions
from miniml.cli.playground_options import PlaygroundOptions
from miniml.cli.plot_options import PlotOptions

Options: TypeAlias = FitOptions | PlaygroundOptions | PlotOptions

DESCRIPTION = "Models as frozen attrs classes, trained by exact gradients of plain NumPy losses."

_COMMANDS = (
    ("fit", fit_options, FitOptions),
    ("plot", plot_options, PlotOptions),
    ("playground", playground_options, PlaygroundOptions),
)


class _Parser(argparse.ArgumentParser):
    """A parser whose error message is one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parse(argv: Sequence[str] | None) -> Options:
    """Read the command line; `--help`, `--version` and mistakes end the program."""
    parser = _Parser(prog="miniml", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"miniml {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, module, kind in _COMMANDS:
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.DESCRIPTION,
            epilog=module.EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.set_defaults(kind=kind)
    words = sys.argv[1:] if argv is None else argv
    for word in words:
        if word.startswith("--") and word.endswith("=--"):  # argparse makes it an empty list
            parser.error(f"{word}: the value is missing")
    values = vars(parser.parse_args(words))
    options: type[Options] = values.pop("kind")
    return options(**values)


class _Refusing(argparse.ArgumentParser):
    """A parser that raises an error."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def parse_fit(words: Sequence[str]) -> FitOptions:
    """Read the arguments of `miniml fit`; a mistake is a ValueError."""
    parser = _Refusing(allow_abbrev=False, add_help=False)
    fit_options.add_arguments(parser)
    return FitOptions(**vars(parser.parse_args(words)))
