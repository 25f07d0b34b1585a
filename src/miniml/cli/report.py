"""The report of `miniml fit`: tables on the standard output."""

import re
import sys
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml import metrics
from miniml.cli.errors import one_line
from miniml.cli.models import Model
from miniml.datasets import Dataset, Table
from miniml.nn.losses import mean_loss
from miniml.nn.point_losses import PointLoss
from miniml.tree import Summary

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid


@attrs.frozen(eq=False)
class Result:
    """The mean loss and the accuracy of a model on one part of the data.

    Attributes:
        mean_loss: The mean loss: of the point losses, without the penalty.
        accuracy: The proportion of the points that are classified correctly.
        interval: The 95 % confidence interval of the accuracy.
        confusion: Counts, `(2, 2)`: rows for the true class, columns for the predicted class.
    """

    mean_loss: float
    accuracy: float
    interval: tuple[float, float]
    confusion: NDArray[np.int64]


def measure(model: Model, data: Dataset, point_loss: PointLoss) -> Result:
    """Evaluate a model; a score of exactly 0 counts as the class -1."""
    predicted = np.where(model(data.x) > 0, 1.0, -1.0)
    return Result(
        mean_loss=float(mean_loss(model, data, point_loss)),
        accuracy=metrics.accuracy(data.y, predicted),
        interval=metrics.share_interval(predicted == data.y),
        confusion=metrics.confusion(data.y, predicted, [-1.0, 1.0]),
    )


def console() -> "Console":
    """Return a console that prints text unchanged, brackets included."""
    from rich.console import Console  # noqa: PLC0415  # optional

    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


@contextmanager
def one_line_warnings(command: str) -> Generator[None, None, None]:
    """Print warnings on one line, those that differ in numbers only once.

    Warnings of overflow are left to the final error.
    """
    shown: set[str] = set()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        text = one_line(message)
        kind = re.sub(r"\d+", "", text)
        if kind not in shown and sys.stderr:
            shown.add(kind)
            print(f"{command}: {text}", file=sys.stderr)  # noqa: T201  # the purpose

    with warnings.catch_warnings():
        warnings.simplefilter("default", RuntimeWarning)
        for overflow in ("the loss is not finite", ".* encountered in "):
            warnings.filterwarnings("ignore", overflow, RuntimeWarning)
        warnings.showwarning = show
        yield


def data(console: "Console", table: Table, train: Dataset, test: Dataset) -> None:
    """Print the size of the data and of their parts."""
    negative, positive = (int((table.data.y == sign).sum()) for sign in (-1.0, 1.0))
    low, high = table.classes
    console.print(
        f"{table.name}: {len(table.data):,} points of {len(table.features):,} features; "
        f"{negative:,} are {low}, {positive:,} are {high}\n"
        f"{len(train):,} training points, {len(test):,} test points\n"
    )


def model(console: "Console", name: str, summary: Summary) -> None:
    """Print the leaves of a model."""
    grid = _grid(f"model {name}", ["leaf", "shape", "dtype"], ["count"])
    for row in summary.rows:
        grid.add_row(row.name, str(row.shape), row.dtype, f"{row.count:,}")
    grid.add_section()
    grid.add_row("total", "", "", f"{summary.count:,}")
    console.print(grid)


def results(console: "Console", classes: tuple[str, str], train: Result, test: Result) -> None:
    """Print mean losses, accuracies and the confusion table of the test part."""
    grid = _grid("results", ["part"], ["points", "mean loss", "accuracy", "95% interval"])
    for part, result in (("train", train), ("test", test)):
        points = int(result.confusion.sum())
        grid.add_row(
            part,
            f"{points:,}",
            f"{result.mean_loss:.4f}",
            f"{result.accuracy:.4f}",
            "{:.4f} to {:.4f}".format(*result.interval),
        )
    console.print(grid)
    grid = _grid("test points by class", ["class"], [f"predicted {name}" for name in classes])
    for name, counts in zip(classes, test.confusion.tolist(), strict=True):
        grid.add_row(name, *(f"{count:,}" for count in counts))
    console.print(grid)


def _grid(title: str, words: Sequence[str], numbers: Sequence[str]) -> "Grid":
    from rich import box  # noqa: PLC0415  # optional
    from rich.table import Table as Grid  # noqa: PLC0415  # optional

    grid = Grid(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for word in words:
        grid.add_column(word, overflow="fold")
    for number in numbers:
        grid.add_column(number, justify="right", overflow="fold")
    return grid
