"""The words of `miniml plot`."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs

PICTURES: Mapping[str, str] = MappingProxyType(
    {
        "data": "the points (two features)",
        "regions": "the regions of the classes, and the points (two features)",
        "separator": "the separator, and the points (two features)",
        "distances": "each point's way to the separator (two features)",
        "multiples": "the regions for five values of one leaf (two features)",
        "point-losses": "the point loss, and each point on it",
        "loss-along": "the mean loss as a function of one leaf",
        "loss-over": "the mean loss as contours over two leaves",
        "network": "the units of a linear model, a split or an mlp, and their weights",
        "tree": "the model's nodes, leaves and static fields",
        "history": "the losses over the steps",
    }
)
"""What can be drawn, by name."""

_LINES = "\n".join(f"  {name:<14}{text}" for name, text in PICTURES.items())

DESCRIPTION = f"""\
Draw one picture of what `miniml fit` has written.

PICTURE is one of
{_LINES}
"""

EPILOG = """\
examples:
  miniml plot regions
  miniml plot history patients-run --to losses.svg
  miniml plot loss-over --leaf 'layers.2.w[0]' --leaf layers.2.b --span -3 3

A leaf is named as in `miniml fit`'s table; of an array, one element is named by its position,
as in 'layers.0.w[1,0]'. The data are read or drawn again, as the run did.
"""


@attrs.frozen
class PlotOptions:
    """What `miniml plot` was asked to do; None stands for a default that depends on the rest."""

    picture: str
    run: Path
    leaf: list[str]
    span: tuple[float, float] | None
    part: str
    to: Path | None


def add_plot(parser: argparse.ArgumentParser) -> None:
    """Teach a parser the words."""
    parser.add_argument("picture", metavar="PICTURE", choices=tuple(PICTURES), help="as above")
    parser.add_argument(
        "run",
        metavar="RUN",
        type=Path,
        nargs="?",
        default=Path("miniml-out"),
        help="the folder that `miniml fit` wrote [%(default)s]",
    )
    parser.add_argument(
        "--leaf",
        action="append",
        default=[],
        metavar="NAME",
        help="what multiples, loss-along and (given twice) loss-over change [weights of the score]",
    )
    parser.add_argument(
        "--span",
        type=float,
        nargs=2,
        metavar=("LOW", "HIGH"),
        help="from where to where it is changed [around the leaf's value]",
    )
    parser.add_argument(
        "--part",
        choices=("train", "test"),
        default="train",
        help="the part of the data to draw [%(default)s]",
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="the .png, .svg or .pdf file to write [PICTURE.png]",
    )
