"""The files of a run. A run that fails leaves the files of an earlier one intact.

The pictures are written last: they need fonts and other programs, which can fail.
"""

import csv
import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from miniml import plots
from miniml.checkpoint import Checkpoints, replacing, save
from miniml.checkpoint.atomic import flush, flush_folder, sweep
from miniml.checkpoint.store import STEPS
from miniml.cli.errors import UsageError, reason
from miniml.cli.models import Model
from miniml.datasets import Dataset, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

if sys.platform != "win32":
    import fcntl

NAMES = ("params.safetensors", "run.json", "history.csv", "mean_loss.png", "regions.png")
"""All the files that a run may write."""

CHECKPOINTS = "checkpoints"
"""The folder of the checkpoints; it is removed when the run ends."""

Measured: TypeAlias = Mapping[int, tuple[float, float]]
"""The mean losses of the training and the test part after some of the steps."""

MEASURED = ("train_mean_loss", "test_mean_loss")
"""Their names in the history and in the log; the loss that is trained has the penalty too."""


def check(out: Path) -> None:
    """Raise an error if the folder cannot be created, before any work is done."""
    try:
        place = next(place for place in (out, *out.parents) if place.exists())
    except OSError as error:  # for example, the name is too long
        raise UsageError(f"cannot write to {out}: {reason(error)}") from None
    if not place.is_dir():
        raise UsageError(f"cannot write to {out}: {place} is a file, not a folder")


def check_log(log: Path, out: Path) -> None:
    """Raise an error if a file of results would overwrite the log."""
    if log.name in NAMES and log.resolve().parent == out.resolve():
        raise UsageError(f"cannot log to {log}: results are written there; choose another name")


@contextmanager
def locked(out: Path) -> Generator[None]:
    """Lock a folder against other runs during the block; remove it if it is new and empty."""
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {reason(error)}") from None
    try:
        with _lock(out):
            yield
    finally:
        if is_new and out.is_dir() and not any(out.iterdir()):
            out.rmdir()


@contextmanager
def _lock(out: Path) -> Generator[None]:
    if sys.platform == "win32":  # Windows locks open files itself
        yield
        return
    handle = os.open(out, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"another run writes to {out}: wait for its end, or choose another --out"
                ) from None
        yield
    finally:
        os.close(handle)


def refuse_earlier(out: Path, log: Path | None, *, resume: bool) -> None:
    """Refuse to replace the files of an earlier run; `--overwrite` allows it."""
    found = [name for name in NAMES if (out / name).exists()]
    if Checkpoints(out / CHECKPOINTS).steps():
        if not resume:
            raise UsageError(
                f"{out} holds an unfinished run: --resume continues it, --overwrite replaces it; or "
                "choose another --out"
            )
    elif found:
        raise UsageError(
            f"{out} holds {', '.join(found)} of an earlier run: --overwrite replaces them; or choose "
            "another --out"
        )
    if log is not None and log.is_file() and not resume:
        raise UsageError(f"{log} exists: --overwrite replaces it; or choose another --log")


def remove_checkpoints(out: Path) -> None:
    """Remove the checkpoints of a run, and their folder if it is empty."""
    old = Checkpoints(out / CHECKPOINTS)
    with suppress(OSError):  # files of the user stay, and so does their folder
        for step in old.steps():
            old.path(step).unlink()
        sweep(old.folder, STEPS)
        old.folder.rmdir()


@contextmanager
def folder(out: Path) -> Generator[Path]:
    """Yield an empty folder; at the end its files replace those in `out`, if nothing failed.

    Files of an earlier run that this run did not write are removed.
    """
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for stray in out.glob(".writing-*"):  # left by a run that was killed
            shutil.rmtree(stray, ignore_errors=True)
        # Inside `out`, so that a file is moved by renaming it, which is atomic.
        staged = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {reason(error)}") from None
    try:
        yield staged
        for file in staged.iterdir():
            flush(file)
        for name in NAMES:
            if (staged / name).exists():
                (staged / name).replace(out / name)
            else:
                (out / name).unlink(missing_ok=True)
        flush_folder(out)  # before the checkpoints are removed
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {reason(error)}") from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        if is_new and not any(out.iterdir()):
            out.rmdir()


def parameters(to: Path, model: Model) -> None:
    """Write the parameters by name."""
    save(to / "params.safetensors", model)


def run(to: Path, facts: Mapping[str, object]) -> None:
    """Write the options and the results."""
    (to / "run.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def history(to: Path, losses: Sequence[float], measured: Measured) -> None:
    """Write one line per step."""
    with (to / "history.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", "loss", *MEASURED])
        for step, loss in enumerate(losses, start=1):
            writer.writerow([step, loss, *measured.get(step, ("", ""))])


def picture(out: Path, name: str, draw: Callable[[], "Axes"]) -> None:
    """Draw a picture; if it fails, the error is a warning, since the results are written."""
    try:
        with replacing(out / name) as file:
            plots.save(draw(), file)
    except Exception as error:  # noqa: BLE001  # fonts, LaTeX, settings and disks fail in many ways
        kind = "" if isinstance(error, OSError) else f"{type(error).__name__}: "
        warnings.warn(f"{out / name} was not drawn: {kind}{error}", RuntimeWarning, stacklevel=2)


def mean_losses(title: str, measured: Measured) -> "Axes":
    """Draw the mean losses of both parts over the steps."""
    steps, (train, test) = list(measured), zip(*measured.values(), strict=True)
    ax = plots.loss_curve(plots.axes(title=title), steps, train)
    plots.loss_curve(ax, steps, test, label="test", second=True)
    ax.set_ylabel("mean loss")  # pyright: ignore[reportUnknownMemberType]  # Matplotlib's types
    return ax


def regions(table: Table, model: Model, train: Dataset, test: Dataset) -> "Axes":
    """Draw the regions of the classes and the points, those of the test part large."""
    first, second = table.features
    title = f"{table.name}: test points large, training points small"
    ax = plots.decision_regions(plots.axes(title=title), model, *plots.corners(table.data.x))
    plots.dataset(ax, train, faint=True)
    return plots.dataset(ax, test, features=(first, second), classes=table.classes)
