"""Training for a number of steps, with all that a long run needs."""

import math
import os
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from numpy.random import Generator

from miniml.checkpoint import CheckpointError, Checkpoints
from miniml.optimizers import Optimizer
from miniml.program import Backend
from miniml.training._batches import as_arrays, count_points, split
from miniml.training.arguments import (
    check_alike,
    check_fitting,
    not_finite,
    one_number,
)
from miniml.training.log import Log
from miniml.training.progress import Measured
from miniml.training.progress import progress as shown
from miniml.training.record import Record
from miniml.training.result import Fit, Stopped
from miniml.training.resume_check import settings
from miniml.training.saving import Saver
from miniml.training.signals import deferred
from miniml.training.state import State
from miniml.training.step import loss_program
from miniml.training.stepper import prepare
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
    """Train for a number of steps; measure, show, log, save, and stop early where asked to.

    Ctrl-C or a termination lets the step finish, saves, and returns what was reached. A loss that
    is not finite ends the run with a warning. A run that was killed goes on from its last
    checkpoint with `resume=True` and ends with the same bits as one left alone. One that had made
    all its steps only returns what it reached.

    Args:
        loss: A pure function `loss(params, data) -> scalar`, in plain NumPy.
        params: The parameters to start from.
        data: A tree whose leaves share their first axis, the points: arrays, arrays mapped from
            files, or frames of pandas or polars. Without a batch size, any tree of them, or None.
        optimizer: What turns gradients into updates.
        steps: How many steps to make, those of a run taken up again included.
        batch_size: Points a step; None takes all of them.
        seed: The seed of the order of the data, and of the validation share.
        trainable: Which parameters change; see `train`.
        wrt: In place of it, a function that points at them; see `train`.
        backend: What runs the steps' program; see `jit`.
        augment: What takes the place of a batch; see `train`. What is measured is not changed.
        validation: Data to measure on.
        validation_share: In place of `validation`, the share of the points to keep for it; the
            points, drawn at random, are then held in memory.
        metric: `metric(params, data) -> scalar`, the lower the better; it is called as it is, not
            as a program. None is the loss, as one: of many points it takes some at a time.
        measure_every: The steps between two measurements; None: an epoch of mini-batches, or
            ten steps over all the points. The last step is measured in any case.
        patience: How many measurements without a better one end the run; None goes on.
        watch: By name, functions of the parameters to measure at the same steps.
        callback: Called with each state. The run ends after the step at which it raises
            StopIteration; where it raises anything else, what was reached is saved before.
        log: A file for one line of JSON a step.
        checkpoints: Where and how often to save the run; of a folder alone, only in the end, as in
            any case. Where a disk is full, a warning tells, and the run goes on.
        resume: Whether to go on from the newest checkpoint, if there is one. A warning tells of a
            loss, an optimiser, trained parameters, data, a metric, a backend or a number of threads
            other than before.
        notes: What else, in JSON's words, must be the same for the run to be taken up again.
        progress: Whether to show on the standard error how the run gets on.

    Returns:
        The last state, the history, the best parameters, and why it ended.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If an argument is out of range or lacks another that it needs, checkpoints of
            another run are in the way, or as `train` does.
        CheckpointError: If the newest checkpoint is damaged, of another run, or of a later step
            than `steps`; or if another run saves in the same folder meanwhile.

    Example:
        >>> import numpy as np
        >>> from miniml import sgd
        >>> def loss(w: float, data: np.ndarray) -> float:
        ...     return np.mean(np.square(data - w))
        >>> result = fit(loss, 0.0, np.array([1.0, 3.0]), sgd(0.25), steps=3)
        >>> result.state.params, result.history.loss.tolist()
        (1.75, [5.0, 2.0, 1.25])
    """
    stepper = prepare(
        loss,
        params,
        optimizer,
        batch_size=batch_size,
        seed=seed,
        trainable=trainable,
        wrt=wrt,
        backend=backend,
        augment=augment,
    )
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
    data = as_arrays(data)
    if validation_share is not None:
        data, validation = split(data, validation_share, seed)
    elif validation is not None:
        validation = as_arrays(validation)
        if metric is None:
            check_alike(data, validation)
    points = None if batch_size is None else count_points(data)
    if measure_every is None:
        measure_every = 10
        if points is not None and batch_size is not None and batch_size < points:
            measure_every = math.ceil(points / batch_size)
    measures: dict[str, Callable[[T], Scalar]] = dict(watch or {})
    if validation is not None:
        measured_data = validation
        rule = metric or loss_program(loss, params, measured_data, backend)
        measures["validation"] = lambda params: rule(params, measured_data)
    if isinstance(checkpoints, (str, os.PathLike)):
        checkpoints = Checkpoints(checkpoints)
    facts = {
        "seed": int(seed),
        "batch_size": None if batch_size is None else int(batch_size),
        "points": points,
        **(notes or {}),
    }
    made_of: dict[str, str] = {}
    if checkpoints is not None:
        made_of = settings(
            loss=loss,
            optimizer=optimizer,
            live=stepper.trainable.split(params)[0],
            data=data,
            validation=validation,
            metric=metric,
            backend=backend,
            augment=augment,
        )
    saver = Saver(checkpoints, facts, made_of, measures)
    record = Record(saver.begin(stepper.first, resume=resume, steps=steps))
    states = stepper.states(record.state, data)

    def measure(params: T) -> dict[str, float]:
        return {name: one_number(name, f(params)) for name, f in measures.items()}

    def save() -> None:
        if journal is not None:
            journal.flush(to_disk=True)  # a run that goes on from here does not write them again
        try:
            saver.save(record.run(), record.validation() if record.is_measured() else None)
        except OSError as error:  # a full disk must not end the run, nor lose its result
            warnings.warn(
                f"no checkpoint of step {record.state.step} could be saved: {error}",
                RuntimeWarning,
                stacklevel=3,
            )

    left = 0 if record.is_stale(patience) else max(0, steps - record.state.step)
    stopped: Stopped = "patience" if record.is_stale(patience) else "steps"
    with ExitStack() as stack:
        asked_to_end = stack.enter_context(deferred())
        journal = stack.enter_context(Log(Path(log), record.state.step)) if log else None
        show = stack.enter_context(shown(steps, start=record.state.step)) if progress else None
        try:
            for state in islice(states, left):
                if not math.isfinite(state.loss):
                    stopped = "not finite"
                    break
                # Before the state is noted: what is saved of an interrupted run is whole steps.
                measured = measure(state.params) if state.step % measure_every == 0 else {}
                record.add(state)
                record.measure(measured)
                if journal is not None:
                    journal.write(state, measured)
                if show is not None:
                    show(Measured(state.step, state.loss, record.validation()))
                if callback is not None:
                    try:
                        callback(state)
                    except StopIteration:
                        stopped = "callback"
                        break
                if saver.is_due(state.step):
                    save()
                if record.is_stale(patience):
                    stopped = "patience"
                    break
                if asked_to_end():
                    stopped = "interrupt"
                    break
        except KeyboardInterrupt:
            stopped = "interrupt"
        except Exception:
            with suppress(CheckpointError):  # of which the error itself may tell
                save()
            raise
        # Else the loss of the next step would tell, but none is made.
        broken = stopped != "not finite" and record.is_broken()
        if broken:
            stopped = "not finite"
        if stopped != "not finite":
            save()
            # After saving: a run that goes on from here is to measure what one left alone does.
            if record.state.step and not record.is_measured():
                with suppress(KeyboardInterrupt):  # a second one: the run is saved, and returned
                    record.measure(measure(record.state.params))
            if asked_to_end():
                stopped = "interrupt"
    if stopped == "not finite":
        warnings.warn(_retreat(record, data, broken=broken), RuntimeWarning, stacklevel=2)
    run = record.run()
    if run.best is not None and math.isnan(run.best.value):
        warnings.warn(
            "the metric on the validation data was NaN each time it was measured: no parameters are "
            f"the best{not_finite(run.state.params, validation)}",
            RuntimeWarning,
            stacklevel=2,
        )
    return Fit(run.state, run.history, run.best, stopped)


def _retreat(record: Record[T], data: object, *, broken: bool) -> str:
    """Go back to the last state whose parameters gave a finite loss, and say so."""
    made = len(record.run().history.step)
    fault = f"the loss is not finite at step {made + 1}"
    if broken:
        fault = f"step {made} made NaN of parameters"
    if record.retreat():
        return (
            f"{fault}: the state of step {record.state.step} is returned, the last whose parameters "
            f"gave a finite loss{not_finite(None, data)}"
        )
    return (
        f"the loss is not finite at the first step, from the parameters of step "
        f"{record.state.step} on, which are returned{not_finite(record.state.params, data)}"
    )
