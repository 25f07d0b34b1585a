"""The derivatives of a row in a narrow dtype against those in float64, of numbers of every size."""

from typing import Any

import numpy as np

from miniml.transforms import grad
from tests.program.table import Row

SIZES = {"f4": (1e-30, 1e-20, 1e-10, 1e10, 1e20, 1e30), "f2": (1e-6, 1e-4, 1e-2, 1e2, 3e3, 2e4)}
"""Sizes of numbers whose squares or cubes are out of the dtype's range."""

TOLERANCES = {"f4": 3e-3, "f2": 5e-2}
"""Relative to the largest element of a gradient: far above rounding, far below a lost term."""


def derivative(row: Row, order: int) -> Any:
    """Return the program of the gradient of a row's derivative of one order less, along weights."""
    function: Any = row.scalar()
    for _ in range(order - 1):
        function = _along_weights(function)
    return grad(function)


def _along_weights(function: Any) -> Any:
    def slope(arrays: list[Any]) -> Any:
        parts = zip(grad(function)(arrays), arrays, strict=True)
        return sum(np.sum((0.5 + np.arange(x.size).reshape(x.shape) % 3) * g) for g, x in parts)

    return slope


def differing(row: Row, program: Any, dtype: str, size: float) -> str:
    """Return what the narrow dtype has that is finite and not near float64, or nothing."""
    arrays = [(size * x).astype(dtype) for x in row.arrays()]
    wide = program([x.astype("f8") for x in arrays])
    found = program(arrays)
    smallest = float(np.finfo(dtype).smallest_subnormal)
    for f, w in zip(found, wide, strict=True):
        tolerance = TOLERANCES[dtype] * np.max(np.abs(w), initial=0.0) + 4.0 * smallest
        wrong = np.isfinite(f) & ~(np.abs(np.asarray(f, float) - w) <= tolerance)
        if np.any(wrong):
            place = tuple(np.argwhere(wrong)[0].tolist())
            return f"at size {size} and place {place}: {f[place]}, in float64 {w[place]}"
    return ""


def suits(row: Row) -> bool:
    """Return whether a row is of matrices or reductions, and rounding leaves its derivative as it is."""
    family = row.function.__code__.co_filename.endswith(("rows_linalg.py", "rows_reductions.py"))
    # A matrix x @ x.T + c has equal values for small x, and a large condition for large ones.
    return family and not row.name.startswith(("eig", "det by slogdet"))
