"""Writing the files of a run, so that a run that fails destroys nothing."""

import csv
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from miniml import plots
from miniml.checkpoint import Checkpoints, save
from miniml.checkpoint.atomic import flush, flush_folder, sweep
from miniml.checkpoint.store import STEPS
from miniml.cli.errors import UsageError
from miniml.cli.models import Model
from miniml.datasets import Dataset, Table

if sys.platform != "win32":
    import fcntl

NAMES = ("params.safetensors", "run.json", "history.csv", "loss.png", "regions.png")
"""All the files that a run may write."""

CHECKPOINTS = "checkpoints"
"""The folder of what a run needs to go on; it is there until the run ends."""

Measured: TypeAlias = Mapping[int, tuple[float, float]]
"""The mean point losses of the training and the test part after some of the steps."""


def check(out: Path) -> None:
    """Refuse a folder that cannot be one, before any work is done."""
    try:
        place = next(place for place in (out, *out.parents) if place.exists())
    except OSError as error:  # such as a name that is too long
        raise UsageError(f"cannot write to {out}: {error.strerror}") from None
    if not place.is_dir():
        raise UsageError(f"cannot write to {out}: {place} is a file, not a folder")


def check_log(log: Path, out: Path) -> None:
    """Refuse a log whose place a file of results would take in the end."""
    if log.name in NAMES and log.resolve().parent == out.resolve():
        raise UsageError(f"cannot log to {log}: results are written there; take another name")


@contextmanager
def claimed(out: Path) -> Generator[None]:
    """Keep other runs out of a folder while the block runs; a new one is removed if it is empty."""
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from None
    try:
        with _locked(out):
            yield
    finally:
        if is_new and out.is_dir() and not any(out.iterdir()):
            out.rmdir()


@contextmanager
def _locked(out: Path) -> Generator[None]:
    if sys.platform == "win32":  # there, open files keep other runs out
        yield
        return
    handle = os.open(out, os.O_RDONLY)
    try:
        with suppress(OSError):  # of a file system without locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"another run writes to {out}: let it end, or give another --out"
                ) from None
        yield
    finally:
        os.close(handle)


def set_aside(out: Path) -> Path | None:
    """Make room for new checkpoints, and say where those of a run that did not end are now."""
    old, aside = Checkpoints(out / CHECKPOINTS), Checkpoints(out / f"{CHECKPOINTS}-before")
    if not old.steps():
        return None
    try:
        aside.folder.mkdir(exist_ok=True)
        for step in aside.steps():
            aside.path(step).unlink()
        for step in old.steps():
            old.path(step).replace(aside.path(step))
    except OSError as error:
        raise UsageError(f"cannot write to {aside.folder}: {error.strerror}") from None
    return aside.folder


def remove_checkpoints(out: Path) -> None:
    """Remove the checkpoints of a run that has ended, and the folders if they hold nothing else."""
    old = Checkpoints(out / CHECKPOINTS)
    with suppress(OSError):  # what is not a run's stays, and so does its folder
        for step in old.steps():
            old.path(step).unlink()
        sweep(old.folder, STEPS)
        old.folder.rmdir()
    if out.is_dir() and not any(out.iterdir()):
        out.rmdir()


@contextmanager
def folder(out: Path) -> Generator[Path]:
    """Give an empty folder, whose files take the place of those in `out` if all goes well.

    Of the files that were in `out`, those that a run may write and this one did not are
    removed in the end: what lies there is one run's.
    """
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for stray in out.glob(".writing-*"):  # of a run that was killed
            shutil.rmtree(stray, ignore_errors=True)
        # Inside `out`, so that moving a file is renaming it, which cannot stop halfway.
        staged = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from None
    try:
        yield staged
        for file in staged.iterdir():
            flush(file)
        for name in NAMES:
            if (staged / name).exists():
                (staged / name).replace(out / name)
            else:
                (out / name).unlink(missing_ok=True)
        flush_folder(out)  # before the checkpoints go
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        if is_new and not any(out.iterdir()):
            out.rmdir()


def parameters(to: Path, model: Model) -> None:
    """Write the leaves by name."""
    save(to / "params.safetensors", model)


def run(to: Path, facts: Mapping[str, object]) -> None:
    """Write what was asked for, and what came out."""
    (to / "run.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def history(to: Path, losses: Sequence[float], measured: Measured) -> None:
    """Write a line a step."""
    with (to / "history.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", "loss", "train_loss", "test_loss"])
        for step, loss in enumerate(losses, start=1):
            writer.writerow([step, loss, *measured.get(step, ("", ""))])


def loss_picture(to: Path, title: str, measured: Measured) -> None:
    """Draw the losses of both parts over the steps."""
    steps, (train, test) = list(measured), zip(*measured.values(), strict=True)
    ax = plots.loss_curve(plots.axes(title=title), steps, train)
    plots.loss_curve(ax, steps, test, label="test", second=True)
    plots.save(ax, to / "loss.png")


def regions_picture(to: Path, table: Table, model: Model, train: Dataset, test: Dataset) -> None:
    """Draw what the model says of the plane, and the points: those of the test part large."""
    first, second = table.features
    title = f"{table.name}: test points large, training points small"
    ax = plots.decision_regions(plots.axes(title=title), model, *plots.corners(table.data.x))
    plots.dataset(ax, train, faint=True)
    plots.dataset(ax, test, features=(first, second), classes=table.classes)
    plots.save(ax, to / "regions.png")
