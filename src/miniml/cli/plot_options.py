"""The options of `miniml plot`."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs

from miniml.cli.arguments import add_overwrite, path

PICTURES: Mapping[str, str] = MappingProxyType(
    {
        "data": "the points (two features)",
        "regions": "the regions of the classes, and the points (two features)",
        "separator": "the separator, and the points (two features)",
        "distances": "the distance of each point to the separator (two features)",
        "multiples": "the regions at five values of one leaf (two features)",
        "point-losses": "the point loss as a curve, and each point on it",
        "loss-along": "the mean loss as a function of one leaf",
        "loss-over": "the contours of the mean loss over two leaves",
        "network": "the units of a linear model, a split or an mlp, and their weights",
        "tree": "the model's nodes, leaves and static fields",
        "history": "the loss at each step, and the mean losses",
    }
)
"""The pictures by name."""

_LINES = "\n".join(f"  {name:<14}{text}" for name, text in PICTURES.items())

HELP = "draw a picture of a trained model: miniml plot regions"

DESCRIPTION = f"""\
Draw one picture of a run of `miniml fit`.

PICTURE is one of
{_LINES}
"""

EPILOG = """\
examples:
  miniml plot regions
  miniml plot history patients-run --to losses.svg
  miniml plot loss-over --leaf 'layers.2.w[0]' --leaf layers.2.b --span -3 3

A leaf has the name that the table of `miniml fit` shows; an element of an array is named by its
indices, as in 'layers.0.w[1,0]'. The data are read or drawn again, as in the run.
"""


@attrs.frozen
class PlotOptions:
    """The options of `miniml plot`; None stands for a default that depends on the others."""

    picture: str
    run: Path
    leaf: list[str]
    span: tuple[float, float] | None
    part: str
    to: Path | None
    overwrite: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("picture", metavar="PICTURE", choices=tuple(PICTURES), help="as above")
    parser.add_argument(
        "run",
        metavar="RUN",
        type=path,
        nargs="?",
        default=Path("miniml-out"),
        help="the folder that `miniml fit` wrote [%(default)s]",
    )
    parser.add_argument(
        "--leaf",
        action="append",
        default=[],
        metavar="NAME",
        help="the leaf that multiples, loss-along and (given twice) loss-over vary [weights of the last array]",
    )
    parser.add_argument(
        "--span",
        type=float,
        nargs=2,
        metavar=("LOW", "HIGH"),
        help="the range of the leaf [around its value]",
    )
    parser.add_argument(
        "--part",
        choices=("train", "test"),
        default="train",
        help="the part of the data to draw [%(default)s]",
    )
    parser.add_argument(
        "--to",
        type=path,
        metavar="FILE",
        help="the .png, .svg or .pdf file to write [PICTURE.png]",
    )
    add_overwrite(parser, "replace FILE")
