"""What transforms return: functions that run as programs."""

import functools
import operator
import sys
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from miniml.program.closure.cache import cached_on
from miniml.program.run.explain import Explanation, explain
from miniml.program.run.jit import Traced
from miniml.tree import tree_flatten

P = ParamSpec("P")
R = TypeVar("R")


class Callee(Protocol):
    """What a program runs, given arguments as a tuple and a dictionary."""

    @property
    def named(self) -> Callable[..., Any]:
        """A function with the program's signature."""
        ...

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run with these arguments."""
        ...

    def traced(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Traced:
        """Give what is run for arguments like these."""
        ...

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run the function's checks on these arguments."""
        ...


class Program(Generic[P, R]):
    """A pure function that is traced once for each structure, shape and dtype, and run as NumPy.

    `jit`, `grad`, `value_and_grad` and their kin return it. Within another trace it is part of
    that trace: a whole training step under one `jit` is one program. Threads may call it at once.
    It pickles as the transform and its function do, so that other processes make their own.

    Attributes:
        function: The function it was made from.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        staged: Callee,
        transform: Callable[[Callable[..., Any]], Any],
    ) -> None:
        # What wraps and decorators pass on, but for the function's attributes: its programs.
        functools.update_wrapper(self, staged.named, updated=())
        self.function = function
        self._staged = staged
        self._transform = transform

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the program, tracing first where the arguments are of a new kind."""
        result: R = self._staged(args, kwargs)
        return result

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind as a method does."""
        bound: Any = self
        return bound if instance is None else functools.partial(bound, instance)

    def __repr__(self) -> str:
        """Say what it is a program of."""
        transform = getattr(self._transform, "func", self._transform).__name__
        return f"<{transform} of {self.function!r}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Be found by name where it took its function's, as by `@jit`, else be made again."""
        name = getattr(self, "__qualname__", "")
        try:
            named = operator.attrgetter(name)(sys.modules[self.__module__])
        except (AttributeError, KeyError):
            named = None
        if named is self and self.__module__ != "__main__":
            return name
        function: Any = self.function
        if named is self and issubclass(type(function), (FunctionType, Program)):
            # Processes that run a script anew find its function here; others take it by value.
            function.__qualname__ = f"{name}.function"
        return self._transform, (function,)

    def check(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Raise what the function refuses in these values, such as labels 0 and 1.

        A program checks values when it is traced, not at each run.
        """
        self._staged.check(args, kwargs)

    def of_first(self, *args: P.args, **kwargs: P.kwargs) -> Callable[[Any], list[Any]]:
        """Give the program as a function of its first argument, an array; the others stay as here.

        The program is found and its arguments are checked once, not at each call: any other array
        must have the shape and dtype of this one. The function gives the leaves of the result.
        """
        leaves, _ = tree_flatten((args, kwargs))
        traced = self._staged.traced(args, kwargs)
        traced.check(leaves)
        return lambda first: traced.complete(traced.compute([first, *leaves[1:]]))

    def source(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """The NumPy source that runs for arguments like these, with shapes as comments."""
        return self._staged.traced(args, kwargs).program.text

    def explain(self, *args: P.args, **kwargs: P.kwargs) -> Explanation:
        """What a run for arguments like these does: operations, flops, bytes, buffers, chunks."""
        return explain(self._staged.traced(args, kwargs).program)


def program_of(
    transform: Callable[..., Any],
    function: Callable[..., Any],
    options: Mapping[str, Any],
    make: Callable[[], Callee],
) -> Program[P, R]:  # pyright: ignore[reportInvalidTypeVarUse]  # the caller's return type says
    """A transform's program of a function: the one it returned before, if it did.

    Args:
        transform: The transform: `transform(function, **options)` is the program.
        function: The function given to it.
        options: The options given to it.
        make: Makes what runs.
    """
    again = functools.partial(transform, **options)
    key = (transform, *options.values())
    return cached_on(function, key, lambda: Program(function, make(), again))
