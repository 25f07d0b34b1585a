"""Jacobians, Hessians, their products with vectors, and a check of gradients."""

import contextlib
import inspect
import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

import numpy as np

from miniml.program import Staged, active_graph, cached_on, get_threads
from miniml.program.examples import map_examples
from miniml.program.gradient import (
    check_parameters,
    dtype_of,
    pull_tree,
    push_tree,
    value_and_gradient,
)
from miniml.program.threads import in_parallel
from miniml.transforms import Program, grad
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten
from miniml.types import Array, Scalar

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
        return push_tree(lambda p: function(p, *args, **kwargs), params, tangent)

    def make() -> Staged:
        return Staged(run, _named(function, "tangent"), {"": "out"}, eager=eager)

    return cached_on(function, ("jvp", eager), lambda: Program(function, make()))


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
        return pull_tree(lambda p: function(p, *args, **kwargs), params, cotangent)

    def make() -> Staged:
        return Staged(run, _named(function, "cotangent"), {"": "out"}, eager=eager)

    return cached_on(function, ("vjp", eager), lambda: Program(function, make()))


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

        return pull_tree(gradient, params, vector)[1]

    def make() -> Staged:
        return Staged(run, _named(loss, "vector"), {"": "hvp"}, eager=eager)

    return cached_on(loss, ("hvp", eager), lambda: Program(loss, make()))


def hessian(
    loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False
) -> Callable[Concatenate[T, P], Array]:
    """The matrix of a loss's second derivatives, many rows at once.

    Args:
        loss: See `grad`.
        eager: Trace at every call, with values the loss may branch on; slower.

    Returns:
        A function of the same arguments to an array of shape `(n, n)`, where n counts the numbers
        in `params`, leaf by leaf in the order of `named_leaves`, each in C order.

    Raises:
        TypeError: When called with a parameter that is no float; it names the leaf.

    Example:
        >>> hessian(lambda p: p["a"] * p["a"] * p["b"])({"a": 1.0, "b": 3.0})
        array([[6., 2.],
               [2., 0.]])
    """

    def run(params: Any, vectors: Any, /, *args: Any, **kwargs: Any) -> Any:
        def product(vector: Any) -> Any:
            return hvp(loss)(params, vector, *args, **kwargs)

        return map_examples(product, (vectors,), (0,), 0)

    def make() -> Staged:
        return Staged(run, _named(loss, "vectors"), {"": "hvp"}, eager=eager)

    products = cached_on(loss, ("hessian", eager), make)

    def matrix(params: T, /, *args: P.args, **kwargs: P.kwargs) -> Array:
        check_parameters(params)
        columns = _of_units(lambda vs: products((params, vs, *args), kwargs), params)
        flat = [np.reshape(column, (len(column), -1)) for column in columns]
        return np.concatenate(flat, axis=1) if flat else np.zeros((0, 0))

    return matrix


@overload
def jacobian(
    function: Callable[Concatenate[T, P], Array], *, eager: bool = False
) -> Callable[Concatenate[T, P], T]: ...
@overload
def jacobian(
    function: Callable[Concatenate[T, P], object], *, eager: bool = False
) -> Callable[Concatenate[T, P], Any]: ...
def jacobian(function: Callable[..., Any], *, eager: bool = False) -> Callable[..., Any]:
    """The derivative of every element of a function's value by every parameter, many rows at once.

    Args:
        function: `function(params, *args)`, pure, returning an array, or a tree of arrays.
        eager: Trace at every call, with values the function may branch on; slower.

    Returns:
        A function of the same arguments to a tree like `params`; for a value of shape `s`, a leaf
        of shape `t` becomes an array of shape `s + t`. Of a tree of values, each leaf becomes such
        a tree.

    Raises:
        TypeError: When called with a parameter that is no float; it names the leaf.

    Example:
        >>> jacobian(lambda w: w * w)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
        >>> jacobian(lambda w: {"first": w[0], "sum": np.sum(w)})(np.array([1.0, 2.0]))
        {'first': array([1., 0.]), 'sum': array([1., 1.])}
    """

    def run(params: Any, cotangents: Any, /, *args: Any, **kwargs: Any) -> Any:
        def pull(cotangent: Any) -> Any:
            return vjp(function)(params, cotangent, *args, **kwargs)[1]

        return map_examples(pull, (cotangents,), (0,), 0)

    def make() -> Staged:
        return Staged(run, _named(function, "cotangents"), {"": "rows"}, eager=eager)

    rows = cached_on(function, ("jacobian", eager), make)

    def tree(params: Any, /, *args: Any, **kwargs: Any) -> Any:
        check_parameters(params)
        value = function(params, *args, **kwargs)
        columns = _of_units(lambda cs: rows((params, cs, *args), kwargs), value)
        leaves, structure = tree_flatten(params)
        outputs, shape = tree_flatten(value)
        ends = list(itertools.accumulate((np.size(y) for y in outputs), initial=0))

        def by_params(output: Any, start: int, stop: int) -> Any:
            """The rows of one output, leaf by leaf of the parameters."""
            parts = [column[start:stop] for column in columns] if columns else map(_no_rows, leaves)
            return tree_unflatten(
                structure,
                [
                    np.reshape(part, np.shape(output) + np.shape(leaf))
                    for part, leaf in zip(parts, leaves, strict=True)
                ],
            )

        return tree_unflatten(shape, list(map(by_params, outputs, ends, ends[1:])))

    return tree


def _named(function: Callable[..., Any], second: str) -> Callable[..., Any]:
    """A function whose parameters are the given one's, and one more after the first."""

    def like(*_: Any) -> None:
        return None

    with contextlib.suppress(TypeError, ValueError):  # functions of C may have no signature
        first, *rest = inspect.signature(function).parameters.values()
        one = inspect.Parameter(second, inspect.Parameter.POSITIONAL_ONLY)
        parameters = [first.replace(kind=one.kind), one, *rest]
        like.__signature__ = inspect.Signature(parameters, __validate_parameters__=False)  # type: ignore[attr-defined]  # read by inspect.signature
    return like


def _of_units(function: Callable[[Any], Any], like: Any) -> list[Array]:
    """What a linear function makes of each unit vector, leaf by leaf of its results.

    Args:
        function: From several trees like this one, stacked leaf by leaf, to their results, stacked.
        like: The tree whose numbers the unit vectors have.
    """
    leaves, structure = tree_flatten(like)
    ends = list(itertools.accumulate((np.size(leaf) for leaf in leaves), initial=0))
    count = ends[-1]
    together = -(-count // max(-(-count // _TOGETHER), 1))

    def some(first: int) -> list[Array]:
        units = np.eye(together, count, first)  # beyond the last unit vector zeros: one program
        vectors = [
            units[:, start:stop].reshape(together, *np.shape(leaf)).astype(dtype_of(leaf))
            for leaf, start, stop in zip(leaves, ends, ends[1:], strict=False)
        ]
        results = tree_leaves(function(tree_unflatten(structure, vectors)))
        return [result[: count - first] for result in results]

    threads = get_threads() if active_graph() is None else 1  # a trace is one thread's
    found = in_parallel(some, range(0, count, max(together, 1)), threads)
    return [np.concatenate(column) for column in zip(*found, strict=True)]


_TOGETHER = 32
"""Derivatives in so many directions are taken at once: of more, what lies between leaves the cache."""


def _no_rows(leaf: Any) -> Array:
    return np.zeros((0, *np.shape(leaf)), dtype_of(leaf))


def check_grads(
    loss: Callable[Concatenate[T, P], Scalar],
    params: T,
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Check the gradient of a loss against central differences in float64.

    Every parameter is moved by 1e-6 of its size to either side (at least 1e-6), and the slope must
    agree with the gradient to a relative 1e-5 of the largest slope in its leaf.

    Args:
        loss: See `grad`.
        params: Where to check; leaves are taken as float64.
        *args: The loss's other arguments.
        **kwargs: The loss's other arguments.

    Raises:
        AssertionError: If they disagree; it names the worst leaf and shows both slopes.
        TypeError: If a parameter is no float; it names the leaf.

    Example:
        >>> check_grads(lambda w: np.sum(np.exp(w)), np.array([0.0, 1.0]))
    """
    check_parameters(params)
    leaves, structure = tree_flatten(params)
    doubles = [x if isinstance(x, float) else np.asarray(x, np.float64) for x in leaves]
    gradient = tree_flatten(grad(loss)(tree_unflatten(structure, doubles), *args, **kwargs))[0]

    def value(position: int, leaf: Any) -> float:
        trial = [*doubles[:position], leaf, *doubles[position + 1 :]]
        return float(np.asarray(loss(tree_unflatten(structure, trial), *args, **kwargs)))

    worst, report = 0.0, ""
    for position, (name, leaf) in enumerate(zip(structure.names, doubles, strict=True)):
        slopes = _central_differences(partial(value, position), leaf)
        found = np.asarray(gradient[position])
        scale = max(float(np.max(np.abs(slopes), initial=0.0)), 1e-3)
        error = float(np.max(np.abs(found - slopes), initial=0.0)) / scale
        if error > worst or np.isnan(error):
            worst, at = error, name or "the root"
            report = f"at {at}: gradient {found}, central differences {slopes}"
    if not worst <= 1e-5:
        raise AssertionError(f"the gradient is off by a relative {worst:.1e} {report}")


def _central_differences(value: Callable[[Any], float], leaf: Any) -> Array:
    """The slopes of a function of one leaf, by each of its elements."""
    slopes = np.empty(np.shape(leaf))
    for place in np.ndindex(np.shape(leaf)):
        center = float(np.asarray(leaf)[place])
        step = 1e-6 * max(1.0, abs(center))
        ends: list[float] = []
        for end in (center + step, center - step):
            moved = np.array(leaf)
            moved[place] = end
            ends.append(value(float(moved) if isinstance(leaf, float) else moved))
        slopes[place] = (ends[0] - ends[1]) / (2.0 * step)
    return slopes
