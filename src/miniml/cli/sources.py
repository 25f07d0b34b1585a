"""From the argument DATA to a table."""

import difflib
import os
from pathlib import Path
from typing import TypeAlias

import attrs
import numpy as np
from numpy.random import Generator

from miniml import catalogue
from miniml.cli.errors import UsageError, need, reason
from miniml.cli.fit_options import FitOptions
from miniml.cli.playground_options import PlaygroundOptions
from miniml.datasets import Dataset, Table, read_csv, read_npz, read_parquet, train_test_split
from miniml.datasets.csv_format import decode

NAMES = tuple(name for names in catalogue.DATA.values() for name in names)
TABLE_SUFFIXES = (".csv", ".parquet")
"""The suffixes of files that need --target."""

FileOptions: TypeAlias = FitOptions | PlaygroundOptions
"""The options that say, among others, how to read a file."""


@attrs.frozen(eq=False)
class Parts:
    """The data of a run, and the generator for the initial parameters of its model.

    Attributes:
        table: All data, with the names of features and classes.
        train: The training part.
        test: The test part.
        model_rng: The source of randomness of the model.
    """

    table: Table
    train: Dataset
    test: Dataset
    model_rng: Generator


def parts(options: FitOptions) -> Parts:
    """Draw or read the data, and split them; a function of the options only."""
    # Each use has its own stream: drawing more points changes no initial parameter.
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
    """Draw or read the data that the options name."""
    name = options.data
    check_file_options(options)
    for option, value in (("--points", options.points), ("--noise", options.noise)):
        if value is not None and name not in catalogue.DRAWN:
            names = ", ".join(catalogue.DRAWN)
            raise UsageError(f"{option} is for data that are drawn ({names}), and {name} is not")
    if name in catalogue.TABLES:
        return catalogue.TABLES[name]()
    if name not in catalogue.DRAWN:
        return read_file(options)
    points = 200 if options.points is None else options.points
    drawn = catalogue.DRAWN[name](rng, points, options.noise or 0.0)
    if len(set(drawn.y.tolist())) == 1:
        raise UsageError(f"all {points} points drawn are of one class: try more --points")
    return Table(drawn, ("x1", "x2"), ("-1", "+1"), name)


def check_file_options(options: FileOptions) -> None:
    """Refuse the options of files for data that are not a file of that kind."""
    name = options.data
    suffix = Path(name).suffix.lower()
    if options.target is not None and suffix not in TABLE_SUFFIXES:
        raise UsageError(f"--target is for CSV and Parquet files, and {name} is neither")
    if options.positive is not None and name in NAMES:
        raise UsageError(f"--positive is for files, and {name} is not a file")
    for option in ("header", "delimiter", "decimal", "encoding"):
        if getattr(options, option) is not None and suffix != ".csv":
            raise UsageError(f"--{option} is for CSV files, and {name} is not one")


def read_file(options: FileOptions) -> Table:
    """Read a CSV, Parquet or NPZ file."""
    try:
        return _read(options, Path(options.data))
    except OSError as error:
        raise UsageError(f"cannot read {options.data}: {reason(error)}") from None


def from_folder(data: str, folder: Path) -> str | None:
    """Return the path of a file of data relative to a folder; None if the data are not a file."""
    if data in NAMES:
        return None
    try:
        return Path(os.path.relpath(Path(data).resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(Path(data).resolve())


def _read(options: FileOptions, path: Path) -> Table:
    target, positive = options.target, options.positive
    if not path.exists():
        raise UsageError(_unknown(path))
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return read_npz(path, positive=positive)
    if suffix not in TABLE_SUFFIXES:
        raise UsageError(f"{path} is not a .csv, .parquet or .npz file")
    if target is None:
        message = f"{path} needs --target COLUMN, the column to predict"
        if suffix == ".csv":
            text = decode(path.read_bytes(), str(path), options.encoding)
            message += f"; it has {text.partition(chr(10))[0].strip()[:200]}"
        raise UsageError(message)
    if suffix == ".csv":
        return read_csv(
            path,
            target,
            positive=positive,
            header=options.header,
            delimiter=options.delimiter,
            decimal=options.decimal,
            encoding=options.encoding,
        )
    need("polars", "io", "Parquet files")
    return read_parquet(path, target, positive=positive)


def _unknown(path: Path) -> str:
    name = str(path)
    if path.suffix or len(path.parts) != 1:
        return f"no such file: {name}"
    near = difflib.get_close_matches(name, NAMES, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the names are {', '.join(NAMES)}"
    return f"no data set or file is named {name!r}; {hint}"
