"""The specs of leaves: programs are kept by the specs of their arguments' leaves."""

from collections.abc import Hashable
from typing import Any, TypeAlias

import attrs
import numpy as np

from miniml.program.ir.dtypes import PYTHON_NUMBERS
from miniml.program.ir.graph import DType, Shape
from miniml.program.ir.numeric import is_numeric
from miniml.program.trace.inputs import refuse_subclass


@attrs.frozen
class StaticLeaf:
    """A leaf that is neither a number nor an array: the program is for this value."""

    kind: type[Any]
    value: Hashable


@attrs.frozen
class JaxLeaf:
    """An array of JAX, which a NumPy program converts."""

    shape: Shape
    dtype: DType


Spec: TypeAlias = tuple[Shape, DType] | type | StaticLeaf | JaxLeaf


def _numbers() -> dict[type[Any], Spec]:
    kinds: dict[type[Any], Spec] = {kind: kind for kind in PYTHON_NUMBERS}
    for scalar in np.sctypeDict.values():
        dtype = np.dtype(scalar)
        if is_numeric(dtype):
            kinds[scalar] = ((), dtype)
    return kinds


NUMBERS = _numbers()
"""The spec of a number, by its type."""


def spec_of(leaf: Any) -> Spec:
    """Return a leaf's spec: its shape and dtype, or the type of a Python number."""
    kind: type[Any] = leaf.__class__
    if kind is np.ndarray:
        return leaf.shape, leaf.dtype
    if kind in NUMBERS:
        return NUMBERS[kind]
    if issubclass(kind, np.ndarray | np.generic):
        refuse_subclass(leaf)
        return leaf.shape, leaf.dtype
    if kind.__module__.startswith("jax") and hasattr(leaf, "shape"):
        return JaxLeaf(leaf.shape, leaf.dtype)
    return StaticLeaf(kind, leaf)
