"""The logarithm of a sum of exponentials and its kin, plain NumPy: they need no setting of SciPy."""

from typing import Any, overload

import numpy as np

from miniml.transforms._grad import stop_gradient
from miniml.types import Array, Scalar


@overload
def logsumexp(x: Array, axis: None = None, *, keepdims: bool = False) -> Scalar: ...
@overload
def logsumexp(x: Array, axis: int | tuple[int, ...], *, keepdims: bool = False) -> Array: ...
def logsumexp(
    x: Array, axis: int | tuple[int, ...] | None = None, *, keepdims: bool = False
) -> Scalar:
    """Take the logarithm of a sum of exponentials, `log(sum(exp(x)))`, without overflow.

    Args:
        x: Numbers, of any shape; -inf adds nothing, and all -inf give -inf.
        axis: The axes to sum over; None for all.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        A scalar, or an array without the axes; of the dtype of `x`.

    Example:
        >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 6)
        1000.693147
    """
    shift = _shift(x, axis)
    kept: Any = keepdims  # np.sum is typed for True and for False, and not for either
    with np.errstate(divide="ignore", over="ignore"):  # log(0) is -inf, and meant
        y = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=kept))
    whole: Scalar = y + (shift if keepdims else np.squeeze(shift, axis))
    return whole


def softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Turn scores into probabilities: `exp(x) / sum(exp(x))`.

    Args:
        x: Scores, of any shape; -inf gives probability 0.
        axis: The axes along which probabilities sum to 1.

    Returns:
        An array of the shape and dtype of `x`.

    Example:
        >>> softmax(np.array([1000.0, 1000.0, -np.inf]))
        array([0.5, 0.5, 0. ])
    """
    e = np.exp(x - _largest(x, axis))
    shares: Array = e / np.sum(e, axis=axis, keepdims=True)
    return shares


def log_softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Turn scores into logarithms of probabilities: `x - logsumexp(x)`.

    Args:
        x: Scores, of any shape; -inf gives -inf.
        axis: The axes along which probabilities sum to 1.

    Returns:
        An array of the shape and dtype of `x`, never positive.

    Example:
        >>> log_softmax(np.array([1000.0, 0.0]))
        array([    0., -1000.])
    """
    # Subtracted first: x - logsumexp(x) would lose the digits that a large x hides.
    shifted = x - _shift(x, axis)
    with np.errstate(divide="ignore", over="ignore"):  # as in `logsumexp`
        logs: Array = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return logs


def _largest(x: Array, axis: int | tuple[int, ...] | None) -> Array:
    """The largest elements, constants to a derivative: any shift cancels."""
    largest: Array = stop_gradient(np.max(x, axis=axis, keepdims=True))
    return largest


def _shift(x: Array, axis: int | tuple[int, ...] | None) -> Array:
    """The largest elements, and 0 where they are infinite."""
    largest = _largest(x, axis)
    return np.where(np.isfinite(largest), largest, 0.0)
