"""Run a function as a program."""

from collections.abc import Callable
from typing import Any, Protocol, Unpack, overload

from miniml.program import JitFunction, Program, TransformOptions, program_of
from miniml.program.run.options import complete_options
from miniml.transforms._type_variables import P, R


class JitDecorator(Protocol):
    """`jit` with its options given, and its function not yet."""

    def __call__(self, function: Callable[P, R], /) -> Program[P, R]:
        """Return the program of a function."""
        ...


@overload
def jit(function: Callable[P, R], **options: Unpack[TransformOptions]) -> Program[P, R]: ...
@overload
def jit(**options: Unpack[TransformOptions]) -> JitDecorator: ...
def jit(
    function: Callable[..., Any] | None = None, **options: Unpack[TransformOptions]
) -> Program[..., Any] | JitDecorator:
    """Run a pure function as one program, traced once for each structure, shape and dtype.

    Args:
        function: A pure function of trees of arrays and numbers. Without it `jit` returns a
            decorator, as in `@jit(debug_nans=True)`.
        **options: `eager`, `debug_nans` and `backend`: see `TransformOptions`.

    Returns:
        A function of the same type. Its `.source(*args)` is the program. Its results are new at each
        call: arrays, NumPy scalars, Python numbers, and trees of them. Other objects that it returns
        are those of the trace.

    Raises:
        TypeError: If there is no such option; when called, if it returns an object that changes, such
            as a set.
        ValueError: If there is no such backend, or the options exclude each other.
        TraceError: When called, if the function cannot be traced; it names the line.

    Example:
        >>> @jit
        ... def scaled(x: float, y: float) -> float:
        ...     return 2.0 * x + y
        >>> scaled(3.0, 1.0)
        7.0
    """
    if function is None:
        complete_options("jit", options)  # refused here, not only when the function comes

        def decorator(function: Callable[P, R]) -> Program[P, R]:
            return jit(function, **options)

        return decorator
    traced = function
    return program_of(jit, traced, lambda o: JitFunction(traced, traced, {"": "out"}, o), options)
