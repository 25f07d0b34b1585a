"""Measurements during a run: which functions, and at which steps."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

import attrs

from miniml.program import Backend, Program, cached_on
from miniml.transforms import jit
from miniml.tree import named_leaves, tree_structure
from miniml.types import Scalar
from miniml.validation import describe

T = TypeVar("T")
D = TypeVar("D")


@attrs.frozen
class Measuring(Generic[T]):
    """Functions of the parameters that are measured at some of the steps.

    Attributes:
        functions: The functions by name; `validation` is the metric on the validation data.
        every: The steps between two measurements.
        patience: The number of measurements without a better metric that ends the run; None: no end.
    """

    functions: Mapping[str, Callable[[T], Scalar]]
    every: int
    patience: int | None

    def is_due(self, step: int) -> bool:
        """Return whether to measure after a step."""
        return step % self.every == 0

    def measure(self, params: T) -> dict[str, float]:
        """Return the value of each function.

        Raises:
            TypeError: If one does not return a number.
        """
        return {name: _as_float(name, f(params)) for name, f in self.functions.items()}


def check_alike(data: object, validation: object) -> None:
    """Refuse validation data of another structure, or with points of other shapes, than the data.

    Raises:
        ValueError: If the structure or a shape differs.
    """
    kinds = [
        (tree_structure(some), {name: leaf.shape[1:] for name, leaf in named_leaves(some).items()})
        for some in (data, validation)
    ]
    if kinds[0] != kinds[1]:
        seen = [f"{structure!r} with points of shapes {shapes}" for structure, shapes in kinds]
        raise ValueError(
            f"validation is {seen[1]}, and data is {seen[0]}: both must be of the same kind, "
            "unless a metric accepts another"
        )


def validation_metric(
    metric: Callable[[T, D], Scalar] | None,
    loss: Callable[[T, D], Scalar],
    params: T,
    validation: D,
    backend: Backend,
) -> Callable[[T], Scalar]:
    """Return the metric, or the loss as a program, as a function of the parameters."""
    rule = metric or _loss_program(loss, params, validation, backend)
    return lambda params: rule(params, validation)


def usual_interval(points: int | None, batch_size: int | None) -> int:
    """Return the steps between two measurements: an epoch of mini-batches, else ten steps."""
    if points is None or batch_size is None or batch_size >= points:
        return 10
    return math.ceil(points / batch_size)


def _loss_program(
    loss: Callable[[T, D], Scalar], params: T, data: D, backend: Backend
) -> Program[..., Scalar]:
    """Return the loss as a program, which takes many points in chunks as a step does.

    Raises:
        ValueError: If the loss refuses the data.
    """
    found: Program[..., Scalar] = cached_on(
        loss, ("loss", backend), lambda: jit(loss, backend=backend)
    )
    found.check(params, data)  # the program may have been traced for another run's data
    return found


def _as_float(name: str, value: Any) -> float:
    """Return the result of a metric or a watched function as a Python float.

    Raises:
        TypeError: If it is not a number.
    """
    if not isinstance(value, str) and getattr(value, "shape", ()) == ():
        with suppress(TypeError):
            return float(value)
    raise TypeError(f"{name} gives {describe(value)}: it must give one number")
