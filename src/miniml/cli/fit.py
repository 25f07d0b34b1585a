"""The command `miniml fit`: from a data set to a trained model and its files."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from miniml._interrupt import INTERRUPTED
from miniml.catalogue import LOSSES, OPTIMIZERS
from miniml.checkpoint import CheckpointError, Checkpoints
from miniml.cli import models, output, report, sources
from miniml.cli.errors import UsageError, need, one_line, reason
from miniml.cli.fit_options import FitOptions, facts
from miniml.cli.models import Model
from miniml.cli.sources import Parts
from miniml.datasets import Dataset, Standardizer
from miniml.nn.losses import mean_loss
from miniml.program import TraceError
from miniml.training import Best, Fit, History, fit
from miniml.training.fitting.progress import progress
from miniml.training.fitting.resume_check import fingerprint
from miniml.tree import summary, tree_norm
from miniml.types import Scalar

if TYPE_CHECKING:
    from rich.console import Console

CHECKPOINT_SECONDS = 10.0
"""The longest time between two checkpoints: what a killed run loses at most."""


def run(options: FitOptions) -> int:
    """Run the command; the exit code is 0, or that of an interrupted run."""
    if options.patience is not None and options.validation_share is None:
        raise UsageError("--patience needs --validation-share, the share that is measured")
    need("rich", "cli", "tables and progress bars")
    need("safetensors", "cli", "the files of parameters")
    if options.pictures:
        need("matplotlib", "plot", "pictures (unless you pass --no-pictures)")
    output.check(options.out)
    if options.log is not None:
        output.check_log(options.log, options.out)
    with output.locked(options.out):
        if not options.overwrite:
            output.refuse_earlier(options.out, options.log, resume=options.resume)
        return _run(options)


def _run(options: FitOptions) -> int:
    parts = sources.parts(options)
    table = parts.table
    standardize = Standardizer.of(parts.train.x)
    train, test = (Dataset(standardize(raw.x), raw.y) for raw in (parts.train, parts.test))
    net = models.build(options, train.x, parts.model_rng)

    console = report.console()
    report.data(console, table, train, test)
    report.model(console, options.model, summary(net))
    if not options.resume:
        output.remove_checkpoints(options.out)
    start = time.perf_counter()
    reached = _train(options, net, train, test)
    seconds = time.perf_counter() - start
    step = reached.state.step
    if not step:
        raise KeyboardInterrupt  # there is nothing to save
    best = reached.best or Best(step, math.nan, reached.state.params)
    net = best.params
    point_loss = LOSSES[options.loss]
    train_result = report.measure(net, train, point_loss)
    test_result = report.measure(net, test, point_loss)
    measured = _measured(reached.history) | {
        best.step: (train_result.mean_loss, test_result.mean_loss)
    }
    with output.folder(options.out) as folder:
        output.parameters(folder, net)
        output.history(folder, reached.history.loss.tolist(), measured)
        output.run(
            folder,
            {
                "options": facts(options),
                "file": sources.from_folder(options.data, options.out),
                "steps": step,
                "best_step": best.step,
                "features": table.features,
                "mean": standardize.mean.tolist(),
                "scale": standardize.scale.tolist(),
                "classes": {"-1": table.classes[0], "+1": table.classes[1]},
                "train": {"mean_loss": train_result.mean_loss, "accuracy": train_result.accuracy},
                "test": {"mean_loss": test_result.mean_loss, "accuracy": test_result.accuracy},
            },
        )
    if reached.stopped != "interrupt":
        output.remove_checkpoints(options.out)
    try:
        if options.pictures:
            _draw(options, parts, lambda x: net(standardize(x)), measured)
        report.results(console, table.classes, train_result, test_result)
        _tell(console, options, reached, best, seconds)
    except KeyboardInterrupt:
        console.print(f"interrupted; the results are in {options.out}/")
        return INTERRUPTED
    return INTERRUPTED if reached.stopped == "interrupt" else 0


def _tell(
    console: "Console", options: FitOptions, reached: Fit[Model], best: Best[Model], seconds: float
) -> None:
    """Print how the run ended."""
    step = reached.state.step
    if reached.best is not None:
        console.print(
            f"the parameters are those of step {best.step:,}, the best on the validation part"
        )
    if reached.stopped == "patience":
        console.print(
            f"stopped at step {step:,}: no improvement in {options.patience:,} measurements"
        )
    console.print(f"{step:,} steps in {seconds:.2f} s; files in {options.out}/")
    if reached.stopped == "interrupt":
        console.print(f"stopped by Ctrl-C after {step:,} of {options.steps:,} steps")
        console.print("the same command with --resume continues from here")


def _draw(options: FitOptions, parts: Parts, model: Model, measured: output.Measured) -> None:
    """Draw the pictures."""
    table, out = parts.table, options.out
    with report.one_line_warnings("miniml fit"):
        title = f"{table.name}: mean {options.loss}"
        output.picture(out, "mean_loss.png", lambda: output.mean_losses(title, measured))
        if len(table.features) == 2:
            draw = partial(output.regions, table, model, parts.train, parts.test)
            output.picture(out, "regions.png", draw)


def _measured(history: History) -> dict[int, tuple[float, float]]:
    """Return the mean losses of both parts by step."""
    if not history.measured:
        return {}
    train, test = (history.measured[name].tolist() for name in output.MEASURED)
    steps = history.measured_step.tolist()
    return dict(zip(steps, zip(train, test, strict=True), strict=True))


def _train(options: FitOptions, net: Model, train: Dataset, test: Dataset) -> Fit[Model]:
    """Train, and measure the mean losses of both parts at about a hundred steps."""
    point_loss = LOSSES[options.loss]
    optimizer = OPTIMIZERS[options.optimizer]
    batch = min(options.batch_size or len(train), len(train))
    # Measuring must not cost more than training: at most one measurement an epoch.
    measurements = min(100, max(1, options.steps * batch // len(train)))

    def loss(params: Model, data: Dataset) -> Scalar:
        penalty = options.l2 / 2 * tree_norm(params, squared=True)
        return mean_loss(params, data, point_loss) + penalty

    def measure(data: Dataset) -> Callable[[Model], Scalar]:
        return lambda params: mean_loss(params, data, point_loss)

    checkpoints = Checkpoints(
        options.out / output.CHECKPOINTS,
        every=options.checkpoint_every,
        seconds=CHECKPOINT_SECONDS,
    )
    first = max(checkpoints.steps(), default=0) if options.resume else 0
    with progress(options.steps, start=first) as show, report.one_line_warnings("miniml fit"):
        try:
            reached = fit(
                loss,
                net,
                train,
                optimizer.make(options.learning_rate or optimizer.learning_rate),
                steps=options.steps,
                batch_size=options.batch_size,
                seed=options.seed,
                measure_every=math.ceil(options.steps / measurements),
                watch=dict(zip(output.MEASURED, map(measure, (train, test)), strict=True)),
                validation_share=options.validation_share,
                patience=options.patience,
                log=options.log,
                callback=show,
                checkpoints=checkpoints,
                resume=options.resume,
                notes={"options": facts(options), "data": fingerprint(train)},
            )
        except TraceError as error:
            raise UsageError(
                f"--model {options.model} cannot be traced: {one_line(error)}"
            ) from error
        except CheckpointError as error:
            option = "--resume: " if options.resume else ""
            raise UsageError(f"{option}{one_line(error)}") from error
        except OSError as error:
            place = error.filename or options.out
            raise UsageError(f"cannot write to {place}: {reason(error)}") from error
    measured = reached.history.measured.values()
    if reached.stopped == "not finite" or not all(np.isfinite(some).all() for some in measured):
        output.remove_checkpoints(options.out)
        raise UsageError(
            f"the loss is not finite at step {len(reached.history.step) + 1:,}: lower --learning-rate"
        )
    return reached
