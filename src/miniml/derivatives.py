"""Jacobians, Hessians, their products with vectors, and a check of gradients."""

import itertools
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

import numpy as np

from miniml.program import Staged
from miniml.program.gradient import (
    check_parameters,
    dtype_of,
    pull_tree,
    push_tree,
    value_and_gradient,
)
from miniml.transforms import Program, grad
from miniml.tree import tree_flatten, tree_unflatten
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

    return Program(function, Staged(run, run, {"": "out"}, eager=eager))


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

    return Program(function, Staged(run, run, {"": "out"}, eager=eager))


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

    return Program(loss, Staged(run, run, {"": "hvp"}, eager=eager))


def hessian(
    loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False
) -> Callable[Concatenate[T, P], Array]:
    """The matrix of a loss's second derivatives, row by row with the program of `hvp`.

    Args:
        loss: See `grad`.
        eager: Trace at every row, with values the loss may branch on; slower.

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
    product = hvp(loss, eager=eager)

    def matrix(params: T, /, *args: P.args, **kwargs: P.kwargs) -> Array:
        check_parameters(params)
        rows = [_ravel(product(params, e, *args, **kwargs)) for e in _basis(params)]
        return np.stack(rows) if rows else np.zeros((0, 0))

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
    """The derivative of every element of a function's value by every parameter.

    It is made row by row, with the program of `vjp`.

    Args:
        function: `function(params, *args)`, pure, returning an array, or a tree of arrays.
        eager: Trace at every row, with values the function may branch on; slower.

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
    pull = vjp(function, eager=eager)

    def tree(params: Any, /, *args: Any, **kwargs: Any) -> Any:
        check_parameters(params)
        value = function(params, *args, **kwargs)
        leaves, structure = tree_flatten(params)
        rows = (tree_flatten(pull(params, e, *args, **kwargs)[1])[0] for e in _basis(value))

        def by_params(output: Any) -> Any:
            """The rows of one output, leaf by leaf of the parameters."""
            found = list(itertools.islice(rows, math.prod(np.shape(output))))
            columns = [
                np.stack([row[k] for row in found]) if found else np.zeros(0, dtype_of(leaf))
                for k, leaf in enumerate(leaves)
            ]
            shapes = [np.shape(output) + np.shape(leaf) for leaf in leaves]
            return tree_unflatten(structure, list(map(np.reshape, columns, shapes)))

        outputs, shape = tree_flatten(value)
        return tree_unflatten(shape, [by_params(output) for output in outputs])

    return tree


def _ravel(tree: Any) -> Any:
    return np.concatenate([np.reshape(leaf, -1) for leaf in tree_flatten(tree)[0]])


def _basis(tree: T) -> Iterator[T]:
    """The trees like this one with one 1 and else 0, in order."""
    leaves, structure = tree_flatten(tree)
    zeros: list[Any] = [_zeros(leaf) for leaf in leaves]
    for position, zero in enumerate(zeros):
        for place in np.ndindex(np.shape(zero)):
            unit: Any = 1.0
            if not isinstance(zero, float):
                unit = zero.copy()
                unit[place] = 1
            yield tree_unflatten(structure, [*zeros[:position], unit, *zeros[position + 1 :]])


def _zeros(leaf: Any) -> Any:
    return 0.0 if isinstance(leaf, float) else np.zeros(np.shape(leaf), dtype_of(leaf))


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
