"""The protocol of optimisers: a pair of pure functions."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, overload

import attrs
import numpy as np

from miniml.program import Tracer
from miniml.schedules import ScalarOrSchedule, as_number, value_at
from miniml.tree import Selector, leaf_mask, model, named_leaves, tree_flatten, tree_map
from miniml.tree.mismatch import mismatch
from miniml.validation import describe

T = TypeVar("T")


@model
class OptimizerState(Generic[T]):
    """The state of an optimiser between updates.

    Attributes:
        count: The number of updates made so far.
        moments: Running statistics, each a tree like the parameters; of float16 ones in float32.
        parts: The states of the parts of a chain, or of the groups of `multi_transform`.
    """

    count: int
    moments: tuple[T, ...] = ()
    parts: "tuple[OptimizerState[T], ...]" = ()


class Optimizer(Protocol):
    """A pair of pure functions that turn gradients into updates of the parameters."""

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state."""
        ...

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Return the updates, which are *added* to the parameters, and the next state."""
        ...


def check_optimizer(name: str, value: object) -> None:
    """Refuse a value that is not an optimiser.

    Raises:
        TypeError: If it lacks `init` or `update`, or is a class or a function that makes one.
    """
    methods = (getattr(value, method, None) for method in ("init", "update"))
    foreign = type(value).__module__.partition(".")[0] == "optax"
    if all(map(callable, methods)) and not isinstance(value, type) and not foreign:
        return
    hint = ""
    if foreign:
        hint = "; those of Optax work on JAX arrays, and most have the same name here"
    elif callable(value) and getattr(value, "__module__", "").startswith("miniml.optimizers"):
        hint = f"; call it, as in {getattr(value, '__name__', 'adam')}(...)"
    raise TypeError(
        f"{name} is {describe(value)}: it must be an optimiser, such as adam(1e-3){hint}"
    )


def check_parts(whole: object, field: "attrs.Attribute[Any]", parts: tuple[Optimizer, ...]) -> None:
    """Validate the optimisers in an optimiser.

    Raises:
        TypeError: If one is not an optimiser.
        ValueError: If there is none.
    """
    name = f"{type(whole).__name__}.{field.name}"
    if not parts:
        raise ValueError(f"{name} needs at least one part, such as sgd(0.1)")
    for position, part in enumerate(parts):
        check_optimizer(f"{name}[{position}]", part)


def apply_updates(params: T, updates: T) -> T:
    """Add the updates to the parameters.

    Args:
        params: The parameters.
        updates: A tree of the same structure and shapes.

    Returns:
        The new parameters, with the dtypes of the old.

    Raises:
        ValueError: If the trees' structures or shapes differ.

    Example:
        >>> apply_updates({"w": 1.0}, {"w": -0.25})
        {'w': 0.75}
    """
    _check_shapes(updates, params, "update")
    return leafwise(lambda p, u: p + u, params, params, updates)


@overload
def leafwise(f: Callable[[Any], Any], like: T, a: T, /) -> T: ...
@overload
def leafwise(f: Callable[[Any, Any], Any], like: T, a: T, b: T, /) -> T: ...
def leafwise(f: Callable[..., Any], like: T, /, *trees: T) -> T:
    """Map over trees, of float16 leaves in float32; the results have the dtypes of `like`."""

    def apply(model: Any, *leaves: Any) -> Any:
        value = f(*map(_wide, leaves))
        if _is_number(model):
            return as_number(value)
        dtype = getattr(model, "dtype", None)
        differs = dtype is not None and dtype.kind == "f" and value.dtype != dtype
        return value.astype(dtype) if differs else value

    return tree_map(apply, like, *trees)


def as_numbers(like: T, tree: T) -> T:
    """Return the tree with the dtypes of `like`, and Python floats where it has them."""
    return leafwise(lambda leaf: leaf, like, tree)


def wide(tree: T) -> T:
    """Return the tree with float32 in place of float16, in which squares and 1e-8 have no digits."""
    return tree_map(_wide, tree)


def moments(params: T, value: float = 0.0) -> T:
    """Return a tree like the parameters for what an optimiser remembers, filled with one value."""
    return tree_map(lambda leaf: _full(leaf, value), wide(params))


def downhill(learning_rate: ScalarOrSchedule, count: int, directions: T, grads: T) -> T:
    """Return the updates, with the gradients' dtypes: the directions times minus the learning rate."""
    step = -value_at(learning_rate, count)
    return leafwise(lambda direction: step * direction, grads, directions)


def check_eps(eps: Any, params: object, *, power: float) -> None:
    """Refuse an `eps` to which squares that underflow are not nothing: steps would be huge.

    Args:
        eps: The constant that keeps a quotient finite.
        params: The parameters.
        power: 0.5 if it is added to the root of the squares, 1.0 if to the squares.

    Raises:
        ValueError: If it is too small for the dtype of a parameter.
    """
    for name, leaf in named_leaves(wide(params)).items():
        limits = np.finfo(getattr(leaf, "dtype", np.float64))
        least = float(limits.smallest_subnormal) ** power / float(limits.eps) / 8.0
        if not isinstance(eps, Tracer) and eps < least:
            raise ValueError(
                f"eps is {eps}, too small for {name or 'the parameters'} of dtype {limits.dtype}, where "
                f"small gradients have the square 0: it must be at least {least:.1e}"
            )


def check_fit(grads: T, params: T) -> None:
    """Refuse a gradient that NumPy would silently broadcast or convert to fit its parameter.

    Raises:
        ValueError: If structures, shapes or dtypes differ. In a chain the gradient of a float16
            parameter is float32.
    """
    for name, grad, param in _check_shapes(grads, params, "gradient"):
        dtypes = [getattr(leaf, "dtype", np.dtype(np.float64)) for leaf in (grad, param)]
        if dtypes[0] != dtypes[1] and dtypes != [np.float32, np.float16]:
            raise ValueError(
                f"the gradient of {name!r} has dtype {dtypes[0]}, "
                f"its parameter has {dtypes[1]}: they must be the same"
            )


def _check_shapes(tree: T, params: T, what: str) -> list[tuple[str, Any, Any]]:
    """Refuse a tree of another structure or shapes; return each leaf beside its parameter."""
    wanted, structure = tree_flatten(params)
    found, other = tree_flatten(tree)
    if other is not structure:
        raise mismatch(structure, other, what=f"the {what}s do not fit the parameters")
    leaves = list(zip(structure.names, found, wanted, strict=True))
    for name, leaf, param in leaves:
        if np.shape(leaf) != np.shape(param):
            raise ValueError(
                f"the {what} of {name!r} has shape {np.shape(leaf)}, "
                f"its parameter has {np.shape(param)}: they must be the same"
            )
    return leaves


def chosen(params: object, select: Selector) -> list[bool]:
    """Return whether a selector chooses each leaf; in a trace a predicate gets arrays of zeros."""
    found = leaf_mask(params, select)  # refuses a predicate that needs values in a trace
    return leaf_mask(tree_map(_untraced, params), select) if callable(select) else found


def _untraced(leaf: Any) -> Any:
    if not isinstance(leaf, Tracer):
        return leaf
    if leaf.weak is not None:
        return leaf.weak()
    return np.broadcast_to(np.zeros((), leaf.dtype), leaf.shape)


def _wide(leaf: Any) -> Any:
    return leaf.astype(np.float32) if getattr(leaf, "dtype", None) == np.float16 else leaf


def _full(leaf: Any, value: float) -> Any:
    if isinstance(leaf, float):  # np.float64 is one, and stays one
        return type(leaf)(value)
    return np.full(np.shape(leaf), value, getattr(leaf, "dtype", None))


def _is_number(leaf: Any) -> bool:
    return type(leaf) is float or (isinstance(leaf, Tracer) and leaf.weak is float)
