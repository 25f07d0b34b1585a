"""The options of `miniml playground`."""

import argparse

import attrs

from miniml.cli.arguments import DATA, add_file, add_model, add_seed, at_least

HELP = "turn the knobs of a model in the browser: miniml playground"

DESCRIPTION = f"""\
Open a page in the browser that has a knob for each parameter of a model, and shows its training.

{DATA}"""

EPILOG = """\
examples:
  miniml playground
  miniml playground two-spirals --model mlp
  miniml playground circle --model nets:make
  miniml playground patients.csv --target outcome --no-browser --port 8000

your own model:
  --model nets:make calls make(features), as for miniml fit; a parameter named rng gets a
  numpy.random.Generator.

The page is served to this machine only, until Ctrl-C. The address, which is printed, contains a
token; without the token the server refuses requests.
"""


@attrs.frozen
class PlaygroundOptions:
    """The options of `miniml playground`."""

    data: str
    target: str | None
    positive: str | None
    model: str
    seed: int
    port: int
    browser: bool
    header: bool | None
    delimiter: str | None
    decimal: str | None
    encoding: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "data",
        metavar="DATA",
        nargs="?",
        default=argparse.SUPPRESS,  # else it would overwrite --data
        help="a name or a path, as above [simple]",
    )
    parser.add_argument("--data", default="simple", help=argparse.SUPPRESS)  # the older way
    add_file(parser)
    add_model(parser, "linear")
    add_seed(parser)
    parser.add_argument(
        "--port",
        type=at_least(0),
        default=0,
        metavar="N",
        help="the port to listen on [a free one]",
    )
    parser.add_argument(
        "--no-browser",
        action="store_false",
        dest="browser",
        help="only print the address, open no browser",
    )
