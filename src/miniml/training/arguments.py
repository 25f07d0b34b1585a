"""Checks of the arguments of `train`, `fit`, `lbfgs` and `minimize`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from miniml.optimizers import Optimizer
from miniml.optimizers.base import check_optimizer
from miniml.optimizers.combine import misuses_a_step, only_prepares
from miniml.training.state import State
from miniml.tree import leaf_names, named_leaves, tree_structure
from miniml.validation import NOT_NEGATIVE, SHARE, Integer, describe

_TAKEN = {"step", "epoch", "loss", "seconds", "validation"}
"""Names that a history or a log uses itself."""

_NOTED = {"seed", "batch_size", "points", "settings", "score"}
"""Names of what a run notes itself."""


def check_function(name: str, value: object, call: str) -> None:
    """Refuse what cannot be called.

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
                f"params has at {name or 'the root'} {describe(leaf)}: make it an array of NumPy, "
                "np.asarray(...)"
            ) from error
    check_optimizer("optimizer", optimizer)
    if only_prepares(optimizer):
        raise ValueError(
            "optimizer has only parts that change the gradient, and adding a gradient goes uphill: "
            "put what makes a step of it last, as in chain(clip_by_global_norm(1.0), sgd(0.1))"
        )
    if misuses_a_step(optimizer):
        raise ValueError(
            "optimizer has in a chain, after what makes a step, another such or add_decayed_weights, which "
            "takes the step for a gradient and goes uphill: put add_decayed_weights first, and one that "
            "makes a step last, as in chain(add_decayed_weights(1e-4), sgd(0.1))"
        )
    if batch_size is not None:
        Integer(1).check("batch_size", batch_size)
    Integer(0).check("seed", seed)
    if augment is not None:
        check_function("augment", augment, "augment(batch, rng) -> batch")


def check_start(start: object) -> None:
    """Refuse what is no state to go on from.

    Raises:
        TypeError: If it is none.
    """
    if start is not None and not isinstance(start, State):
        hint = "; a result has it as .state" if hasattr(start, "state") else ""
        raise TypeError(f"start is {describe(start)}: it must be a State of a run before{hint}")


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
    """Check the arguments of `fit` alone, and that none would be ignored.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If it is out of range, or lacks another that it needs.
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
                    f"{name} is for what is measured on validation data, and there are none: give "
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
        if name in _TAKEN:
            raise ValueError(
                f"watch has {name!r}, and a history has that already: choose another name"
            )
    if notes is not None and not isinstance(notes, Mapping):
        raise TypeError(f"notes is {describe(notes)}: it must map names to what JSON can hold")
    if taken := sorted(_NOTED & {*(notes or {})}):
        raise ValueError(
            f"notes has {taken[0]!r}, and a checkpoint has that already: choose another name"
        )
    if resume and checkpoints is None:
        raise ValueError(
            "resume=True goes on from the newest checkpoint: say with checkpoints=... where it is"
        )


def check_alike(data: object, validation: object) -> None:
    """Refuse validation data of another structure or other shapes than the data.

    Raises:
        ValueError: If nodes differ, or shapes do in more than the number of points.
    """
    kinds = [
        (tree_structure(some), {name: leaf.shape[1:] for name, leaf in named_leaves(some).items()})
        for some in (data, validation)
    ]
    if kinds[0] != kinds[1]:
        seen = [f"{structure!r} with points of shapes {shapes}" for structure, shapes in kinds]
        raise ValueError(
            f"validation is {seen[1]}, and data is {seen[0]}: both must be of the same kind, "
            "unless a metric takes another"
        )


def not_finite(params: object, data: object) -> str:
    """Say in words which leaves are not finite; of arrays in memory only."""
    faults: list[str] = []
    for kind, tree in (("parameters", params), ("data", data)):
        for name, leaf in named_leaves(tree).items():
            if isinstance(leaf, np.memmap) or np.asarray(leaf).dtype.kind != "f":
                continue
            if count := int(np.count_nonzero(~np.isfinite(leaf))):
                place = f"{name} of the {kind}" if name else f"the {kind}"
                faults.append(f"{count:,} of the {np.size(leaf):,} numbers in {place}")
    return f"; {' and '.join(faults)} are NaN or infinite" if faults else ""


def not_finite_at(step: int, params: object, data: object) -> str:
    """Say of which step the loss is not finite, and what may be why."""
    if step:
        return f"the loss is not finite at step {step}: the state of step {step - 1} is returned"
    return f"the loss is not finite for the parameters given{not_finite(params, data)}"
