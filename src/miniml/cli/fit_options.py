"""The options of `miniml fit`."""

import argparse
from pathlib import Path

import attrs

from miniml.catalogue import LOSSES, OPTIMIZERS, loss_name
from miniml.cli.arguments import (
    DATA,
    Arguments,
    add_file,
    add_model,
    add_overwrite,
    add_seed,
    at_least,
    noise,
    not_negative,
    path,
    positive,
    share,
    widths,
)

HELP = "train a model on a data set: miniml fit breast-cancer"

DESCRIPTION = f"""\
Train a model that separates two classes, and write the results to a folder.

{DATA}
The data are split into a training and a test part, class by class, and standardised with the
mean and standard deviation of the training part.
"""

EPILOG = """\
examples:
  miniml fit breast-cancer
  miniml fit spiral --points 400 --hidden 32,32 --steps 2000
  miniml fit simple --model linear --loss hinge_loss --optimizer sgd --learning-rate 0.5
  miniml fit two-spirals --noise 0.1 --optimizer lion --hidden 32,32
  miniml fit patients.csv --target outcome --batch-size 64 --out patients-run
  miniml fit iris.csv --target species --positive virginica
  miniml fit circle --model nets:make

your own model:
  --model nets:make calls make(features) of nets.py in the current folder, or of any module on
  the path. It returns a model that maps points (n, features) to scores (n,); the sign of a
  score is the class. A parameter named rng gets a numpy.random.Generator seeded by --seed; one
  named outputs gets None. A function make(rng, features, outputs), as for the Classifier of
  miniml.sklearn, can be used here too.

files written to --out:
  params.safetensors
                  the parameters by name, for miniml.load
  run.json        options, standardising constants, classes, results
  history.csv     the loss of the batch at each step, penalty included; at about a hundred steps
                  also the mean loss (of the point losses, without the penalty) of the whole
                  training and test parts after the step
  mean_loss.png   these mean losses as curves
  regions.png     the regions of the classes and the points, if there are two features

Ctrl-C stops the training and saves the parameters reached; the exit code is 130. During a run,
checkpoints/ in the folder holds its state: after Ctrl-C, a crash or kill -9, the same command
with --resume continues the run and ends with the same bits as an uninterrupted one.
The files of an earlier run are replaced only with --overwrite. A picture that cannot be drawn is
a warning: the other files are written first.
If the input is wrong, one sentence is written to the standard error, the exit code is 2, and
no file is written.
"""


@attrs.frozen
class FitOptions:
    """The options of `miniml fit`; None stands for a default that depends on the others."""

    data: str
    target: str | None
    positive: str | None
    points: int | None
    noise: float | None
    test_share: float
    seed: int
    model: str
    hidden: tuple[int, ...] | None
    loss: str
    optimizer: str
    learning_rate: float | None
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
    overwrite: bool
    header: bool | None
    delimiter: str | None
    decimal: str | None
    encoding: str | None


_WITHOUT_EFFECT = frozenset({"out", "pictures", "log", "checkpoint_every", "resume", "overwrite"})


def facts(options: FitOptions) -> dict[str, object]:
    """Return the options that the results of a run depend on, as JSON has them."""
    asked = attrs.asdict(options, filter=lambda field, _: field.name not in _WITHOUT_EFFECT)
    return {**asked, "hidden": None if options.hidden is None else list(options.hidden)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("data", metavar="DATA", help="a name or a path, as above")
    _add_data(parser.add_argument_group("data"))
    _add_training(parser.add_argument_group("model"), parser.add_argument_group("training"))
    _add_output(parser.add_argument_group("output"))


def _add_data(group: Arguments) -> None:
    add_file(group)
    group.add_argument(
        "--points", type=at_least(4), metavar="N", help="how many points to draw [200]"
    )
    group.add_argument(
        "--noise", type=noise, help="how far drawn points are scattered, from 0 to 1 [0]"
    )
    group.add_argument(
        "--test-share",
        type=share,
        default=0.25,
        metavar="SHARE",
        help="the share of the points in the test part [%(default)s]",
    )
    add_seed(group)


def _add_training(model: Arguments, training: Arguments) -> None:
    add_model(model, "mlp")
    model.add_argument(
        "--hidden", type=widths, metavar="N,N", help="widths of the mlp's hidden layers [16,16]"
    )
    training.add_argument(
        "--loss",
        type=loss_name,
        choices=tuple(LOSSES),
        default="logistic_loss",
        metavar="LOSS",
        help=f"the point loss: {', '.join(LOSSES)} [%(default)s]",
    )
    training.add_argument(
        "--optimizer",
        choices=tuple(OPTIMIZERS),
        default="adam",
        metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)} [%(default)s]",
    )
    rates = ", ".join(f"{name} {entry.learning_rate:g}" for name, entry in OPTIMIZERS.items())
    training.add_argument(
        "--learning-rate",
        "--rate",
        type=positive,
        metavar="RATE",
        help=f"the learning rate [{rates}]",
    )
    training.add_argument(
        "--steps",
        type=at_least(1),
        default=500,
        metavar="N",
        help="the number of training steps [%(default)s]",
    )
    training.add_argument(
        "--batch-size", type=at_least(1), metavar="N", help="points in a batch [all points]"
    )
    training.add_argument(
        "--l2",
        type=not_negative,
        default=0.003,
        metavar="WEIGHT",
        help="the penalty: WEIGHT/2 times the sum of the squared parameters, part of the loss [%(default)s]",
    )
    training.add_argument(
        "--validation-share",
        type=share,
        metavar="SHARE",
        help="the share of the training part on which the best step is chosen [none]",
    )
    training.add_argument(
        "--patience",
        type=at_least(1),
        metavar="N",
        help="stop after N measurements on that share without an improvement",
    )


def _add_output(group: Arguments) -> None:
    group.add_argument(
        "--out",
        type=path,
        default=Path("miniml-out"),
        metavar="DIR",
        help="the folder to write to [%(default)s]",
    )
    group.add_argument(
        "--log", type=path, metavar="FILE", help="a file that gets one line of JSON per step"
    )
    group.add_argument(
        "--checkpoint-every",
        type=at_least(1),
        metavar="N",
        help="save a checkpoint every N steps, besides one every 10 seconds",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="continue an interrupted run, to the same bits as without the interruption",
    )
    add_overwrite(group, "replace the files of an earlier run in DIR, and FILE")
    group.add_argument(
        "--no-pictures", action="store_false", dest="pictures", help="draw no pictures"
    )
