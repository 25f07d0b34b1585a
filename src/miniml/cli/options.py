"""The command line's words, and what they mean."""

import argparse
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import attrs

from miniml._distribution import __version__
from miniml.cli import playground_options, plot_options
from miniml.cli.playground_options import PlaygroundOptions
from miniml.cli.plot_options import PlotOptions
from miniml.datasets import LECTURE
from miniml.nn.losses import POINT_LOSSES
from miniml.optimizers import Optimizer, adam, momentum, sgd

OPTIMIZERS: Mapping[str, tuple[Callable[[float], Optimizer], float]] = MappingProxyType(
    {"adam": (adam, 0.01), "momentum": (momentum, 0.03), "sgd": (sgd, 0.1)}
)
"""The optimisers by name, each with the rate it takes unless told."""

DESCRIPTION = "Models as frozen attrs classes, trained by exact gradients of plain NumPy losses."

FIT_DESCRIPTION = f"""\
Train a model that tells two classes apart, and write down what came out.

DATA is one of
  breast-cancer   569 tumours, 30 measurements each, benign or malignant (UCI, CC BY 4.0)
  {", ".join(LECTURE)}
                  points drawn in the unit square
  FILE.csv        numbers under a line of column names; --target names the column of classes,
                  --positive one of more than two, to be told from the rest
  FILE.parquet    the same
  FILE.npz        arrays x (n, d) and y (n,), as numpy.savez writes them

The data are split into a training and a test part, class by class, and standardised by the
training part.
"""

FIT_EPILOG = """\
examples:
  miniml fit breast-cancer
  miniml fit spiral --points 400 --hidden 32,32 --steps 2000
  miniml fit simple --model linear --loss hinge --optimizer sgd --rate 0.5
  miniml fit patients.csv --target outcome --batch-size 64 --out patients-run
  miniml fit iris.csv --target species --positive virginica
  miniml fit circle --model nets:make

a model of your own:
  --model nets:make calls make(features) of nets.py in the current folder (or of any module on
  the path). It returns a model that maps points (n, features) to scores (n,); the sign of a
  score is the class. A parameter named rng, wherever it stands, gets a numpy.random.Generator
  made from --seed; one named outputs gets None. What draws a model for miniml.sklearn's
  Classifier, make(rng, features, outputs), does so here.

what is written to --out:
  params.safetensors
                  the parameters by name, for miniml.load
  run.json        settings, standardising constants, classes, results
  history.csv     for each step the loss of its batch; about a hundred times, after the step,
                  the mean point loss of the whole training and test parts
  loss.png        these losses as curves
  regions.png     with two features: the regions of the classes and the points

Ctrl-C stops the training; what was reached is saved, and the exit code is 130. While a run
goes on, checkpoints/ in the folder holds what it needs: after Ctrl-C, a crash or kill -9 the
same command with --resume goes on, and ends with the same bits as a run left alone.
Bad input is one sentence on the standard error, exit code 2, and nothing is written.
"""


@attrs.frozen
class FitOptions:
    """What `miniml fit` was asked to do; None stands for a default that depends on the rest."""

    data: str
    target: str | None
    positive: str | None
    points: int | None
    test_share: float
    seed: int
    model: str
    hidden: tuple[int, ...] | None
    loss: str
    optimizer: str
    rate: float | None
    steps: int
    batch_size: int | None
    l2: float
    out: Path
    pictures: bool
    validation_share: float | None
    patience: int | None
    log: Path | None
    checkpoint_every: int | None
    resume: bool


def facts(options: FitOptions) -> dict[str, object]:
    """Give what a run's results depend on, in JSON's words."""
    asked = attrs.asdict(options, filter=lambda field, _: field.name not in _BESIDES)
    return {**asked, "hidden": None if options.hidden is None else list(options.hidden)}


_BESIDES = frozenset({"out", "pictures", "log", "checkpoint_every", "resume"})


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parse(argv: Sequence[str] | None) -> FitOptions | PlaygroundOptions | PlotOptions:
    """Read the command line; `--help`, `--version` and mistakes end the program."""
    parser = _Parser(prog="miniml", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"miniml {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_fit(
        commands.add_parser(
            "fit",
            help="train a model on a data set: miniml fit breast-cancer",
            description=FIT_DESCRIPTION,
            epilog=FIT_EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
    )
    plot = commands.add_parser(
        "plot",
        help="draw a picture of what was trained: miniml plot regions",
        description=plot_options.DESCRIPTION,
        epilog=plot_options.EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    plot_options.add_plot(plot)
    plot.set_defaults(kind=PlotOptions)
    playground = commands.add_parser(
        "playground",
        help="turn the knobs of a model in the browser: miniml playground",
        description=playground_options.DESCRIPTION,
        epilog=playground_options.EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    playground_options.add_playground(playground)
    playground.set_defaults(kind=PlaygroundOptions)
    values = vars(parser.parse_args(argv))
    kind: type[FitOptions | PlaygroundOptions | PlotOptions] = values.pop("kind", FitOptions)
    return kind(**values)


def _add_fit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", help="a name or a path, as above")
    data = parser.add_argument_group("data")
    data.add_argument(
        "--target", metavar="COLUMN", help="the column of a CSV or Parquet file to predict"
    )
    data.add_argument(
        "--positive",
        metavar="CLASS",
        help="the class of a file to tell from all others [the second of two]",
    )
    data.add_argument("--points", type=_at_least(4), metavar="N", help="points to draw [200]")
    data.add_argument(
        "--test-share",
        type=_share,
        default=0.25,
        metavar="SHARE",
        help="the share of the points to test on [%(default)s]",
    )
    data.add_argument(
        "--seed",
        type=_at_least(0),
        default=0,
        metavar="N",
        help="the seed of all that is random [%(default)s]",
    )
    model = parser.add_argument_group("model")
    model.add_argument(
        "--model",
        default="mlp",
        metavar="MODEL",
        help="linear, split, mlp or package.module:function [%(default)s]",
    )
    model.add_argument(
        "--hidden", type=_widths, metavar="N,N", help="widths of the mlp's hidden layers [16,16]"
    )
    training = parser.add_argument_group("training")
    training.add_argument(
        "--loss",
        choices=tuple(POINT_LOSSES),
        default="logistic",
        metavar="LOSS",
        help=f"the point loss: {', '.join(POINT_LOSSES)} [%(default)s]",
    )
    training.add_argument(
        "--optimizer",
        choices=tuple(OPTIMIZERS),
        default="adam",
        metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)} [%(default)s]",
    )
    rates = ", ".join(f"{name} {rate:g}" for name, (_, rate) in OPTIMIZERS.items())
    training.add_argument("--rate", type=_positive, help=f"the learning rate [{rates}]")
    training.add_argument(
        "--steps",
        type=_at_least(1),
        default=500,
        metavar="N",
        help="steps to take [%(default)s]",
    )
    training.add_argument(
        "--batch-size", type=_at_least(1), metavar="N", help="points a step [all of them]"
    )
    training.add_argument(
        "--l2",
        type=_not_negative,
        default=0.003,
        metavar="WEIGHT",
        help="adds WEIGHT/2 times the sum of the squared parameters to the loss [%(default)s]",
    )
    training.add_argument(
        "--validation-share",
        type=_share,
        metavar="SHARE",
        help="the share of the training part to keep for choosing the best step [none]",
    )
    training.add_argument(
        "--patience",
        type=_at_least(1),
        metavar="N",
        help="stop after N measurements on that share without a better one",
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out",
        type=Path,
        default=Path("miniml-out"),
        metavar="DIR",
        help="the folder to write to [%(default)s]",
    )
    output.add_argument(
        "--log", type=Path, metavar="FILE", help="a file for one line of JSON a step"
    )
    output.add_argument(
        "--checkpoint-every",
        type=_at_least(1),
        metavar="N",
        help="steps between two checkpoints, beside one every 10 seconds",
    )
    output.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run that was interrupted or killed, to the same bits",
    )
    output.add_argument(
        "--no-pictures", action="store_false", dest="pictures", help="draw no pictures"
    )


def _at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ArgumentTypeError(f"{text!r} is not a whole number") from None
        if value < least:
            raise ArgumentTypeError(f"{value} is less than {least}")
        return value

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number") from None


def _positive(text: str) -> float:
    if not 0 < (value := _number(text)) < float("inf"):
        raise ArgumentTypeError(f"{text} is not a positive number")
    return value


def _not_negative(text: str) -> float:
    if not 0 <= (value := _number(text)) < float("inf"):
        raise ArgumentTypeError(f"{text} is negative or not finite")
    return value


def _share(text: str) -> float:
    if not 0 < (value := _number(text)) < 1:
        raise ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def _widths(text: str) -> tuple[int, ...]:
    return tuple(_at_least(1)(width) for width in text.split(","))
