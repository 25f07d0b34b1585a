"""Jacobians and Hessians, many rows at once."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Literal, Unpack, overload

import attrs
import numpy as np

from miniml.program import (
    JitFunction,
    Lowered,
    Program,
    TransformOptions,
    active_graph,
    get_threads,
)
from miniml.program.autodiff.trees import check_parameters, dtype_of
from miniml.program.batching.vmap import map_batch
from miniml.program.chunking.threads import in_parallel
from miniml.program.run.options import CompleteOptions
from miniml.program.run.tracing import by_position
from miniml.transforms._type_variables import A, P, T
from miniml.transforms._wrt import derivative_of, selected, split_aux
from miniml.transforms.directional import hvp, vjp, with_second
from miniml.tree import tree_flatten, tree_leaves, tree_unflatten
from miniml.types import Array, Scalar


@overload
def hessian(
    loss: Callable[Concatenate[T, P], Scalar],
    *,
    wrt: Callable[[T], object] | None = None,
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], Array]: ...
@overload
def hessian(
    loss: Callable[Concatenate[T, P], tuple[Scalar, A]],
    *,
    wrt: Callable[[T], object] | None = None,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[Array, A]]: ...
def hessian(
    loss: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return the matrix of a loss's second derivatives, many rows at once.

    Args:
        loss: See `grad`.
        wrt: See `grad`.
        has_aux: See `grad`.
        **options: See `TransformOptions`.

    Returns:
        A function of the same arguments to an array of shape `(n, n)`, where n counts the numbers
        in `params` (or in the part selected), leaf by leaf in the order of `named_leaves`, each in
        C order; with `has_aux` to `(matrix, aux)`.

    Raises:
        TypeError: See `grad`.
        ValueError: See `grad`.

    Example:
        >>> hessian(lambda p: p["a"] * p["a"] * p["b"])({"a": 1.0, "b": 3.0})
        array([[6., 2.],
               [2., 0.]])
    """
    products: Any = hvp

    def run(params: Any, vectors: Any, /, *args: Any, **kwargs: Any) -> Any:
        def product(vector: Any) -> Any:
            found = products(loss, wrt=wrt, has_aux=has_aux)(params, vector, *args, **kwargs)
            return found[0] if has_aux else found

        return map_batch(product, (vectors,), (0,), 0)

    def space(params: Any, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        aux = _plainly(loss, params, args, kwargs, has_aux=True)[1] if has_aux else None
        return selected(params, wrt), aux

    def matrix(columns: list[Array], *_: Any) -> Array:
        flat = [np.reshape(column, (len(column), -1)) for column in columns]
        return _concatenated(flat, axis=1) if flat else np.zeros((0, 0))

    def make(options: CompleteOptions) -> _UnitProducts:
        rows = JitFunction(run, with_second(loss, "vectors"), {"": "hvp"}, options)
        return _UnitProducts("hessian", loss, rows, space, matrix, wrt, has_aux)

    return derivative_of(hessian, loss, make, options, wrt=wrt, has_aux=has_aux)


@overload
def jacobian(
    function: Callable[Concatenate[T, P], tuple[object, A]],
    *,
    wrt: Callable[[T], object] | None = None,
    has_aux: Literal[True],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], tuple[Any, A]]: ...
@overload
def jacobian(
    function: Callable[Concatenate[Array, P], Array],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[Array, P], Array]: ...
@overload
def jacobian(
    function: Callable[Concatenate[T, P], Array],
    *,
    wrt: Callable[[T], Array],
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], Array]: ...
@overload
def jacobian(
    function: Callable[Concatenate[T, P], object],
    *,
    wrt: Callable[[T], object] | None = None,
    **options: Unpack[TransformOptions],
) -> Program[Concatenate[T, P], Any]: ...
def jacobian(
    function: Callable[..., Any],
    *,
    wrt: Callable[..., Any] | None = None,
    has_aux: bool = False,
    **options: Unpack[TransformOptions],
) -> Program[..., Any]:
    """Return the derivative of every element of a function's value by every parameter.

    Args:
        function: `function(params, *args)`, pure, returning an array, or a tree of arrays.
        wrt: See `grad`.
        has_aux: See `grad`.
        **options: See `TransformOptions`.

    Returns:
        A function of the same arguments to a tree like `params` (or like the part selected); for a
        value of shape `s`, a leaf of shape `t` becomes an array of shape `s + t`. For a tree of
        values, each of its leaves becomes such a tree. With `has_aux` to `(jacobian, aux)`.

    Raises:
        TypeError: See `grad`.
        ValueError: See `grad`.

    Example:
        >>> jacobian(lambda w: w * w)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
        >>> jacobian(lambda w: {"first": w[0], "sum": np.sum(w)})(np.array([1.0, 2.0]))
        {'first': array([1., 0.]), 'sum': array([1., 1.])}
    """
    products: Any = vjp

    def run(params: Any, cotangents: Any, /, *args: Any, **kwargs: Any) -> Any:
        def pullback(cotangent: Any) -> Any:
            found = products(function, wrt=wrt, has_aux=has_aux)
            return found(params, cotangent, *args, **kwargs)[1]

        return map_batch(pullback, (cotangents,), (0,), 0)

    def space(params: Any, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        return _plainly(function, params, args, kwargs, has_aux=has_aux)

    def tree(columns: list[Array], part: Any, value: Any) -> Any:
        leaves, structure = tree_flatten(part)
        outputs, shape = tree_flatten(value)
        ends = list(itertools.accumulate((np.size(y) for y in outputs), initial=0))

        def by_params(output: Any, start: int, stop: int) -> Any:
            """Return the rows of one output, leaf by leaf of the parameters."""
            parts = [column[start:stop] for column in columns] if columns else map(_no_rows, leaves)
            return tree_unflatten(
                structure,
                [
                    np.reshape(rows, np.shape(output) + np.shape(leaf))
                    for rows, leaf in zip(parts, leaves, strict=True)
                ],
            )

        return tree_unflatten(shape, list(map(by_params, outputs, ends, ends[1:])))

    def make(options: CompleteOptions) -> _UnitProducts:
        rows = JitFunction(run, with_second(function, "cotangents"), {"": "rows"}, options)
        return _UnitProducts("jacobian", function, rows, space, tree, wrt, has_aux)

    return derivative_of(jacobian, function, make, options, wrt=wrt, has_aux=has_aux)


@attrs.frozen
class _UnitProducts:
    """Runs a program of products with some vectors at a time, for all unit vectors of a space.

    Attributes:
        transform: The name of the transform, for errors.
        named: The function.
        products: The program, of the function's parameters, some vectors, and its other arguments.
        space: From the function's arguments to a tree with a vector's numbers, and to the aux.
        join: From all products, the part of the parameters and that tree to the result.
        wrt: Selects the part of the parameters.
        has_aux: Whether the aux is returned.
    """

    transform: str
    named: Callable[..., Any]
    products: JitFunction
    space: Callable[..., tuple[Any, Any]]
    join: Callable[[list[Array], Any, Any], Any]
    wrt: Callable[..., Any] | None
    has_aux: bool

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not args:
            raise by_position(self.transform, "params")
        params, *rest = args
        part = selected(params, self.wrt)
        check_parameters(part)
        space, aux = self.space(*args, **kwargs)
        count = _count(space)

        def some(first: int) -> list[Array]:
            given = (params, _units(space, first), *rest)
            return [
                product[: count - first] for product in tree_leaves(self.products(given, kwargs))
            ]

        threads = get_threads() if active_graph() is None else 1  # a trace is one thread's
        found = in_parallel(some, range(0, count, max(_together(count), 1)), threads)
        columns = [_concatenated(column) for column in zip(*found, strict=True)]
        joined = self.join(columns, part, space)
        return (joined, aux) if self.has_aux else joined

    def lower(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Lowered:
        return self.products.lower(self._with_units(args, kwargs), kwargs)

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.products.check(self._with_units(args, kwargs), kwargs)

    def holds(self) -> bool:
        return self.products.holds()

    def recheck(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.products.recheck(self._with_units(args, kwargs), kwargs)

    def values_read(self) -> list[object]:
        return self.products.values_read()

    def _with_units(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        return (args[0], _units(self.space(*args, **kwargs)[0], 0), *args[1:])


def _plainly(
    function: Callable[..., Any],
    params: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    has_aux: bool,
) -> tuple[Any, Any]:
    """Return the function's value and aux, computed by NumPy without a trace."""
    with np.errstate(all="ignore"):  # as in a program
        return split_aux(function(params, *args, **kwargs), has_aux=has_aux)


def _concatenated(parts: Sequence[Any], axis: int = 0) -> Any:
    """Return the parts one after another, by the library that they are arrays of."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return (np if active_graph() is not None else first.__array_namespace__()).concatenate(
        parts, axis
    )


def _units(like: Any, first: int) -> Any:
    """Some unit vectors of a tree's numbers, from this one on, stacked leaf by leaf."""
    leaves, structure = tree_flatten(like)
    ends = list(itertools.accumulate((np.size(leaf) for leaf in leaves), initial=0))
    together = _together(ends[-1])
    units = np.eye(together, ends[-1], first)  # zeros after the last unit vector: one program
    vectors = [
        units[:, start:stop].reshape(together, *np.shape(leaf)).astype(dtype_of(leaf))
        for leaf, start, stop in zip(leaves, ends, ends[1:], strict=False)
    ]
    return tree_unflatten(structure, vectors)


def _count(tree: Any) -> int:
    """Return the number of elements in a tree."""
    return sum(np.size(leaf) for leaf in tree_leaves(tree))


def _together(count: int) -> int:
    """Return how many of the directions are taken at once."""
    return -(-count // max(-(-count // _TOGETHER), 1))


_TOGETHER = 32
"""The most directions at once: with more, the values of the leaves do not fit the cache."""


def _no_rows(leaf: Any) -> Array:
    return np.zeros((0, *np.shape(leaf)), dtype_of(leaf))
