"""Transforms of pure functions: `jit`, `grad` and `value_and_grad`."""

from collections.abc import Callable
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from miniml.program import Backend, JitFunction, Program, TransformOptions, program_of
from miniml.program.autodiff.trees import pair, value_and_gradient
from miniml.program.trace.tracer import stopped
from miniml.tree import at, tree_map
from miniml.types import Scalar

T = TypeVar("T")
S = TypeVar("S")
A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")

_WANTED = "with has_aux=True the loss must return a pair, (value, aux)"


def jit(
    function: Callable[P, R],
    *,
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[P, R]:
    """Run a pure function as one NumPy program, traced once for each structure, shape and dtype.

    Args:
        function: A pure function of trees of arrays and numbers.
        eager: Trace at every call, with values the function may branch on; slower.
        debug_nans: Raise FloatingPointError where a result is not finite, naming the first
            operation and line that made it so.
        backend: `"jax"` has `jax.jit` run the program, on the device JAX chooses; arrays stay
            there where they come from there, and are NumPy's where NumPy's come in.

    Returns:
        A function of the same type. Its `.source(*args)` is the program.

    Raises:
        ValueError: If there is no such backend.
        TraceError: When called, if the function cannot be traced; it names the line.

    Example:
        >>> @jit
        ... def scaled(x: float, y: float) -> float:
        ...     return 2.0 * x + y
        >>> scaled(3.0, 1.0)
        7.0
    """
    how = TransformOptions(eager=eager, debug_nans=debug_nans, backend=backend)
    return program_of(
        jit, function, how, lambda: JitFunction(function, function, {"": "out"}, **how)
    )


@overload
def grad(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], T]: ...
@overload
def grad(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    wrt: Callable[[T], S],
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], S]: ...
@overload
def grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], tuple[T, A]]: ...
@overload
def grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    wrt: Callable[[T], S],
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], tuple[S, A]]: ...
def grad(
    loss: Callable[..., Any],
    *,
    has_aux: bool = False,
    wrt: Callable[..., Any] | None = None,
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[..., Any]:
    """The gradient of a loss by its first argument.

    Args:
        loss: `loss(params, *args)`, pure, returning a scalar; the leaves of `params` are floats
            and arrays of floats, those of the other arguments anything.
        has_aux: Whether the loss returns a pair, of which the second is passed through.
        wrt: Selects the part of `params` to take the gradient by, as `lambda m: m.head`.
        eager: Trace at every call, with values the function may branch on; slower.
        debug_nans: See `jit`.
        backend: See `jit`.

    Returns:
        A function of the same arguments, to a gradient of the type of `params` (or of the part
        selected), each leaf of the shape and dtype of the leaf it is for.

    Raises:
        ValueError: If there is no such backend.
        TypeError: When called with a parameter that is no float; it names the leaf.
        TraceError: When the loss is not scalar, or cannot be traced; it names the line.

    Example:
        >>> grad(lambda x: x * x)(3.0)
        6.0
    """

    def run(params: Any, /, *args: Any, **kwargs: Any) -> Any:
        _, gradient, aux = _derive(loss, wrt, params, args, kwargs, has_aux=has_aux)
        return (gradient, aux) if has_aux else gradient

    words = {"0": "grad", "1": "aux"} if has_aux else {"": "grad"}
    how = TransformOptions(eager=eager, debug_nans=debug_nans, backend=backend)
    options = {"wrt": wrt, "has_aux": has_aux, **how}
    return program_of(grad, loss, options, lambda: JitFunction(run, loss, words, **how))


@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], tuple[float, T]]: ...
@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    wrt: Callable[[T], S],
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], tuple[float, S]]: ...
@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], tuple[tuple[float, A], T]]: ...
@overload
def value_and_grad(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    has_aux: Literal[True],
    wrt: Callable[[T], S],
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[Concatenate[T, P], tuple[tuple[float, A], S]]: ...
def value_and_grad(
    loss: Callable[..., Any],
    *,
    has_aux: bool = False,
    wrt: Callable[..., Any] | None = None,
    eager: bool = False,
    debug_nans: bool = False,
    backend: Backend = "numpy",
) -> Program[..., Any]:
    """The value of a loss and its gradient by its first argument, in one program.

    Args:
        loss: See `grad`.
        has_aux: Whether the loss returns a pair, of which the second is passed through.
        wrt: Selects the part of `params` to take the gradient by, as `lambda m: m.head`.
        eager: See `grad`.
        debug_nans: See `jit`.
        backend: See `jit`.

    Returns:
        A function of the same arguments, to the value and the gradient; with `has_aux`, to
        `(value, aux)` and the gradient. Its `.source(params, *args)` is the program.

    Raises:
        ValueError: See `grad`.
        TypeError: See `grad`.
        TraceError: See `grad`.

    Example:
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
        >>> value_and_grad(lambda m: m["a"] * m["b"], wrt=lambda m: m["a"])({"a": 2.0, "b": 3.0})
        (6.0, 3.0)
    """

    def run(params: Any, /, *args: Any, **kwargs: Any) -> Any:
        value, gradient, aux = _derive(loss, wrt, params, args, kwargs, has_aux=has_aux)
        return ((value, aux), gradient) if has_aux else (value, gradient)

    words = {**({"0.0": "value", "0.1": "aux"} if has_aux else {"0": "value"}), "1": "grad"}
    how = TransformOptions(eager=eager, debug_nans=debug_nans, backend=backend)
    options = {"wrt": wrt, "has_aux": has_aux, **how}
    return program_of(value_and_grad, loss, options, lambda: JitFunction(run, loss, words, **how))


def _derive(
    loss: Callable[..., Any],
    wrt: Callable[..., Any] | None,
    params: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    has_aux: bool,
) -> Any:
    """The loss, its gradient by the selected parameters, and its aux, within a trace."""

    def value(part: Any) -> Any:
        whole = part if wrt is None else at(params, wrt).set(part)
        result = loss(whole, *args, **kwargs)
        return pair(result, _WANTED) if has_aux else (result, None)

    return value_and_gradient(value, params if wrt is None else at(params, wrt).get())


def stop_gradient(tree: T) -> T:
    """The same tree, taken for a constant by derivatives.

    Args:
        tree: Any tree of arrays and numbers.

    Returns:
        The tree.

    Example:
        >>> grad(lambda x: x * stop_gradient(x))(3.0)
        3.0
    """
    return tree_map(stopped, tree)
