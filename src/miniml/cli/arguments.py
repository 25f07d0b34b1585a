"""Types of arguments, and the arguments that several commands share."""

from argparse import Action, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any, Protocol

from miniml.catalogue import MODELS
from miniml.datasets import LECTURE
from miniml.datasets.noisy import NOISY

DATA = f"""\
DATA is one of
  {", ".join(LECTURE)}
                  points in the unit square, drawn at random
  {", ".join(NOISY)}
                  points in the square from -6 to 6, drawn at random
  breast-cancer   569 tumours, 30 measurements each, benign or malignant (UCI, CC BY 4.0)
  FILE.csv        numbers below a line of column names; --target names the column of classes,
                  --positive one of more than two classes, to separate from the rest
  FILE.parquet    the same
  FILE.npz        arrays x (n, d) and y (n,), as numpy.savez writes them
"""


class Arguments(Protocol):
    """A parser, or a group of its arguments."""

    def add_argument(self, *names: str, **options: Any) -> Action:
        """Add an argument."""
        ...


def add_file(parser: Arguments) -> None:
    """Add the arguments that say how to read a file of data."""
    parser.add_argument(
        "--target", metavar="COLUMN", help="the column of a CSV or Parquet file to predict"
    )
    parser.add_argument(
        "--positive",
        metavar="CLASS",
        help="the class of a file to separate from all others [the second of two]",
    )
    parser.add_argument(
        "--header",
        action=BooleanOptionalAction,
        default=None,
        help="whether the first line of a CSV file has the names of the columns [it has, and is not of "
        "numbers]; without names they are column_1, column_2, ...",
    )
    parser.add_argument(
        "--delimiter",
        type=_delimiter,
        metavar="MARK",
        help="the character between the columns of a CSV file, or the word tab [recognised]",
    )
    parser.add_argument(
        "--decimal",
        choices=(".", ","),
        help="the decimal mark of a CSV file [recognised]",
    )
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="the encoding of a CSV file [recognised: utf-8, utf-16, latin-1]",
    )


def path(text: str) -> Path:
    """Read the name of a file or folder."""
    if "\0" in text:
        raise ArgumentTypeError("a path cannot hold NUL")
    return Path(text)


def _delimiter(text: str) -> str:
    """Read a delimiter; a tab is hard to type in a shell."""
    return "\t" if text in {"tab", "\\t"} else text


def add_seed(parser: Arguments) -> None:
    """Add the seed."""
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        metavar="N",
        help="the seed of all random numbers [%(default)s]",
    )


def add_model(parser: Arguments, default: str) -> None:
    """Add the model."""
    parser.add_argument(
        "--model",
        default=default,
        metavar="MODEL",
        help=f"{', '.join(MODELS)} or package.module:function [%(default)s]",
    )


def add_overwrite(parser: Arguments, help: str) -> None:  # noqa: A002  # argparse's word
    """Add the permission to replace files."""
    parser.add_argument("--overwrite", action="store_true", help=help)


def at_least(least: int) -> Callable[[str], int]:
    """Return a type of argument: an integer that is not smaller than `least`."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ArgumentTypeError(f"{text!r} is not an integer") from None
        if value < least:
            raise ArgumentTypeError(f"{value} is less than {least}")
        return value

    return read


def _number(fits: Callable[[float], bool], complaint: str) -> Callable[[str], float]:
    """Return a type of argument: a number that fits."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ArgumentTypeError(f"{text!r} is not a number") from None
        if not fits(value):
            raise ArgumentTypeError(f"{text} {complaint}")
        return value

    return read


positive: Callable[[str], float] = _number(
    lambda value: 0 < value < inf, "is not a positive number"
)
not_negative: Callable[[str], float] = _number(
    lambda value: 0 <= value < inf, "is negative or not finite"
)
share: Callable[[str], float] = _number(lambda value: 0 < value < 1, "is not between 0 and 1")
noise: Callable[[str], float] = _number(lambda value: 0 <= value <= 1, "is not from 0 to 1")


def widths(text: str) -> tuple[int, ...]:
    """Read positive integers with commas between them."""
    return tuple(at_least(1)(width) for width in text.split(","))
