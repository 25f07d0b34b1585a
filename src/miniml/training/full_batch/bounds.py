"""Bounds of parameters, as vectors."""

import math
from typing import TypeVar

import numpy as np

from miniml.training.full_batch.vectors import Vectors
from miniml.tree import named_leaves, replace_leaves, tree_broadcast, tree_leaves
from miniml.types import Array
from miniml.validation import describe

T = TypeVar("T")


def bound_vectors(
    params: T, lower: object, upper: object, vectors: Vectors[T]
) -> tuple[Array, Array]:
    """Return the bounds of the trained parameters as vectors; those of the others do not count.

    Raises:
        ValueError: If one is not a tree like the parameters, has another shape than its parameter,
            or a trained parameter does not lie within.
    """
    low = _bound("lower", params, -math.inf if lower is None else lower, vectors)
    high = _bound("upper", params, math.inf if upper is None else upper, vectors)
    leaves, least, most = (named_leaves(tree) for tree in (params, low, high))
    for name in vectors.names:
        leaf = leaves[name]
        if not ((least[name] <= leaf) & (leaf <= most[name])).all():
            place = f"{name} is" if name else "the parameter is"
            raise ValueError(
                f"{place} {describe(leaf)}, and must lie between {least[name]} and {most[name]}: "
                "start within the bounds"
            )
    return vectors.laid_out(low), vectors.laid_out(high)


def _bound(name: str, params: T, bound: object, vectors: Vectors[T]) -> T:
    """Return a bound for each number in the trained parameters, rounded as these are."""
    spread: dict[str, Array] = {}
    values = tree_leaves(tree_broadcast(bound, params))
    for (place, param), value in zip(named_leaves(params).items(), values, strict=True):
        if place not in vectors.names:
            continue
        leaf = np.asarray(param)
        kind = np.result_type(leaf, np.float16)  # a parameter at its bound lies within
        try:
            with np.errstate(over="ignore"):  # a bound beyond the largest number is none
                spread[place] = np.broadcast_to(np.asarray(value, kind), leaf.shape)
        except ValueError as error:
            raise ValueError(
                f"{name} has at {place or 'the root'} the shape {np.shape(value)}, and the "
                f"parameter {leaf.shape}: they must be the same, or a number"
            ) from error
    return replace_leaves(params, spread, strict=False)
