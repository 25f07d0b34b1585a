"""The parameters as knobs: one for each scalar of each named leaf, in order."""

from collections.abc import Callable
from typing import Any, TypeGuard

import msgspec
import numpy as np
from numpy.typing import NDArray

from miniml._playground.core.errors import RequestError
from miniml.nn.layers import Layer
from miniml.tree import (
    named_leaves,
    replace_leaves,
    tree_flatten,
    tree_unflatten,
)
from miniml.types import Array

LIMIT = 4096
"""The most knobs: leaves beyond are listed without knobs."""


class LeafSchema(msgspec.Struct, frozen=True):
    """A leaf, as the page needs it.

    Attributes:
        name: Its dotted name.
        shape: Its shape.
        dtype: Its dtype, or "float" for a Python number.
        offset: The flat index of its first knob; None if it has no knobs.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    offset: int | None


def schema(model: Layer) -> tuple[LeafSchema, ...]:
    """Describe the leaves of a model.

    Args:
        model: Any tree.

    Returns:
        One schema for each leaf, in order.

    Example:
        >>> schema({"w": np.zeros((2, 3)), "b": 1.0})[1]
        LeafSchema(name='w', shape=(2, 3), dtype='float64', offset=1)
    """
    found: list[LeafSchema] = []
    offset = 0
    for name, leaf in named_leaves(model).items():
        size = int(np.size(leaf))
        known = offset + size <= LIMIT
        dtype = str(leaf.dtype) if hasattr(leaf, "dtype") else type(leaf).__name__
        found.append(LeafSchema(name, np.shape(leaf), dtype, offset if known else None))
        offset += size if known else LIMIT
    return tuple(found)


def values(model: Layer) -> Array:
    """Return the values of the knobs `(k,)`, in the order of the schema."""
    parts: list[Array] = []
    room = LIMIT
    for leaf in named_leaves(model).values():
        part = np.asarray(leaf, dtype=np.float64).reshape(-1)
        if part.size > room:
            break
        parts.append(part)
        room -= part.size
    return np.concatenate(parts) if parts else np.zeros(0)


def turn(model: Layer, name: str, index: int, value: float) -> Layer:
    """Return the model with one scalar of a named leaf replaced; the dtype stays.

    Args:
        model: The model.
        name: The leaf's dotted name.
        index: The flat index of the scalar in the leaf, in C order.
        value: The new value.

    Returns:
        A new model.

    Raises:
        RequestError: If there is no such leaf or scalar, or the value is not finite.
    """
    leaves = named_leaves(model)
    if name not in leaves:
        raise RequestError(f"The model has no parameter {name!r}.")
    old = leaves[name]
    if not np.isfinite(value):
        raise RequestError(f"{name} cannot be {value}; a finite number is needed.")
    if not 0 <= index < np.size(old):
        raise RequestError(f"{name} has {np.size(old)} numbers; there is no number {index}.")
    return replace_leaves(model, {name: with_scalar(old, index, value)})


def knob_setter(model: Layer, knob: int) -> Callable[[float], Layer]:
    """Return the function from a value of one knob to the model with that value."""
    leaves, structure = tree_flatten(model)
    for at, leaf in enumerate(schema(model)):
        size = int(np.prod(leaf.shape))
        if leaf.offset is not None and leaf.offset <= knob < leaf.offset + size:
            index = knob - leaf.offset
            return lambda value: tree_unflatten(
                structure, [*leaves[:at], with_scalar(leaves[at], index, value), *leaves[at + 1 :]]
            )
    raise RequestError(f"The model has no knob {knob}.")


def is_array(leaf: object) -> TypeGuard[NDArray[Any]]:
    """Return whether a leaf is an array, not a number."""
    return isinstance(leaf, np.ndarray)


def with_scalar(old: object, index: int, value: float) -> object:
    """Return a leaf with one scalar replaced, of the same type; integers are rounded."""
    new = np.array(old)
    new.flat[index] = value if new.dtype.kind == "f" else round(value)
    if is_array(old):
        return new
    return new[()] if isinstance(old, np.generic) else new.item()
