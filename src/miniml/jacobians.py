"""Jacobians and Hessians, many rows at once."""

import itertools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

import numpy as np

from miniml.derivatives import hvp, vjp, with_second
from miniml.program import Staged, active_graph, cached_on, get_threads
from miniml.program.examples import map_examples
from miniml.program.gradient import check_parameters, dtype_of
from miniml.program.threads import in_parallel
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten
from miniml.types import Array, Scalar

T = TypeVar("T")
P = ParamSpec("P")


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
        return Staged(run, with_second(loss, "vectors"), {"": "hvp"}, eager=eager)

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
        return Staged(run, with_second(function, "cotangents"), {"": "rows"}, eager=eager)

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
