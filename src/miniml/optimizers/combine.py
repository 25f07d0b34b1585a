"""Chains of optimisers, and what goes before one: clipping and weight decay."""

from typing import Any, TypeVar

import attrs
import numpy as np

from miniml.optimizers._multi_transform import MultiTransform
from miniml.optimizers.base import (
    Optimizer,
    OptimizerState,
    as_numbers,
    check_fit,
    check_parts,
    chosen,
    leafwise,
)
from miniml.schedules import as_number
from miniml.tree import (
    Selector,
    Static,
    as_selector,
    model,
    tree_flatten,
    tree_leaves,
    tree_norm,
    tree_unflatten,
)
from miniml.validation import NOT_NEGATIVE, POSITIVE

T = TypeVar("T")


@model
class Chain:
    """Optimisers one after another; see `chain`."""

    parts: tuple[Optimizer, ...] = attrs.field(validator=check_parts)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update: that of each part."""
        return OptimizerState(0, (), tuple(part.init(params) for part in self.parts))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Let each part work on what the one before it gives."""
        states: list[OptimizerState[T]] = []
        for part, old in zip(self.parts, state.parts, strict=True):
            grads, new = part.update(grads, old, params)
            states.append(new)
        return grads, OptimizerState(state.count + 1, (), tuple(states))


@model
class _Part:
    """A part that changes gradients and remembers nothing."""

    def init(self, params: T, /) -> OptimizerState[T]:
        """Give the state before the first update."""
        del params
        return OptimizerState(0)

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Change the gradient."""
        check_fit(grads, params)
        return self._changed(grads, params), OptimizerState(state.count + 1)

    def _changed(self, grads: T, params: T) -> T:
        raise NotImplementedError


@model
class Clip(_Part):
    """Bound each element of the gradient; see `clip`."""

    max_delta: float = attrs.field(validator=POSITIVE)

    def _changed(self, grads: T, params: T) -> T:
        return leafwise(
            lambda g: np.minimum(np.maximum(g, -self.max_delta), self.max_delta), params, grads
        )


@model
class ClipByGlobalNorm(_Part):
    """Bound the norm of the whole gradient; see `clip_by_global_norm`."""

    max_norm: float = attrs.field(validator=POSITIVE)

    def _changed(self, grads: T, params: T) -> T:
        norm: Any = np.sqrt(tree_norm(grads, squared=True))  # no gradient is taken of it
        larger = np.maximum(norm, self.max_norm)
        scale = as_number(np.where(norm < self.max_norm, 1.0, self.max_norm / larger))
        return leafwise(lambda g: g * scale, params, grads)


@model
class AddDecayedWeights(_Part):
    """Add a share of each weight to its gradient; see `add_decayed_weights`."""

    weight_decay: float = attrs.field(validator=NOT_NEGATIVE)
    where: Static[Selector] = attrs.field(converter=as_selector)

    def _changed(self, grads: T, params: T) -> T:
        return decayed(grads, params, self.weight_decay, self.where)


def only_prepares(optimizer: Optimizer) -> bool:
    """Whether the optimiser only changes some gradients, and makes no step of them."""
    if isinstance(optimizer, Chain):
        return all(map(only_prepares, optimizer.parts))
    if isinstance(optimizer, MultiTransform):
        return any(map(only_prepares, optimizer.parts))
    return isinstance(optimizer, _Part)


def misuses_a_step(optimizer: Optimizer) -> bool:
    """Whether a chain takes for a gradient what is a step downhill, which turns it uphill."""
    if isinstance(optimizer, MultiTransform):
        return any(map(misuses_a_step, optimizer.parts))
    if not isinstance(optimizer, Chain):
        return False
    first = next((i for i, part in enumerate(optimizer.parts) if _steps(part)), None)
    later = () if first is None else optimizer.parts[first + 1 :]
    return any(_steps(p) or _decays(p) for p in later) or any(map(misuses_a_step, optimizer.parts))


def _steps(part: Optimizer) -> bool:
    """Whether a part makes a step; what another's own part makes is not known."""
    if isinstance(part, (Chain, MultiTransform)):
        return any(map(_steps, part.parts))
    own = type(part).__module__.startswith("miniml.optimizers.")
    return own and not isinstance(part, _Part)


def _decays(part: Optimizer) -> bool:
    if isinstance(part, (Chain, MultiTransform)):
        return any(map(_decays, part.parts))
    return isinstance(part, AddDecayedWeights)


def decayed(directions: T, params: T, decay: float, where: Selector) -> T:
    """Add a share of the chosen parameters to the directions."""
    try:
        these = chosen(params, where)
    except KeyError as error:
        raise KeyError(
            f"{error.args[0]}; `where` says which of the parameters that are trained decay"
        ) from error
    (ds, structure), ps = tree_flatten(directions), tree_leaves(params)
    sums = [d + decay * p if c else d for d, p, c in zip(ds, ps, these, strict=True)]
    return as_numbers(params, tree_unflatten(structure, sums))


def chain(*parts: Optimizer) -> Chain:
    """Put optimisers one after another: each works on what the one before it gives.

    Args:
        parts: Clipping and weight decay, then an optimiser.

    Returns:
        An optimiser.

    Raises:
        TypeError: If a part is no optimiser.
        ValueError: If there are no parts.

    Example:
        >>> from miniml.optimizers import sgd
        >>> optimizer = chain(clip(1.0), sgd(0.5))
        >>> optimizer.update({"w": 3.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -0.5}
    """
    return Chain(parts)


def clip(max_delta: float) -> Clip:
    """Bound each element of the gradient, from `-max_delta` to `max_delta`.

    Args:
        max_delta: The bound.

    Returns:
        A part of a `chain`.

    Raises:
        TypeError: If an argument is no number.
        ValueError: If a number is out of range.

    Example:
        >>> clip(1.0).update({"w": -3.0}, clip(1.0).init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.0}
    """
    return Clip(max_delta)


def clip_by_global_norm(max_norm: float) -> ClipByGlobalNorm:
    """Shorten the gradient, all leaves together, to a norm of at most `max_norm`.

    Args:
        max_norm: The largest norm.

    Returns:
        A part of a `chain`.

    Raises:
        TypeError: If an argument is no number.
        ValueError: If a number is out of range.

    Example:
        >>> grads = {"w": 3.0, "b": 4.0}
        >>> clip_by_global_norm(1.0).update(grads, clip_by_global_norm(1.0).init(grads), grads)[0]
        {'b': 0.8, 'w': 0.6000000000000001}
    """
    return ClipByGlobalNorm(max_norm)


def add_decayed_weights(weight_decay: float, where: Selector = "*") -> AddDecayedWeights:
    """Add a share of each weight to its gradient, as half the squared norm in the loss would.

    Args:
        weight_decay: The share.
        where: Which leaves: name patterns, or a predicate on a leaf.

    Returns:
        A part of a `chain`.

    Raises:
        TypeError: If an argument is no number.
        ValueError: If a number is out of range.

    Example:
        >>> params = {"w": 2.0, "b": 2.0}
        >>> part = add_decayed_weights(0.1, where="w")
        >>> part.update({"w": 1.0, "b": 1.0}, part.init(params), params)[0]
        {'b': 1.0, 'w': 1.2}
    """
    return AddDecayedWeights(weight_decay, where)
