"""Read the folder of a run of `miniml fit`."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from miniml.catalogue import LOSSES
from miniml.checkpoint import CheckpointError, load
from miniml.cli import models, sources
from miniml.cli.errors import UsageError, one_line, reason
from miniml.cli.fit_options import FitOptions
from miniml.cli.models import Model
from miniml.cli.options import parse_fit
from miniml.cli.output import MEASURED
from miniml.datasets import Dataset, Standardizer, Table
from miniml.datasets.readers import shown
from miniml.nn.losses import mean_loss
from miniml.nn.point_losses import PointLoss
from miniml.training import History


@attrs.frozen(eq=False)
class Run:
    """A run of `miniml fit`.

    Attributes:
        options: The options of the run.
        table: The data, with the names of features and classes.
        train: The training part, not standardised.
        test: The test part, not standardised.
        standardize: The map from these points to the inputs of the model.
        model: The trained model.
        history: The loss at each step, and the mean losses of both parts after some steps.
    """

    options: FitOptions
    table: Table
    train: Dataset
    test: Dataset
    standardize: Standardizer
    model: Model
    history: History

    @property
    def point_loss(self) -> PointLoss:
        """The point loss of the run."""
        return LOSSES[self.options.loss]


@np.errstate(all="ignore")  # what the files hold may overflow: then the mean losses differ
def read(folder: Path) -> Run:
    """Read the folder of a run, and read or draw its data again."""
    try:
        facts = _facts(folder / "run.json")
        history = _history(folder / "history.csv", facts.steps)
    except OSError as error:
        raise UsageError(
            f"cannot read {error.filename}: {reason(error)}; RUN is a folder written by "
            "`miniml fit`"
        ) from None
    except (
        AttributeError,
        KeyError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
        csv.Error,
    ) as error:
        raise UsageError(
            f"{folder} does not hold a run of `miniml fit`: {one_line(error)}"
        ) from None
    options, features, standardize = facts.options, facts.features, facts.standardize
    if facts.file is not None and (folder / facts.file).exists():
        options = attrs.evolve(options, data=str(folder / facts.file))
    parts = sources.parts(options)
    table, train, test = parts.table, parts.train, parts.test
    if table.features != features:
        raise UsageError(
            f"{folder} was trained on features {shown(features)}; {options.data} has "
            f"{shown(table.features)} now"
        )
    net = models.build(options, standardize(train.x), parts.model_rng)
    file = folder / "params.safetensors"
    try:
        net = load(file, net)
    except OSError as error:
        raise UsageError(f"cannot read the parameters in {folder}: {reason(error)}") from None
    except CheckpointError as error:
        raise UsageError(one_line(error)) from None
    run = Run(options, table, train, test, standardize, net, history)
    _check_results(run, folder, facts.losses)
    return run


def _check_results(run: Run, folder: Path, losses: dict[str, float]) -> None:
    """Raise an error if the data or the code of the model have changed since the run."""
    for part, raw in (("train", run.train), ("test", run.test)):
        then = losses[part]
        now = float(mean_loss(run.model, Dataset(run.standardize(raw.x), raw.y), run.point_loss))
        if not np.isclose(now, then, rtol=1e-5, atol=1e-9):
            raise UsageError(
                f"{run.options.data}, or the code of the model, has changed since {folder} was "
                f"written: the mean {part} loss was {then:.6g} and is {now:.6g}; run `miniml fit` again"
            )


@attrs.frozen
class _Facts:
    """What `run.json` says, checked: another program may have written it."""

    options: FitOptions
    features: tuple[str, ...]
    standardize: Standardizer
    losses: dict[str, float]
    steps: int
    file: str | None


def _facts(path: Path) -> _Facts:
    facts = json.loads(path.read_text("utf-8"))
    features = tuple(facts["features"])
    standardize = Standardizer(*(np.array([*facts[name]], float) for name in ("mean", "scale")))
    for constants in (standardize.mean, standardize.scale):
        if constants.shape != (len(features),) or not np.isfinite(constants).all():
            raise ValueError("mean and scale must have a finite number for each feature")
    if not (standardize.scale > 0.0).all():
        raise ValueError("scale must have a positive number for each feature")
    file, steps = facts.get("file"), facts["steps"]
    if not all(isinstance(text, str) for text in (*features, "" if file is None else file)):
        raise TypeError("the features and the file must be text")
    if type(steps) is not int or "\0" in (file or ""):
        raise TypeError("steps must be an integer, and file a path")
    losses = {part: _mean_loss(facts[part]) for part in ("train", "test")}
    return _Facts(_options(facts["options"]), features, standardize, losses, steps, file)


def _options(saved: Mapping[str, Any]) -> FitOptions:
    """Read the options of a run as if they were on the command line, with all its checks."""
    known = {field.name for field in attrs.fields(FitOptions)} - {"data", "header", "hidden"}
    words = [
        f"--{name.replace('_', '-')}={saved[name]}" for name in known if _is_given(saved, name)
    ]
    if saved.get("hidden") is not None:
        words.append(f"--hidden={','.join(map(str, saved['hidden']))}")
    if saved.get("header") is not None:
        words.append("--header" if saved["header"] is True else "--no-header")
    return parse_fit([*words, "--", str(saved["data"])])


def _is_given(saved: Mapping[str, Any], name: str) -> bool:
    """Return whether an option has a value; refuse one that is not text or a number."""
    value = saved.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int | float)):
        raise TypeError(f"the option {name} is {value!r}")
    return value is not None


def _mean_loss(result: dict[str, Any]) -> float:
    """Return the mean loss of a part; earlier versions called it loss."""
    return float(result["mean_loss"] if "mean_loss" in result else result["loss"])


def _measured(row: dict[str, str], part: str) -> str:
    name = f"{part}_mean_loss"
    return row[name] if name in row else row[f"{part}_loss"]


def _history(file: Path, steps: int) -> History:
    *lines, rest = file.read_text("utf-8").split("\n")
    if rest or len(lines) != 1 + steps:
        whole = max(0, len(lines) - 1)
        raise ValueError(f"{file.name} has {whole:,} complete lines for a run of {steps:,} steps")
    rows = list(csv.DictReader(lines))
    measured_rows = [row for row in rows if _measured(row, "train")]
    return History(
        np.array([int(row["step"]) for row in rows], np.int64),
        np.array([float(row["loss"]) for row in rows], np.float64),
        np.array([int(row["step"]) for row in measured_rows], np.int64),
        {
            name: np.array([float(_measured(row, part)) for row in measured_rows], np.float64)
            for name, part in zip(MEASURED, ("train", "test"), strict=True)
        },
    )
