"""Derivatives along directions, and products with Jacobians and Hessians."""

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from miniml.program import JitFunction, Program, program_of
from miniml.program.autodiff.trees import jvp_tree, value_and_gradient, vjp_tree
from miniml.types import Scalar

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


def jvp(
    function: Callable[Concatenate[T, P], R], *, eager: bool = False
) -> Program[Concatenate[T, T, P], tuple[R, R]]:
    """The value of a function and its derivative in a direction.

    Unlike JAX's, it returns a function, so that the program is made once.

    Args:
        function: `function(params, *args)`, pure, returning a tree of arrays.
        eager: Trace at every call, with values the function may branch on; slower.

    Returns:
        A function of `(params, tangent, *args)`, the tangent a tree like `params`, to the value
        and the derivative of the value along the tangent.

    Raises:
        TypeError: When called with a parameter that is no float; it names the leaf.
        ValueError: When called with a tangent that is not like `params`.

    Example:
        >>> jvp(lambda x: x * x)(3.0, 1.0)
        (9.0, 6.0)
    """

    def run(params: Any, tangent: Any, /, *args: Any, **kwargs: Any) -> Any:
        return jvp_tree(lambda p: function(p, *args, **kwargs), params, tangent)

    def make() -> JitFunction:
        return JitFunction(run, with_second(function, "tangent"), {"": "out"}, eager=eager)

    return program_of(jvp, function, {"eager": eager}, make)


def vjp(
    function: Callable[Concatenate[T, P], R], *, eager: bool = False
) -> Program[Concatenate[T, R, P], tuple[R, T]]:
    """The value of a function and the gradient of its product with a cotangent.

    Unlike JAX's, it returns a function, so that the program is made once.

    Args:
        function: `function(params, *args)`, pure, returning a tree of arrays.
        eager: Trace at every call, with values the function may branch on; slower.

    Returns:
        A function of `(params, cotangent, *args)`, the cotangent a tree like the value, to the
        value and a gradient like `params`.

    Raises:
        TypeError: When called with a parameter that is no float; it names the leaf.
        ValueError: When called with a cotangent that is not like the value.

    Example:
        >>> vjp(lambda x: x * x)(3.0, 10.0)
        (9.0, 60.0)
    """

    def run(params: Any, cotangent: Any, /, *args: Any, **kwargs: Any) -> Any:
        return vjp_tree(lambda p: function(p, *args, **kwargs), params, cotangent)

    def make() -> JitFunction:
        return JitFunction(run, with_second(function, "cotangent"), {"": "out"}, eager=eager)

    return program_of(vjp, function, {"eager": eager}, make)


def hvp(
    loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False
) -> Program[Concatenate[T, T, P], T]:
    """The product of a loss's Hessian with a vector, without the Hessian.

    Args:
        loss: See `grad`.
        eager: Trace at every call, with values the function may branch on; slower.

    Returns:
        A function of `(params, vector, *args)`, the vector a tree like `params`, to a tree like
        `params`.

    Raises:
        TypeError: When called with a parameter that is no float; it names the leaf.
        ValueError: When called with a vector that is not like `params`.

    Example:
        >>> hvp(lambda x: x * x * x)(2.0, 1.0)
        12.0
    """

    def run(params: Any, vector: Any, /, *args: Any, **kwargs: Any) -> Any:
        def gradient(p: Any) -> Any:
            return value_and_gradient(lambda q: (loss(q, *args, **kwargs), None), p)[1]

        return vjp_tree(gradient, params, vector)[1]

    def make() -> JitFunction:
        return JitFunction(run, with_second(loss, "vector"), {"": "hvp"}, eager=eager)

    return program_of(hvp, loss, {"eager": eager}, make)


def with_second(function: Callable[..., Any], second: str) -> Callable[..., Any]:
    """A function whose parameters are the given one's, and one more after the first."""

    @functools.partial(functools.update_wrapper, wrapped=function, updated=())
    def like(*_: Any) -> None:
        return None

    with contextlib.suppress(TypeError, ValueError):  # functions of C may have no signature
        first, *rest = inspect.signature(function).parameters.values()
        one = inspect.Parameter(second, inspect.Parameter.POSITIONAL_ONLY)
        parameters = [first.replace(kind=one.kind), one, *rest]
        like.__signature__ = inspect.Signature(parameters, __validate_parameters__=False)  # type: ignore[attr-defined]  # read by inspect.signature
    return like
