"""Checks of the arguments of `train`, `fit`, `lbfgs` and `minimize`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from miniml.optimizers import Optimizer
from miniml.optimizers.base import check_optimizer
from miniml.optimizers.combine import misuses_a_step, only_prepares
from miniml.training.fitting.resume_check import NOT_FACTS
from miniml.training.state import State
from miniml.tree import leaf_names, named_leaves
from miniml.validation import NOT_NEGATIVE, SHARE, Integer, describe

_RESERVED_NAMES = {"step", "epoch", "loss", "seconds", "validation"}
"""Names that a history or a log uses."""

_RESERVED_NOTES = NOT_FACTS | {"seed", "batch_size", "points"}
"""Names that the notes of a checkpoint use."""


def check_function(name: str, value: object, call: str) -> None:
    """Refuse a value that cannot be called.

    Raises:
        TypeError: If it cannot.
    """
    if not callable(value):
        raise TypeError(f"{name} is {describe(value)}: it must be a function {call}")


def check_stepping(
    loss: object,
    params: object,
    optimizer: Optimizer,
    *,
    batch_size: int | None,
    seed: int,
    augment: object,
) -> None:
    """Check the arguments that `train` and `fit` share.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If it is out of range.
    """
    check_function("loss", loss, "loss(params, data) -> scalar")
    if callable(params) and leaf_names(params) == ("",):
        raise TypeError(
            f"params is {describe(params)}: it must be a tree of numbers and arrays, such as a model; "
            "the order is loss, params, data, optimizer, and a class is called first"
        )
    for name, leaf in named_leaves(params).items():
        try:
            np.dtype(getattr(leaf, "dtype", np.float64))
        except TypeError as error:  # as of PyTorch
            raise TypeError(
                f"params has at {name or 'the root'} {describe(leaf)}: make it a NumPy array, "
                "np.asarray(...)"
            ) from error
    check_optimizer("optimizer", optimizer)
    if only_prepares(optimizer):
        raise ValueError(
            "optimizer only changes the gradient, and adding a gradient goes uphill: end the chain "
            "with an optimiser that makes a step, as in chain(clip_by_global_norm(1.0), sgd(0.1))"
        )
    if misuses_a_step(optimizer):
        raise ValueError(
            "optimizer has a chain that goes uphill: after an optimiser that makes a step, another one or "
            "add_decayed_weights takes the step for a gradient. Put add_decayed_weights first, and one "
            "optimiser that makes a step last, as in chain(add_decayed_weights(1e-4), sgd(0.1))"
        )
    if batch_size is not None:
        Integer(1).check("batch_size", batch_size)
    Integer(0).check("seed", seed)
    if augment is not None:
        check_function("augment", augment, "augment(batch, rng) -> batch")


def check_start(start: object) -> None:
    """Refuse a value that is not a state to resume from.

    Raises:
        TypeError: If it is not.
    """
    if start is not None and not isinstance(start, State):
        hint = "; a result has one as .state" if hasattr(start, "state") else ""
        raise TypeError(f"start is {describe(start)}: it must be a State of an earlier run{hint}")


def check_searching(loss: object, steps: int, tolerance: float, callback: object) -> None:
    """Check the arguments that `lbfgs` and `minimize` share.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If it is out of range.
    """
    check_function("loss", loss, "loss(params, data) -> scalar")
    Integer(0).check("steps", steps)
    NOT_NEGATIVE.check("tolerance", tolerance)
    check_callback(callback)


def check_callback(callback: object) -> None:
    """Refuse a callback that cannot be called.

    Raises:
        TypeError: If it cannot.
    """
    if callback is not None:
        check_function("callback", callback, "callback(state) -> None")


def check_fitting(
    *,
    steps: int,
    validation: object,
    validation_share: float | None,
    metric: object,
    measure_every: int | None,
    patience: int | None,
    watch: Mapping[Any, object] | None,
    callback: object,
    checkpoints: object,
    resume: bool,
    notes: object,
) -> None:
    """Check the other arguments of `fit`, and that none would be ignored.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If it is out of range, or needs another that is missing.
    """
    Integer(0).check("steps", steps)
    if measure_every is not None:
        Integer(1).check("measure_every", measure_every)
    if patience is not None:
        Integer(1).check("patience", patience)
    if validation_share is not None:
        SHARE.check("validation_share", validation_share)
        if validation is not None:
            raise ValueError("give validation or validation_share, not both")
    elif validation is None:
        for name, value in (("patience", patience), ("metric", metric)):
            if value is not None:
                raise ValueError(
                    f"{name} needs validation data, and there are none: give "
                    "validation or validation_share"
                )
    if metric is not None:
        check_function("metric", metric, "metric(params, data) -> scalar")
    check_callback(callback)
    if watch is not None and not hasattr(watch, "items"):
        raise TypeError(f"watch is {describe(watch)}: it must map names to functions")
    for name, value in (watch or {}).items():
        if not isinstance(name, str):
            raise TypeError(f"watch has the name {describe(name)}: it must be text")
        check_function(f"watch[{name!r}]", value, "of the parameters")
        if name in _RESERVED_NAMES:
            raise ValueError(
                f"watch has {name!r}, which a history uses itself: choose another name"
            )
    if notes is not None and not isinstance(notes, Mapping):
        raise TypeError(
            f"notes is {describe(notes)}: it must map names to values that JSON can hold"
        )
    if taken := sorted(_RESERVED_NOTES & {*(notes or {})}):
        raise ValueError(
            f"notes has {taken[0]!r}, which a checkpoint uses itself: choose another name"
        )
    if resume and checkpoints is None:
        raise ValueError(
            "resume=True resumes from the newest checkpoint: give its folder, checkpoints=..."
        )
