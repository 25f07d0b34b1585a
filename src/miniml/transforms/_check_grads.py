"""A check of gradients against central differences."""

from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from miniml.program.autodiff.trees import check_parameters
from miniml.transforms._grad import grad
from miniml.tree import tree_flatten, tree_unflatten
from miniml.types import Array, Scalar

T = TypeVar("T")
P = ParamSpec("P")


def check_grads(
    loss: Callable[Concatenate[T, P], Scalar],
    params: T,
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Check the gradient of a loss against central differences in float64.

    Each parameter is moved by 1e-6 of its size (at least 1e-6) to either side. The slope must agree
    with the gradient to 1e-5 of the largest slope in its leaf.

    Args:
        loss: See `grad`.
        params: Where to check; leaves are converted to float64.
        *args: The loss's other arguments.
        **kwargs: The loss's other arguments.

    Raises:
        AssertionError: If they disagree; it names the worst leaf and shows both slopes.
        TypeError: If a parameter is not a float; it names the leaf.

    Example:
        >>> check_grads(lambda w: np.sum(np.exp(w)), np.array([0.0, 1.0]))
    """
    check_parameters(params)
    leaves, structure = tree_flatten(params)
    doubles = [x if isinstance(x, float) else np.asarray(x, np.float64) for x in leaves]
    gradient = tree_flatten(grad(loss)(tree_unflatten(structure, doubles), *args, **kwargs))[0]

    def value(position: int, leaf: Any) -> float:
        trial = [*doubles[:position], leaf, *doubles[position + 1 :]]
        return float(np.asarray(loss(tree_unflatten(structure, trial), *args, **kwargs)))

    worst, report = 0.0, ""
    for position, (name, leaf) in enumerate(zip(structure.names, doubles, strict=True)):
        slopes = _central_differences(partial(value, position), leaf)
        found = np.asarray(gradient[position])
        scale = max(float(np.max(np.abs(slopes), initial=0.0)), 1e-3)
        error = float(np.max(np.abs(found - slopes), initial=0.0)) / scale
        if error > worst or np.isnan(error):
            worst, at = error, name or "the root"
            report = f"at {at}: gradient {found}, central differences {slopes}"
    if not worst <= 1e-5:
        raise AssertionError(f"the gradient is off by a relative {worst:.1e} {report}")


def _central_differences(value: Callable[[Any], float], leaf: Any) -> Array:
    """Return the slopes of a function of one leaf along each of its elements."""
    slopes = np.empty(np.shape(leaf))
    for place in np.ndindex(np.shape(leaf)):
        center = float(np.asarray(leaf)[place])
        step = 1e-6 * max(1.0, abs(center))
        ends: list[float] = []
        for end in (center + step, center - step):
            moved = np.array(leaf)
            moved[place] = end
            ends.append(value(float(moved) if isinstance(leaf, float) else moved))
        slopes[place] = (ends[0] - ends[1]) / (2.0 * step)
    return slopes
