"""Jacobians and Hessians, many rows at once."""

import itertools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

import attrs
import numpy as np

from miniml.program import JitFunction, Program, active_graph, get_threads, program_of
from miniml.program.autodiff.trees import check_parameters, dtype_of
from miniml.program.batching.vmap import map_batch
from miniml.program.chunking.threads import in_parallel
from miniml.program.run.jit import Traced
from miniml.transforms.directional import hvp, vjp, with_second
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten
from miniml.types import Array, Scalar

T = TypeVar("T")
P = ParamSpec("P")


def hessian(
    loss: Callable[Concatenate[T, P], Scalar], *, eager: bool = False
) -> Program[Concatenate[T, P], Array]:
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

        return map_batch(product, (vectors,), (0,), 0)

    def params_of(params: Any, /, *_: Any, **__: Any) -> Any:
        return params

    def matrix(columns: list[Array], *_: Any) -> Array:
        flat = [np.reshape(column, (len(column), -1)) for column in columns]
        return np.concatenate(flat, axis=1) if flat else np.zeros((0, 0))

    def make() -> _InDirections:
        products = JitFunction(run, with_second(loss, "vectors"), {"": "hvp"}, eager=eager)
        return _InDirections(loss, products, params_of, matrix)

    return program_of(hessian, loss, {"eager": eager}, make)


@overload
def jacobian(
    function: Callable[Concatenate[T, P], Array], *, eager: bool = False
) -> Program[Concatenate[T, P], T]: ...
@overload
def jacobian(
    function: Callable[Concatenate[T, P], object], *, eager: bool = False
) -> Program[Concatenate[T, P], Any]: ...
def jacobian(function: Callable[..., Any], *, eager: bool = False) -> Program[..., Any]:
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
        def row(cotangent: Any) -> Any:
            return vjp(function)(params, cotangent, *args, **kwargs)[1]

        return map_batch(row, (cotangents,), (0,), 0)

    def tree(columns: list[Array], params: Any, value: Any) -> Any:
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

    def make() -> _InDirections:
        rows = JitFunction(run, with_second(function, "cotangents"), {"": "rows"}, eager=eager)
        return _InDirections(function, rows, function, tree)

    return program_of(jacobian, function, {"eager": eager}, make)


@attrs.frozen
class _InDirections:
    """Runs a program of products with some vectors until every unit vector has had its turn."""

    named: Callable[..., Any]  # the function
    products: JitFunction  # of its parameters, vectors, and its other arguments
    space: Callable[..., Any]  # of the function's arguments: a tree with a vector's numbers
    join: Callable[[list[Array], Any, Any], Any]  # of all products, the parameters and that tree

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        params, *rest = args
        check_parameters(params)
        space = self.space(*args, **kwargs)
        count = _count(space)

        def some(first: int) -> list[Array]:
            given = (params, _units(space, first), *rest)
            return [
                product[: count - first] for product in tree_leaves(self.products(given, kwargs))
            ]

        threads = get_threads() if active_graph() is None else 1  # a trace is one thread's
        found = in_parallel(some, range(0, count, max(_together(count), 1)), threads)
        columns = [np.concatenate(column) for column in zip(*found, strict=True)]
        return self.join(columns, params, space)

    def traced(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Traced:
        return self.products.traced(self._with_units(args, kwargs), kwargs)

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.products.check(self._with_units(args, kwargs), kwargs)

    def _with_units(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        return (args[0], _units(self.space(*args, **kwargs), 0), *args[1:])


def _units(like: Any, first: int) -> Any:
    """Some unit vectors of a tree's numbers, from this one on, stacked leaf by leaf."""
    leaves, structure = tree_flatten(like)
    ends = list(itertools.accumulate((np.size(leaf) for leaf in leaves), initial=0))
    together = _together(ends[-1])
    units = np.eye(together, ends[-1], first)  # beyond the last unit vector zeros: one program
    vectors = [
        units[:, start:stop].reshape(together, *np.shape(leaf)).astype(dtype_of(leaf))
        for leaf, start, stop in zip(leaves, ends, ends[1:], strict=False)
    ]
    return tree_unflatten(structure, vectors)


def _count(tree: Any) -> int:
    """How many numbers there are in a tree."""
    return sum(np.size(leaf) for leaf in tree_leaves(tree))


def _together(count: int) -> int:
    """In how many of so many directions derivatives are taken at once."""
    return -(-count // max(-(-count // _TOGETHER), 1))


_TOGETHER = 32
"""At most in so many: of more, what lies between leaves the cache."""


def _no_rows(leaf: Any) -> Array:
    return np.zeros((0, *np.shape(leaf)), dtype_of(leaf))
