"""What transforms return: functions that run as programs."""

import functools
import operator
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from miniml.program.closure.cache import cached_on
from miniml.program.run.bound import BoundProgram
from miniml.program.run.explain import Explanation
from miniml.program.run.lowered import Lowered
from miniml.program.run.options import CompleteOptions, TransformOptions, complete_options
from miniml.tree import tree_flatten

P = ParamSpec("P")
R = TypeVar("R")


class Callee(Protocol):
    """What a program calls, given arguments as a tuple and a dictionary."""

    @property
    def named(self) -> Callable[..., Any]:
        """A function with the program's signature."""
        ...

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run with these arguments."""
        ...

    def lower(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Lowered:
        """Return what runs for arguments like these."""
        ...

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run the function's checks on these arguments."""
        ...

    def holds(self) -> bool:
        """Return whether each of its traces would be the same if it were traced again now."""
        ...

    def values_read(self) -> list[object]:
        """Return the functions that it calls."""
        ...

    def recheck(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Refuse to go on if the function would now do something else than its program does."""
        ...


class Program(Generic[P, R]):
    """A pure function that is traced once for each structure, shape and dtype, and runs as NumPy.

    Every transform returns one. Within another trace it is part of that trace: a whole training
    step under one `jit` is one program. Several threads may call it at once. It pickles as its
    transform and its function do, so that other processes make their own.

    Attributes:
        function: The function it was made from.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        callee: Callee,
        transform: Callable[[Callable[..., Any]], Any],
    ) -> None:
        # What decorators pass on, except the function's attributes: its programs.
        functools.update_wrapper(self, callee.named, updated=())
        self.function = function
        self._callee = callee
        self._transform = transform

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the program, tracing first if the arguments are of a new kind."""
        result: R = self._callee(args, kwargs)
        return result

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "Program[P, R]": ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> "Program[..., R]": ...
    def __get__(self, instance: object, owner: type | None = None) -> "Program[..., R]":
        """Bind as a method does; what is bound has `source`, `explain`, `lower` and `check`, too.

        Type checkers do not check its arguments: they cannot tell a method, whose first argument is
        the object, from a field that holds a program.
        """
        bound: Any = self if instance is None else BoundProgram(self, instance)
        return bound  # type: ignore[no-any-return]  # it does what a program does with arguments

    def __repr__(self) -> str:
        """Name the transform and the function."""
        transform = getattr(self._transform, "func", self._transform).__name__
        return f"<{transform} of {self.function!r}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by name if it took its function's name, as by `@jit`, else by its transform."""
        name = getattr(self, "__qualname__", "")
        try:
            named = operator.attrgetter(name)(sys.modules[self.__module__])
        except (AttributeError, KeyError):
            named = None
        if named is self and self.__module__ != "__main__":
            return name
        function: Any = self.function
        if named is self and issubclass(type(function), (FunctionType, Program)):
            # A process that imports the script finds its function here; others take it by value.
            function.__qualname__ = f"{name}.function"
        return self._transform, (function,)

    def lower(self, *args: P.args, **kwargs: P.kwargs) -> Lowered:
        """Return what runs for arguments like these, without running it.

        It holds the graph after the passes, the NumPy source, the counts of what a run does, and
        the compiled program.
        """
        return self._callee.lower(args, kwargs)

    def source(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Return the NumPy source that runs for arguments like these, with shapes as comments."""
        return self.lower(*args, **kwargs).source

    def explain(self, *args: P.args, **kwargs: P.kwargs) -> Explanation:
        """Count what a run for arguments like these does: operations, flops, bytes, chunks."""
        return self.lower(*args, **kwargs).explain()

    def check(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Raise what the function refuses in these values, such as labels 0 and 1.

        A program checks values when it is traced, not at each run.
        """
        self._callee.check(args, kwargs)

    def holds(self) -> bool:
        """Return whether each of its traces would certainly be the same if it were traced again now.

        A program that is kept stays as it was traced, as in JAX; a transform that is made anew returns
        the same program only if this is so.
        """
        return self._callee.holds()

    def watch(self) -> Callable[P, None]:
        """Return a check that refuses to go on if what the function reads beside its arguments changed.

        It is for code that keeps a program while the user's code runs between its runs: call the check
        with arguments of the program then. It costs some microseconds. It traces again if something
        may have changed, at the first such call, the second, the fourth and so on, and raises a
        TraceError that names the line if the function would now do something else.
        """
        times = 0

        def recheck(*args: P.args, **kwargs: P.kwargs) -> None:
            nonlocal times
            if not self.holds():
                times += 1
                if times & (times - 1) == 0:
                    self._callee.recheck(args, kwargs)

        return recheck

    def values_read(self) -> list[object]:
        """Return the functions that it calls."""
        return [self.function, *self._callee.values_read()]

    def of_first(self, *args: P.args, **kwargs: P.kwargs) -> Callable[[Any], list[Any]]:
        """Return the program as a function of its first argument, an array; the others stay as here.

        The program is found and its arguments are checked once, not at each call: any other array
        must have the shape and dtype of this one. The function returns the leaves of the result.
        """
        leaves, _ = tree_flatten((args, kwargs))
        lowered = self.lower(*args, **kwargs)
        lowered.check(leaves)
        return lambda first: lowered.complete(lowered.compute([first, *leaves[1:]]))


def program_of(
    transform: Callable[..., Any],
    function: Callable[..., Any],
    make: Callable[[CompleteOptions], Callee],
    options: TransformOptions,
    **own: Any,
) -> Program[P, R]:  # pyright: ignore[reportInvalidTypeVarUse]  # the caller's return type says
    """Return a transform's program of a function: the same one each time, while it is valid.

    Args:
        transform: The transform: `transform(function, **own, **options)` is the program.
        function: The function given to it.
        make: Makes what the program calls, given all the options.
        options: The options given to it, of those that all transforms share.
        **own: The options that are its own, such as `wrt`.

    Raises:
        TypeError: If it is given something else than a function, or an option that it does not have.
    """
    if not callable(function):
        raise TypeError(
            f"{transform.__name__} takes a function, and was given {function!r}: write "
            f"{transform.__name__}(f)(x), not {transform.__name__}(f(x))"
        )
    complete = complete_options(transform.__name__, options)
    again = functools.partial(transform, **own, **options)
    key = transform, complete, *own.values()
    return cached_on(function, key, lambda: Program(function, make(complete), again))
