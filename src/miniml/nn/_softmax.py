"""logsumexp, softmax and log_softmax in plain NumPy, which can be traced without SciPy."""

from typing import Any, overload

import numpy as np

from miniml.nn._as_arrays import as_floats
from miniml.transforms import stop_gradient
from miniml.types import Array, Scalar


@overload
def logsumexp(x: Array, axis: None = None, *, keepdims: bool = False) -> Scalar: ...
@overload
def logsumexp(x: Array, axis: int | tuple[int, ...], *, keepdims: bool = False) -> Array: ...
def logsumexp(
    x: Array, axis: int | tuple[int, ...] | None = None, *, keepdims: bool = False
) -> Scalar:
    """Compute `log(sum(exp(x)))` without overflow.

    Args:
        x: Numbers, of any shape; -inf adds nothing, and the result of -inf alone is -inf.
        axis: The axes to sum over; None for all.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        A scalar, or an array without the axes; of the dtype of `x`, or float64 for integers and bools.

    Example:
        >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 6)
        1000.693147
    """
    x = as_floats(x)
    largest = _largest(x, axis)
    kept: Any = keepdims  # np.sum is typed for True and for False, not for bool
    with np.errstate(over="ignore"):
        total = np.sum(np.exp(x - _finite(largest)), axis=axis, keepdims=kept)
    # The sum is at least 1, except that of -inf alone, which must not divide the gradient by 0.
    logs = np.log(np.maximum(total, 0.5))
    whole: Scalar = logs + (largest if keepdims else np.squeeze(largest, axis))
    return whole


def softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Convert scores to probabilities: `exp(x) / sum(exp(x))`.

    Args:
        x: Scores, of any shape; -inf gives probability 0.
        axis: The axes along which probabilities sum to 1.

    Returns:
        An array of the shape and dtype of `x`; of float64 for integers and bools.

    Example:
        >>> softmax(np.array([1000.0, 1000.0, -np.inf]))
        array([0.5, 0.5, 0. ])
    """
    x = as_floats(x)
    e = np.exp(x - _largest(x, axis))
    shares: Array = e / np.sum(e, axis=axis, keepdims=True)
    return shares


def log_softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Convert scores to log-probabilities: `x - logsumexp(x)`.

    Args:
        x: Scores, of any shape; -inf gives -inf.
        axis: The axes along which probabilities sum to 1.

    Returns:
        An array of the shape and dtype of `x`, never positive; of float64 for integers and bools.

    Example:
        >>> log_softmax(np.array([1000.0, 0.0]))
        array([    0., -1000.])
    """
    x = as_floats(x)
    # The shift is subtracted first: x - logsumexp(x) loses digits if x is large.
    shifted = x - _finite(_largest(x, axis))
    with np.errstate(divide="ignore", over="ignore"):  # log(0) is -inf
        logs: Array = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return logs


def _largest(x: Array, axis: int | tuple[int, ...] | None) -> Array:
    """Return the largest elements, constant to a derivative, since any shift cancels."""
    largest: Array = stop_gradient(np.max(x, axis=axis, keepdims=True))
    return largest


def _finite(largest: Array) -> Array:
    """Return the largest elements, with 0 in place of infinities."""
    return np.where(np.isfinite(largest), largest, 0.0)
