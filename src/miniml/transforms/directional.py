"""Derivatives along directions, and products with Jacobians and Hessians."""

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Literal, Unpack, overload

from miniml.program import JitFunction, Program, TransformOptions
from miniml.program.autodiff.trees import jvp_tree, value_and_gradient, vjp_tree
from miniml.program.run.options import CompleteOptions
from miniml.transforms._type_variables import A, P, R, S, T
from miniml.transforms._wrt import derivative_of, of_selected, selected
from miniml.types import Scalar


@overload
def jvp(
    function: Callable[Concatenate[T, P], R],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, T, P], tuple[R, R]]: ...
@overload
def jvp(
    function: Callable[Concatenate[T, P], R],
    *,
    wrt: Callable[[T], S],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, S, P], tuple[R, R]]: ...
@overload
def jvp(
    function: Callable[Concatenate[T, P], tuple[R, A]],
    *,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, T, P], tuple[R, R, A]]: ...
@overload
def jvp(
    function: Callable[Concatenate[T, P], tuple[R, A]],
    *,
    wrt: Callable[[T], S],
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, S, P], tuple[R, R, A]]: ...
def jvp(
    function: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return a function to the value and the derivative along a tangent.

    It is a transform like `grad`: `jvp(f)(params, tangent)`, compiled once. JAX's is a call,
    `jax.jvp(f, (params,), (tangent,))`.

    Args:
        function: `function(params, *args)`, pure, returning a tree of arrays.
        wrt: See `grad`.
        has_aux: See `grad`.
        **options: See `TransformOptions`.

    Returns:
        A function of `(params, tangent, *args)`, the tangent a tree like `params` (or like the part
        selected), to the value and its derivative along the tangent; with `has_aux` to
        `(value, derivative, aux)`.

    Raises:
        TypeError: See `grad`.
        ValueError: See `grad`; when called with a tangent that is not like `params`.

    Example:
        >>> jvp(lambda x: x * x)(3.0, 1.0)
        (9.0, 6.0)
    """

    def run(params: Any, tangent: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = of_selected(function, params, args, kwargs, wrt=wrt, has_aux=has_aux)
        result, derivative, aux = jvp_tree(value, selected(params, wrt), tangent)
        return (result, derivative, aux) if has_aux else (result, derivative)

    def make(options: CompleteOptions) -> JitFunction:
        return JitFunction(run, with_second(function, "tangent"), {"": "out"}, options)

    return derivative_of(jvp, function, make, options, wrt=wrt, has_aux=has_aux)


@overload
def vjp(
    function: Callable[Concatenate[T, P], R],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, R, P], tuple[R, T]]: ...
@overload
def vjp(
    function: Callable[Concatenate[T, P], R],
    *,
    wrt: Callable[[T], S],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, R, P], tuple[R, S]]: ...
@overload
def vjp(
    function: Callable[Concatenate[T, P], tuple[R, A]],
    *,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, R, P], tuple[R, T, A]]: ...
@overload
def vjp(
    function: Callable[Concatenate[T, P], tuple[R, A]],
    *,
    wrt: Callable[[T], S],
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, R, P], tuple[R, S, A]]: ...
def vjp(
    function: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return a function to the value and the gradient of its product with a cotangent.

    It is a transform like `grad`: `vjp(f)(params, cotangent)`, compiled once. JAX's is a call,
    `value, pullback = jax.vjp(f, params)`, and the gradient is `pullback(cotangent)[0]`.

    Args:
        function: `function(params, *args)`, pure, returning a tree of arrays.
        wrt: See `grad`.
        has_aux: See `grad`.
        **options: See `TransformOptions`.

    Returns:
        A function of `(params, cotangent, *args)`, the cotangent a tree like the value, to the
        value and a gradient like `params` (or like the part selected); with `has_aux` to
        `(value, gradient, aux)`.

    Raises:
        TypeError: See `grad`.
        ValueError: See `grad`; when called with a cotangent that is not like the value.

    Example:
        >>> vjp(lambda x: x * x)(3.0, 10.0)
        (9.0, 60.0)
    """

    def run(params: Any, cotangent: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = of_selected(function, params, args, kwargs, wrt=wrt, has_aux=has_aux)
        result, gradient, aux = vjp_tree(value, selected(params, wrt), cotangent)
        return (result, gradient, aux) if has_aux else (result, gradient)

    def make(options: CompleteOptions) -> JitFunction:
        return JitFunction(run, with_second(function, "cotangent"), {"": "out"}, options)

    return derivative_of(vjp, function, make, options, wrt=wrt, has_aux=has_aux)


@overload
def hvp(
    loss: Callable[Concatenate[T, P], Scalar],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, T, P], T]: ...
@overload
def hvp(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    wrt: Callable[[T], S],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, S, P], S]: ...
@overload
def hvp(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, T, P], tuple[T, A]]: ...
@overload
def hvp(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    wrt: Callable[[T], S],
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, S, P], tuple[S, A]]: ...
def hvp(
    loss: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return a function to the product of a loss's Hessian with a vector, without the Hessian.

    JAX has no `hvp`; its idiom is `jax.jvp(jax.grad(loss), (params,), (vector,))[1]`.

    Args:
        loss: See `grad`.
        wrt: See `grad`.
        has_aux: See `grad`.
        **options: See `TransformOptions`.

    Returns:
        A function of `(params, vector, *args)`, the vector a tree like `params` (or like the part
        selected), to a tree like the vector; with `has_aux` to `(product, aux)`.

    Raises:
        TypeError: See `grad`.
        ValueError: See `grad`; when called with a vector that is not like `params`.

    Example:
        >>> hvp(lambda x: x * x * x)(2.0, 1.0)
        12.0
    """

    def run(params: Any, vector: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = of_selected(loss, params, args, kwargs, wrt=wrt, has_aux=has_aux)
        part = selected(params, wrt)
        _, product, aux = vjp_tree(lambda p: value_and_gradient(value, p)[1:], part, vector)
        return (product, aux) if has_aux else product

    words = {"0": "hvp", "1": "aux"} if has_aux else {"": "hvp"}

    def make(options: CompleteOptions) -> JitFunction:
        return JitFunction(run, with_second(loss, "vector"), words, options)

    return derivative_of(hvp, loss, make, options, wrt=wrt, has_aux=has_aux)


def with_second(function: Callable[..., Any], second: str) -> Callable[..., Any]:
    """Return a function with the given one's parameters, and one more after the first."""

    @functools.partial(functools.update_wrapper, wrapped=function, updated=())
    def like(*_: Any) -> None:
        return None

    with contextlib.suppress(TypeError, ValueError):  # functions of C may have no signature
        first, *rest = inspect.signature(function).parameters.values()
        one = inspect.Parameter(second, inspect.Parameter.POSITIONAL_ONLY)
        parameters = [first.replace(kind=one.kind), one, *rest]
        like.__signature__ = inspect.Signature(parameters, __validate_parameters__=False)  # type: ignore[attr-defined]  # read by inspect.signature
    return like
