"""From the word DATA to a table."""

import difflib
import os
from pathlib import Path

import attrs
import numpy as np
from numpy.random import Generator

from miniml.cli.errors import UsageError, need
from miniml.cli.options import FitOptions
from miniml.datasets import (
    LECTURE,
    Dataset,
    Table,
    breast_cancer,
    read_csv,
    read_npz,
    read_parquet,
    train_test_split,
)

BREAST_CANCER = "breast-cancer"
NAMES = (BREAST_CANCER, *LECTURE)


@attrs.frozen(eq=False)
class Parts:
    """The data of a run, and the generator that its model is drawn with.

    Attributes:
        table: All the data, with their names.
        train: The part to train on.
        test: The other part.
        model_rng: The source of randomness of the model.
    """

    table: Table
    train: Dataset
    test: Dataset
    model_rng: Generator


def parts(options: FitOptions) -> Parts:
    """Draw or read the data, and split them: always the same way for the same options."""
    # A stream of its own for each use: drawing more points changes no initial parameter.
    data_rng, split_rng, model_rng = np.random.default_rng(options.seed).spawn(3)
    table = load(options, data_rng)
    for sign, name in zip((-1.0, 1.0), table.classes, strict=True):
        if np.count_nonzero(table.data.y == sign) == 1:
            raise UsageError(
                f"the class {name!r} of {options.data} has a single point; training and testing "
                "need one each"
            )
    train, test = train_test_split(table.data, split_rng, options.test_share)
    return Parts(table, train, test, model_rng)


def load(options: FitOptions, rng: Generator) -> Table:
    """Draw, or read, the data that were asked for."""
    name = options.data
    path = Path(name)
    if options.target is not None and path.suffix.lower() not in {".csv", ".parquet"}:
        raise UsageError(f"--target is for CSV and Parquet files, and {name} is none")
    if options.positive is not None and name in NAMES:
        raise UsageError(f"--positive is for files, and {name} is none")
    if options.points is not None and name not in LECTURE:
        names = ", ".join(LECTURE)
        raise UsageError(f"--points is for data that are drawn ({names}), and {name} is not")
    if name == BREAST_CANCER:
        return breast_cancer()
    if name in LECTURE:
        points = 200 if options.points is None else options.points
        drawn = LECTURE[name](rng, points)
        if len(set(drawn.y.tolist())) == 1:
            raise UsageError(f"all {points} points drawn are of one class: try more --points")
        return Table(drawn, ("x1", "x2"), ("-1", "+1"), name)
    try:
        return _read(path, options.target, options.positive)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None


def from_folder(data: str, folder: Path) -> str | None:
    """Give the way to a file of data from another folder; None of data that are drawn."""
    if data in NAMES:
        return None
    try:
        return Path(os.path.relpath(Path(data).resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(Path(data).resolve())


def _read(path: Path, target: str | None, positive: str | None) -> Table:
    if not path.exists():
        raise UsageError(_unknown(path))
    match path.suffix.lower():
        case ".parquet" if target is None:
            raise UsageError(f"{path} needs --target COLUMN to say which column to predict")
        case ".parquet" if target is not None:
            need("polars", "io", "Parquet files")
            return read_parquet(path, target, positive=positive)
        case ".csv" if target is None:
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                columns = file.readline().strip()[:200]
            raise UsageError(
                f"{path} needs --target COLUMN to say which column to predict; it has {columns}"
            )
        case ".csv" if target is not None:
            return read_csv(path, target, positive=positive)
        case ".npz":
            return read_npz(path, positive=positive)
        case _:
            raise UsageError(f"{path} is neither a .csv, a .parquet nor a .npz file")


def _unknown(path: Path) -> str:
    name = str(path)
    if path.suffix or len(path.parts) != 1:
        return f"no such file: {name}"
    near = difflib.get_close_matches(name, NAMES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the names are {', '.join(NAMES)}"
    return f"no data set and no file is named {name!r}; {hint}"
