"""The norm of all gradients together, at any size of them."""

from typing import Any

import numpy as np

from miniml.program import Tracer
from miniml.program.rules.define import Primitive, primitive
from miniml.tree import tree_leaves, tree_norm
from miniml.tree.reduce import root_of_squares


def global_norm(grads: object) -> Any:
    """Return the Euclidean norm of a tree as float64.

    It costs no more than a sum of squares: if that overflows or underflows, the numbers are
    scaled first.
    """
    leaves = tree_leaves(grads)
    with np.errstate(over="ignore", under="ignore"):
        squares: Any = tree_norm(grads, squared=True)
        found = norm_p if isinstance(squares, Tracer) else root_of_squares
        return found(squares, *leaves)


def _jax_norm(jnp: Any, squares: Any, *leaves: Any) -> Any:
    del squares
    largest = jnp.max(jnp.stack([jnp.max(jnp.abs(leaf), initial=0.0) for leaf in leaves]))
    fixed = jnp.where((largest > 0.0) & jnp.isfinite(largest), largest, 1.0)
    total = sum(jnp.sum(jnp.square(leaf / fixed)) for leaf in leaves)
    return jnp.where(fixed == largest, largest * jnp.sqrt(total), largest)


def _norm_vjp(i: int, g: Any, y: Any, *inputs: Any) -> Any:
    """Return the gradient by a leaf, 0 at 0; the squares, which are first, depend on the leaves."""
    return None if i == 0 else g * (inputs[i] / np.where(y == 0.0, 1.0, y))


norm_p: Primitive = primitive(
    "global_norm",  # of the leaves, and of their sum of squares
    root_of_squares,
    infer=lambda *_: ((), np.dtype(np.float64)),
    vjp=_norm_vjp,
    jax=_jax_norm,
    nanoseconds=0.1,
)
