"""Transforms: from a pure function to its gradient, or to its program."""

from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import numpy as np

from miniml.program import Staged, TraceError, Tracer, active_graph, alias, lift, pullback
from miniml.tree import tree_flatten, tree_unflatten
from miniml.types import Scalar

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class Jit(Generic[P, R]):
    """A function run as a program; see `jit`."""

    def __init__(self, function: Callable[P, R], *, eager: bool = False) -> None:
        self.function = function
        self._staged = Staged(function, function, lambda name: f"out_{name}", eager=eager)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the program, tracing first where the arguments are of a new kind."""
        result: R = self._staged(args, kwargs)
        return result

    def source(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """The source of the program that runs for arguments like these."""
        return self._staged.traced(args, kwargs).program.text


class Grad(Generic[T, P]):
    """The gradient of a loss; see `grad`."""

    def __init__(self, loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False) -> None:
        self.loss = loss

        def run(params: T, *args: P.args, **kwargs: P.kwargs) -> Any:
            return _value_and_grad(loss, params, *args, **kwargs)[1]

        self._staged = Staged(run, loss, lambda name: f"grad_{name}", eager=eager)

    def __call__(self, params: T, /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The gradient at `params`."""
        result: T = self._staged((params, *args), kwargs)
        return result

    def source(self, params: T, /, *args: P.args, **kwargs: P.kwargs) -> str:
        """The source of the program that runs for arguments like these."""
        return self._staged.traced((params, *args), kwargs).program.text


class ValueAndGrad(Generic[T, P]):
    """A loss and its gradient in one program; see `value_and_grad`."""

    def __init__(self, loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False) -> None:
        self.loss = loss

        def run(params: T, *args: P.args, **kwargs: P.kwargs) -> Any:
            return _value_and_grad(loss, params, *args, **kwargs)

        self._staged = Staged(run, loss, _value_or_grad, eager=eager)

    def __call__(self, params: T, /, *args: P.args, **kwargs: P.kwargs) -> tuple[float, T]:
        """The value and the gradient at `params`."""
        result: tuple[float, T] = self._staged((params, *args), kwargs)
        return result

    def source(self, params: T, /, *args: P.args, **kwargs: P.kwargs) -> str:
        """The source of the program that runs for arguments like these."""
        return self._staged.traced((params, *args), kwargs).program.text


def _value_or_grad(name: str) -> str:
    return "value" if name == "0" else f"grad_{name.removeprefix('1.')}"


def jit(function: Callable[P, R], *, eager: bool = False) -> Jit[P, R]:
    """Run a pure function as one NumPy program, traced once for each structure, shape and dtype.

    Args:
        function: A pure function of trees of arrays and numbers.
        eager: Trace at every call, with values the function may branch on; slower.

    Returns:
        A function of the same type. Its `.source(*args)` is the program.

    Example:
        >>> @jit
        ... def scaled(x: float, y: float) -> float:
        ...     return 2.0 * x + y
        >>> scaled(3.0, 1.0)
        7.0
    """
    return Jit(function, eager=eager)


def grad(loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False) -> Grad[T, P]:
    """The gradient of a loss by its first argument.

    Args:
        loss: `loss(params, *args)`, pure, returning a scalar; the leaves of `params` are floats
            and arrays of floats, those of the other arguments anything.
        eager: Trace at every call, with values the function may branch on; slower.

    Returns:
        A function of the same arguments, to a gradient of the type of `params`, each leaf of the
        shape and dtype of the leaf in `params`.

    Example:
        >>> grad(lambda x: x * x)(3.0)
        6.0
    """
    return Grad(loss, eager=eager)


def value_and_grad(
    loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False
) -> ValueAndGrad[T, P]:
    """The value of a loss and its gradient by its first argument, in one program.

    Args:
        loss: See `grad`.
        eager: See `grad`.

    Returns:
        A function of the same arguments, to the value and the gradient. Its `.source(params,
        *args)` is the program.

    Example:
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """
    return ValueAndGrad(loss, eager=eager)


def _value_and_grad(loss: Callable[..., Any], params: Any, *args: Any, **kwargs: Any) -> Any:
    graph = active_graph()
    assert graph is not None, "called within a trace only"
    leaves, structure = tree_flatten(params)
    wanted: list[Tracer] = []
    for name, leaf in zip(structure.names, leaves, strict=True):
        at = f"at {name}" if name else "at the root"
        if not isinstance(leaf, Tracer | np.ndarray | np.generic | float | int):
            raise TypeError(f"{at}: {type(leaf).__name__} is no parameter: mark it Static")
        traced = lift(graph, leaf)
        if traced.dtype.kind != "f":
            raise TypeError(
                f"{at}: a parameter of dtype {traced.dtype} has no gradient: "
                "make it a float, or mark it Static"
            )
        wanted.append(alias(traced))
    value = lift(graph, loss(tree_unflatten(structure, wanted), *args, **kwargs))
    if value.shape != ():
        raise TraceError(
            f"the loss must be a scalar, and is an array of shape {value.shape}: "
            "take its sum or mean"
        )
    if value.dtype.kind != "f":
        raise TraceError(f"the loss must be a float, and is of dtype {value.dtype}")
    one = Tracer(graph, graph.constant(np.ones((), value.dtype)))
    gradients = pullback(value, one, wanted)
    returned = [Tracer(graph, g.node, w.weak) for g, w in zip(gradients, wanted, strict=True)]
    return Tracer(graph, value.node, float), tree_unflatten(structure, returned)
