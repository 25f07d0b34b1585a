"""A function of one element as a function of a batch."""

import operator
from collections.abc import Callable, Sequence
from typing import Any, Unpack, overload

from miniml.program import JitFunction, Program, TransformOptions, program_of
from miniml.program.batching.vmap import map_batch
from miniml.transforms._type_variables import P
from miniml.types import Array, Scalar


@overload
def vmap(
    function: Callable[P, Scalar],
    in_axes: int | Sequence[int | None] = 0,
    out_axes: int = 0,
    **options: Unpack[TransformOptions],
) -> Program[P, Array]: ...
@overload
def vmap(
    function: Callable[P, object],
    in_axes: int | Sequence[int | None] = 0,
    out_axes: int = 0,
    **options: Unpack[TransformOptions],
) -> Program[P, Any]: ...
def vmap(
    function: Callable[..., Any],
    in_axes: int | Sequence[int | None] = 0,
    out_axes: int = 0,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Map a pure function over a batch axis, without a loop.

    Each operation runs once for the whole batch. With `grad` it returns a gradient for each point;
    with parameters stacked by `tree_map(np.stack, ...)` it runs an ensemble.

    Args:
        function: A pure function of one element of the batch, in plain NumPy.
        in_axes: The batch axis in every leaf of the arguments, or one for each argument; None for
            an argument that the batch shares. In keyword arguments it is the first axis.
        out_axes: The batch axis in every leaf of the result.
        **options: See `TransformOptions`. With `eager` the function may branch on the values of
            the first element of the batch, for all of them.

    Returns:
        A function of the same arguments, with the batch axis in each mapped leaf, to a result with
        the batch axis in each leaf. Its `.source(*args)` is the program.

    Raises:
        TypeError: If `in_axes` or `out_axes` are not axes.
        ValueError: When called, if the number of `in_axes` is not that of the arguments, or if
            leaves lack the axis or differ in the size of the batch.
        TraceError: When called, if the function cannot be traced; it names the line.

    Example:
        >>> import numpy as np
        >>> from miniml import grad
        >>> def loss(w: np.ndarray, x: np.ndarray, y: float) -> float:
        ...     return (x @ w - y) ** 2
        >>> w, x, y = np.ones(2), np.array([[1.0, 0.0], [2.0, 2.0]]), np.array([0.0, 3.0])
        >>> vmap(grad(loss), in_axes=(None, 0, 0))(w, x, y)
        array([[2., 0.],
               [4., 4.]])
    """
    each = in_axes if isinstance(in_axes, Sequence) else [in_axes]
    given = tuple(None if axis is None else _integer("in_axes", in_axes, axis) for axis in each)
    out = _integer("out_axes", out_axes, out_axes)

    def run(*args: Any, **kwargs: Any) -> Any:
        axes = given if isinstance(in_axes, Sequence) else given * len(args)
        if len(axes) != len(args):
            raise ValueError(
                f"in_axes has {len(axes)} entries for {len(args)} arguments: expected one for each"
            )

        def positional(*values: Any) -> Any:
            return function(
                *values[: len(args)], **dict(zip(kwargs, values[len(args) :], strict=True))
            )

        every = (*axes, *(0,) * len(kwargs))
        return map_batch(positional, (*args, *kwargs.values()), every, out)

    return program_of(
        vmap,
        function,
        lambda o: JitFunction(run, function, {"": "out"}, o),
        options,
        in_axes=given if isinstance(in_axes, Sequence) else given[0],
        out_axes=out,
    )


def _integer(name: str, given: object, axis: Any) -> int:
    """Return an axis of a given option."""
    try:
        return operator.index(axis)
    except TypeError:
        several = ", or one, or None, for each argument" if name == "in_axes" else ""
        raise TypeError(f"{name} is {given!r}: expected an integer{several}") from None
