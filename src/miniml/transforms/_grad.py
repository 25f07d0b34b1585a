"""Gradients: `grad`, `value_and_grad` and `stop_gradient`."""

from collections.abc import Callable
from typing import Any, Concatenate, Literal, Unpack, overload

from miniml.program import JitFunction, Program, TransformOptions
from miniml.program.autodiff.trees import value_and_gradient
from miniml.program.trace.tracer import stopped
from miniml.transforms._type_variables import A, P, S, T
from miniml.transforms._wrt import derivative_of, of_selected, selected
from miniml.tree import tree_map
from miniml.types import Scalar


@overload
def grad(
    loss: Callable[Concatenate[T, P], Scalar],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], T]: ...
@overload
def grad(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    wrt: Callable[[T], S],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], S]: ...
@overload
def grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[T, A]]: ...
@overload
def grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    wrt: Callable[[T], S],
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[S, A]]: ...
def grad(
    loss: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return the gradient of a loss by its first argument.

    `wrt` and `has_aux` mean the same in all transforms that take derivatives.

    Args:
        loss: `loss(params, *args)`, pure, returning a scalar; the leaves of `params` are floats
            and arrays of floats, those of the other arguments anything.
        wrt: Selects the part of `params` to differentiate by, such as `lambda m: m.head`; the
            other parameters are constants.
        has_aux: Whether the loss returns a pair, `(value, aux)`. The aux is not differentiated; it
            is returned last, or by `value_and_grad` beside the value.
        **options: `eager`, `debug_nans` and `backend`: see `TransformOptions`.

    Returns:
        A function of the same arguments, to a gradient of the type of `params` (or of the part
        selected), each leaf of the shape and dtype of the leaf it is for; with `has_aux` to
        `(gradient, aux)`.

    Raises:
        TypeError: If there is no such option; when called with a parameter that is not a float: it
            names the leaf.
        ValueError: If there is no such backend, or the options exclude each other.
        TraceError: When called, if the loss is not a scalar, or cannot be traced; it names the line.

    Example:
        >>> grad(lambda x: x * x)(3.0)
        6.0
        >>> grad(lambda m: m["a"] * m["b"], wrt=lambda m: m["a"])({"a": 2.0, "b": 3.0})
        3.0
    """

    def run(params: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = of_selected(loss, params, args, kwargs, wrt=wrt, has_aux=has_aux)
        _, gradient, aux = value_and_gradient(value, selected(params, wrt))
        return (gradient, aux) if has_aux else gradient

    words = {"0": "grad", "1": "aux"} if has_aux else {"": "grad"}
    return derivative_of(
        grad, loss, lambda o: JitFunction(run, loss, words, o), options, wrt=wrt, has_aux=has_aux
    )


@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], Scalar],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[float, T]]: ...
@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    wrt: Callable[[T], S],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[float, S]]: ...
@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[tuple[float, A], T]]: ...
@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    wrt: Callable[[T], S],
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[tuple[float, A], S]]: ...
def value_and_grad(
    loss: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return the value of a loss and its gradient by its first argument, in one program.

    Args:
        loss: See `grad`.
        wrt: See `grad`.
        has_aux: See `grad`.
        **options: See `TransformOptions`.

    Returns:
        A function of the same arguments, to the value and the gradient; with `has_aux`, to
        `(value, aux)` and the gradient, as in JAX.

    Raises:
        TypeError: See `grad`.
        ValueError: See `grad`.
        TraceError: See `grad`.

    Example:
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """

    def run(params: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = of_selected(loss, params, args, kwargs, wrt=wrt, has_aux=has_aux)
        result, gradient, aux = value_and_gradient(value, selected(params, wrt))
        return ((result, aux), gradient) if has_aux else (result, gradient)

    words = {**({"0.0": "value", "0.1": "aux"} if has_aux else {"0": "value"}), "1": "grad"}
    return derivative_of(
        value_and_grad,
        loss,
        lambda o: JitFunction(run, loss, words, o),
        options,
        wrt=wrt,
        has_aux=has_aux,
    )


def stop_gradient(tree: T) -> T:
    """Return the same tree, which derivatives take for a constant.

    Args:
        tree: Any tree of arrays and numbers.

    Returns:
        The tree.

    Example:
        >>> grad(lambda x: x * stop_gradient(x))(3.0)
        3.0
    """
    return tree_map(stopped, tree)
