"""Training for a number of steps, with measurements, logs and checkpoints."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from numpy.random import Generator

from miniml.checkpoint import Checkpoints
from miniml.optimizers import Optimizer
from miniml.program import Backend
from miniml.training._batches import as_arrays, count_points, hold_out
from miniml.training.arguments import check_fitting, check_stepping
from miniml.training.fitting.finish import finish
from miniml.training.fitting.loop import PreparedRun
from miniml.training.fitting.measuring import (
    Measuring,
    check_alike,
    usual_interval,
    validation_metric,
)
from miniml.training.fitting.record import Record
from miniml.training.fitting.resume_check import Conditions, settings
from miniml.training.fitting.saving import Saver
from miniml.training.of_params import with_data
from miniml.training.result import Fit
from miniml.training.state import State
from miniml.training.states import states
from miniml.training.trainable import choose
from miniml.tree import Selector
from miniml.types import Scalar

T = TypeVar("T")
D = TypeVar("D")


def fit(
    loss: Callable[[T, D], Scalar],
    params: T,
    data: D,
    optimizer: Optimizer,
    *,
    steps: int,
    batch_size: int | None = None,
    seed: int = 0,
    trainable: Selector | None = None,
    wrt: Callable[[T], object] | None = None,
    backend: Backend = "numpy",
    augment: Callable[[D, Generator], D] | None = None,
    validation: D | None = None,
    validation_share: float | None = None,
    metric: Callable[[T, D], Scalar] | None = None,
    measure_every: int | None = None,
    patience: int | None = None,
    watch: Mapping[str, Callable[[T], Scalar]] | None = None,
    callback: Callable[[State[T]], None] | None = None,
    log: str | os.PathLike[str] | None = None,
    checkpoints: Checkpoints | str | os.PathLike[str] | None = None,
    resume: bool = False,
    notes: Mapping[str, Any] | None = None,
    progress: bool = False,
) -> Fit[T]:
    """Train for a number of steps; measure, show, log, save and stop early, as asked.

    After Ctrl-C or a termination signal, the run finishes the step, saves it and returns. A loss that
    is not finite ends the run with a warning. A run that was killed resumes from its last
    checkpoint with `resume=True`, and ends with the bits of an uninterrupted one. If it had made
    all its steps, it only returns what it reached.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy; without data also
            `loss(params)`.
        params: The parameters to start from.
        data: A tree whose leaves share their first axis, the points: arrays, arrays mapped from
            files, or frames of pandas or polars. Without a batch size, any tree of them, or None.
        optimizer: The optimiser, which turns gradients into updates.
        steps: The number of steps, those of a resumed run included.
        batch_size: The points of a step; None takes all of them.
        seed: The seed of the order of the data, and of the validation share.
        trainable: Which parameters change; see `train`.
        wrt: In place of it, a function that points at them; see `train`.
        backend: The backend of the steps' program; see `jit`.
        augment: A function that replaces a batch; see `train`. Measurements are not affected.
        validation: The data to measure on.
        validation_share: In place of `validation`, the share of the points to keep for it; the
            points, drawn at random, are then held in memory.
        metric: `metric(params, data) -> scalar`, the lower the better, called as a plain function.
            None is the loss as a program, which takes many points in chunks.
        measure_every: The steps between two measurements; None is an epoch of mini-batches, or ten
            steps over all points. The last step is measured in any case.
        patience: The number of measurements without a better one that ends the run; None: no end.
        watch: Functions of the parameters to measure at the same steps, by name.
        callback: Called with each state. The run ends after the step at which it raises
            StopIteration; before any other error is raised, what was reached is saved.
        log: A file for one line of JSON per step.
        checkpoints: Where and how often to save the run. It is saved at the end in any case; with a
            folder alone, only then. If the disk is full, a warning is issued and the run continues.
        resume: Whether to resume from the newest checkpoint, if there is one. A warning is issued
            if the loss, the optimiser, the trained parameters, the data, the metric, the backend
            or the number of threads has changed. Functions are compared by their names: put the
            numbers that they read into `notes`.
        notes: Values of JSON that must be the same for the run to resume.
        progress: Whether to show the progress on the standard error.

    Returns:
        The last state, the history, the best parameters, and why it ended.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If an argument is out of range or needs another that is missing, or as `train`
            does.
        CheckpointError: If the newest checkpoint is damaged, of another run, or of a later step
            than `steps`; if there are checkpoints without `resume`; or if another run saves in the
            same folder meanwhile.

    Example:
        >>> import numpy as np
        >>> from miniml import sgd
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> result = fit(loss, 0.0, np.array([1.0, 3.0]), sgd(0.25), steps=3)
        >>> result.state.params, result.history.loss.tolist()
        (1.75, [5.0, 2.0, 1.25])
    """
    check_stepping(loss, params, optimizer, batch_size=batch_size, seed=seed, augment=augment)
    check_fitting(
        steps=steps,
        validation=validation,
        validation_share=validation_share,
        metric=metric,
        measure_every=measure_every,
        patience=patience,
        watch=watch,
        callback=callback,
        checkpoints=checkpoints,
        resume=resume,
        notes=notes,
    )
    given, loss = loss, with_data(loss, data)
    chosen = choose(params, trainable, wrt)
    first = chosen.first_state(params, optimizer)
    data, validation = _divide(data, validation, validation_share, seed)
    if validation is not None and metric is None:
        check_alike(data, validation)
    points = None if batch_size is None else count_points(data)
    measures: dict[str, Callable[[T], Scalar]] = dict(watch or {})
    if validation is not None:
        measures["validation"] = validation_metric(metric, loss, params, validation, backend)
    measuring = Measuring(measures, measure_every or usual_interval(points, batch_size), patience)
    facts = {
        "seed": int(seed),
        "batch_size": None if batch_size is None else int(batch_size),
        "points": points,
        **(notes or {}),
    }
    run_settings: dict[str, str] = {}
    if checkpoints is not None:
        run_settings = settings(
            loss=given,
            optimizer=optimizer,
            trained=chosen.names,
            data=data,
            validation=validation,
            metric=metric,
            backend=backend,
            augment=augment,
        )
    saver = Saver(checkpoints, Conditions(facts, run_settings), measures)
    record = Record(saver.begin(first, resume=resume, steps=steps))
    upcoming = states(
        loss,
        record.state,
        data,
        optimizer,
        chosen,
        batch_size=batch_size,
        seed=seed,
        backend=backend,
        augment=augment,
    )
    run = PreparedRun(upcoming, steps, record, measuring, saver, callback, log, progress)
    return finish(record, run.loop(), data, validation)


def _divide(data: D, validation: D | None, share: float | None, seed: int) -> tuple[D, D | None]:
    """Return the data to train on and those to measure on, as arrays."""
    data = as_arrays(data)
    if share is not None:
        return hold_out(data, share, seed)
    return data, None if validation is None else as_arrays(validation)
