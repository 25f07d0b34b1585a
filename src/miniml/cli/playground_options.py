"""The words of `miniml playground`."""

import argparse

import attrs

from miniml.datasets import LECTURE

DESCRIPTION = f"""\
Open a page on which the parameters of a model are knobs, and its training is seen as it goes.

DATA is one of
  {", ".join(LECTURE)}
                  points drawn in the unit square
  gauss, rings, quadrants, spirals
                  points drawn with noise
  breast-cancer   569 tumours, 30 measurements each
  FILE.csv        numbers under a line of column names; --target names the column of classes
  FILE.npz        arrays x (n, d) and y (n,), as numpy.savez writes them
"""

EPILOG = """\
examples:
  miniml playground
  miniml playground --model mlp --data spirals
  miniml playground --model nets:make --data circle
  miniml playground --data patients.csv --target outcome --no-browser --port 8000

a model of your own:
  as for miniml fit: --model nets:make calls make(features), and a parameter named rng gets a
  numpy.random.Generator.

The page is served to this machine alone, until Ctrl-C; its address, which is printed, holds a
token, and without the token it shows nothing.
"""


@attrs.frozen
class PlaygroundOptions:
    """What `miniml playground` was asked to do."""

    model: str
    data: str
    target: str | None
    positive: str | None
    seed: int
    port: int
    browser: bool


def add_playground(parser: argparse.ArgumentParser) -> None:
    """Teach a parser the words."""
    parser.add_argument(
        "--model",
        default="linear",
        metavar="MODEL",
        help="linear, split, part, mlp or package.module:function [%(default)s]",
    )
    parser.add_argument(
        "--data", default="simple", metavar="DATA", help="a name or a path, as above [%(default)s]"
    )
    parser.add_argument("--target", metavar="COLUMN", help="the column of a CSV file to predict")
    parser.add_argument(
        "--positive", metavar="CLASS", help="the class of a file to tell from all others"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the seed of all that is random [0]"
    )
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="the port to listen on [a free one]"
    )
    parser.add_argument(
        "--no-browser", action="store_false", dest="browser", help="only print the address"
    )
