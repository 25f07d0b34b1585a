"""The parameters of a run as vectors."""

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any, Generic, TypeAlias, TypeVar

import attrs
import numpy as np

from miniml.optimizers.base import as_numbers
from miniml.program import Program, cached_on
from miniml.program.autodiff.trees import check_parameters
from miniml.training.step import refuse_constant
from miniml.training.trainable import choose, merge
from miniml.transforms import value_and_grad
from miniml.transforms.directional import hvp
from miniml.tree import (
    Selector,
    named_leaves,
    ravel,
    tree_flatten,
    tree_leaves,
    tree_map,
    tree_unflatten,
)
from miniml.types import Array, Scalar

T = TypeVar("T")
D = TypeVar("D")


@attrs.define
class Point:
    """A point, `(n,)`, with the loss and its gradient there."""

    vector: Array
    value: float
    gradient: Array


class Vectors(Generic[T]):
    """Trained parameters as vectors, of their own precision, or float32 if that is coarser.

    Attributes:
        start: The parameters given, `(n,)`.
        precision: The relative distance of adjacent numbers in the coarsest of their dtypes.
        names: The names of the trained leaves, in the order of the vectors.
    """

    def __init__(
        self, params: T, trainable: Selector | None, wrt: Callable[[T], object] | None
    ) -> None:
        self._live, self._frozen = choose(params, trainable, wrt).split(params)
        check_parameters(self._live)
        vector, self._unravel = ravel(self._live)
        self.start: Array = vector.astype(np.result_type(vector, np.float32), copy=False)
        dtypes = {np.asarray(leaf).dtype for leaf in tree_leaves(self._live)}
        self._is_mixed = dtypes != {self.start.dtype}
        self.precision: float = max(float(np.finfo(dtype).eps) for dtype in dtypes)

        self.names: tuple[str, ...] = tuple(named_leaves(self._live))

    def tree(self, vector: Array) -> T:
        """Return the parameters of a vector, with those that are not trained."""
        return merge(tree_map(_as_scalar, self._unravel(vector)), self._frozen)

    def stacked(self, rows: Array) -> T:
        """Return vectors, `(k, n)`, as a tree like the trained parameters, with leaves `(k, ...)`."""
        leaves, structure = tree_flatten(self._live)
        ends = accumulate(map(np.size, leaves), initial=0)
        parts = (rows[:, a:b] for a, b in pairwise(ends))
        shapes = ((len(rows), *np.shape(leaf)) for leaf in leaves)
        return tree_unflatten(structure, list(map(np.reshape, parts, shapes)))

    def laid_out(self, tree: T) -> Array:
        """Return the trained leaves of a tree like the parameters as a vector."""
        leaves = named_leaves(tree)
        parts = [np.ravel(leaves[name]) for name in self.names]
        return np.concatenate(parts).astype(self.start.dtype)

    def evaluator(
        self, loss: Callable[[T, D], Scalar], data: D
    ) -> tuple[Callable[[Array], Point], Callable[[], None]]:
        """Return the function from a vector to the loss and its gradient there, and a check.

        Parameters of a coarser dtype than the vector round it; the loss is at the rounded vector. The
        check is for after a callback: it refuses to go on if what the loss reads has changed.

        Raises:
            ValueError: If the loss refuses the data.
        """
        program, _ = _programs(loss)
        run = program.of_first(self.start, self._live, self._frozen, data)

        def at(vector: Array) -> Point:
            if self._is_mixed:
                vector = ravel(self._unravel(vector))[0].astype(vector.dtype, copy=False)
            value, gradient = run(vector)
            return Point(vector, value, gradient)

        watch = program.watch()

        def recheck() -> None:
            watch(self.start, self._live, self._frozen, data)

        return at, recheck

    def hessian_product(
        self, loss: Callable[[T, D], Scalar], data: D
    ) -> Callable[[Array, Array], Array]:
        """Return the function from two vectors to the Hessian at the first times the second."""
        _, program = _programs(loss)
        return lambda vector, other: program(vector, other, self._live, self._frozen, data)


def _as_scalar(leaf: Any) -> Any:
    """Return a leaf as programs return it: an array without axes as a scalar."""
    return leaf[()] if issubclass(type(leaf), np.ndarray) and not leaf.ndim else leaf


def rows(stacked: object) -> Array:
    """Return the vectors, `(k, n)`, of a tree that `Vectors.stacked` made."""
    leaves = tree_leaves(stacked)
    return np.concatenate([leaf.reshape(len(leaf), -1) for leaf in leaves], axis=1)


_Loss: TypeAlias = Program[[Array, T, T | None, D], tuple[float, Array]]
_Product: TypeAlias = Program[[Array, Array, T, T | None, D], Array]


def _programs(loss: Callable[[T, D], Scalar]) -> tuple["_Loss[T, D]", "_Product[T, D]"]:
    """Return the programs of the loss with its gradient, and of Hessian products, at a vector."""

    def vector_loss(vector: Array, like: T, frozen: T | None, data: D) -> Scalar:
        _, unravel = ravel(like)
        live = as_numbers(like, unravel(vector))
        value = loss(merge(live, frozen), data)
        refuse_constant(value, vector)
        return value

    # Another run with the same loss finds its programs, while what they read is unchanged.
    return (
        cached_on(loss, "value at a vector", lambda: value_and_grad(vector_loss)),
        cached_on(loss, "product at a vector", lambda: hvp(vector_loss)),
    )
