"""Chains of optimisers, and the parts before one: clipping and weight decay."""

from typing import Any, TypeVar

import attrs
import numpy as np

from miniml.optimizers._multi_transform import MultiTransform
from miniml.optimizers.argument_names import explain_arguments
from miniml.optimizers.base import (
    Optimizer,
    OptimizerState,
    as_numbers,
    check_fit,
    check_parts,
    chosen,
    leafwise,
    wide,
)
from miniml.optimizers.global_norm import global_norm
from miniml.schedules import as_number
from miniml.tree import (
    Selector,
    Static,
    as_selector,
    model,
    tree_flatten,
    tree_leaves,
    tree_unflatten,
)
from miniml.validation import NOT_NEGATIVE, POSITIVE

T = TypeVar("T")


@model
class Chain:
    """Optimisers in a row; see `chain`."""

    parts: tuple[Optimizer, ...] = attrs.field(validator=check_parts)

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state: that of each part."""
        return OptimizerState(0, (), tuple(part.init(params) for part in self.parts))

    def update(
        self, grads: T, state: OptimizerState[T], params: T, /
    ) -> tuple[T, OptimizerState[T]]:
        """Pass the gradients through the parts."""
        states: list[OptimizerState[T]] = []
        updates = wide(grads)  # what one part rounds to 0, the next may need
        for part, old in zip(self.parts, state.parts, strict=True):
            updates, new = part.update(updates, old, params)
            states.append(new)
        return as_numbers(grads, updates), OptimizerState(state.count + 1, (), tuple(states))


@model
class _GradientChange:
    """A change of the gradients that has no state of its own."""

    def init(self, params: T, /) -> OptimizerState[T]:
        """Return the initial state."""
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
class Clip(_GradientChange):
    """A bound of each element of the gradient; see `clip`."""

    max_delta: float = attrs.field(validator=POSITIVE)

    def _changed(self, grads: T, params: T) -> T:
        del params
        return leafwise(
            lambda g: np.minimum(np.maximum(g, -self.max_delta), self.max_delta), grads, grads
        )


@model
class ClipByGlobalNorm(_GradientChange):
    """A bound of the norm of the whole gradient; see `clip_by_global_norm`."""

    max_norm: float = attrs.field(validator=POSITIVE)

    def _changed(self, grads: T, params: T) -> T:
        del params
        norm = global_norm(grads)
        ratio = self.max_norm / np.maximum(norm, self.max_norm)
        # A smaller share has lost digits in some leaf, or is 0: the step is NaN, which is reported.
        least = max(map(_least_share, tree_leaves(wide(grads))))
        share = np.where(ratio >= least, ratio, np.nan)
        scale = as_number(np.where(norm < self.max_norm, 1.0, share))
        return leafwise(lambda g: g * scale, grads, grads)


@model
class AddDecayedWeights(_GradientChange):
    """A share of each weight, added to its gradient; see `add_decayed_weights`."""

    weight_decay: float = attrs.field(validator=NOT_NEGATIVE)
    where: Static[Selector] = attrs.field(converter=as_selector)

    def _changed(self, grads: T, params: T) -> T:
        return decayed(grads, params, self.weight_decay, self.where)


def _least_share(leaf: Any) -> float:
    """Return the smallest scale that has nearly all digits in the dtype of a leaf."""
    limits = np.finfo(getattr(leaf, "dtype", np.float64))
    return float(limits.smallest_subnormal) / float(limits.eps) / 32.0


def only_prepares(optimizer: Optimizer) -> bool:
    """Return whether the optimiser leaves some gradients without a step."""
    if isinstance(optimizer, Chain):
        return all(map(only_prepares, optimizer.parts))
    if isinstance(optimizer, MultiTransform):
        return any(map(only_prepares, optimizer.parts))
    return isinstance(optimizer, _GradientChange)


def misuses_a_step(optimizer: Optimizer) -> bool:
    """Return whether a chain takes a step for a gradient, and so goes uphill."""
    if isinstance(optimizer, MultiTransform):
        return any(map(misuses_a_step, optimizer.parts))
    if not isinstance(optimizer, Chain):
        return False
    first = next((i for i, part in enumerate(optimizer.parts) if _steps(part)), None)
    later = () if first is None else optimizer.parts[first + 1 :]
    return any(_steps(p) or _decays(p) for p in later) or any(map(misuses_a_step, optimizer.parts))


def _steps(part: Optimizer) -> bool:
    """Return whether a part makes a step; of a user's own part it is not known."""
    if isinstance(part, (Chain, MultiTransform)):
        return any(map(_steps, part.parts))
    own = type(part).__module__.startswith("miniml.optimizers.")
    return own and not isinstance(part, _GradientChange)


def _decays(part: Optimizer) -> bool:
    """Return whether a part adds decayed weights."""
    if isinstance(part, (Chain, MultiTransform)):
        return any(map(_decays, part.parts))
    return isinstance(part, AddDecayedWeights)


def decayed(directions: T, params: T, decay: float, where: Selector) -> T:
    """Return the directions plus a share of the selected parameters."""
    try:
        these = chosen(params, where)
    except KeyError as error:
        raise KeyError(
            f"{error.args[0]}; `where` selects among the parameters that are trained"
        ) from error
    (ds, structure), ps = tree_flatten(wide(directions)), tree_leaves(wide(params))
    sums = [d + decay * p if c else d for d, p, c in zip(ds, ps, these, strict=True)]
    return as_numbers(directions, tree_unflatten(structure, sums))


def chain(*parts: Optimizer) -> Chain:
    """Return an optimiser that passes the gradients through its parts, one after another.

    Args:
        parts: Clipping and weight decay first, then an optimiser.

    Returns:
        An optimiser.

    Raises:
        TypeError: If a part is not an optimiser.
        ValueError: If there is no part.

    Example:
        >>> from miniml.optimizers import sgd
        >>> optimizer = chain(clip(1.0), sgd(0.5))
        >>> optimizer.update({"w": 3.0}, optimizer.init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -0.5}
    """
    return Chain(parts)


@explain_arguments
def clip(max_delta: float) -> Clip:
    """Return a part that limits each element of the gradient to `[-max_delta, max_delta]`.

    Args:
        max_delta: The largest absolute value.

    Returns:
        A part of a `chain`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If a number is out of range.

    Example:
        >>> clip(1.0).update({"w": -3.0}, clip(1.0).init({"w": 1.0}), {"w": 1.0})[0]
        {'w': -1.0}
    """
    return Clip(max_delta)


@explain_arguments
def clip_by_global_norm(max_norm: float) -> ClipByGlobalNorm:
    """Return a part that scales the gradient, all leaves together, to a norm of at most `max_norm`.

    Args:
        max_norm: The largest norm.

    Returns:
        A part of a `chain`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If a number is out of range.

    Example:
        >>> grads = {"w": 3.0, "b": 4.0}
        >>> clip_by_global_norm(1.0).update(grads, clip_by_global_norm(1.0).init(grads), grads)[0]
        {'b': 0.8, 'w': 0.6000000000000001}
    """
    return ClipByGlobalNorm(max_norm)


@explain_arguments
def add_decayed_weights(weight_decay: float, where: Selector = "**") -> AddDecayedWeights:
    """Return a part that adds a share of each weight to its gradient: L2 regularisation.

    The loss plus half the share times the squared norm has the same gradient.

    Args:
        weight_decay: The share.
        where: The leaves that decay: name patterns, classes of nodes, or a predicate on a leaf
            (Optax: `mask`).

    Returns:
        A part of a `chain`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If a number is out of range.

    Example:
        >>> params = {"w": 2.0, "b": 2.0}
        >>> part = add_decayed_weights(0.1, where="w")
        >>> part.update({"w": 1.0, "b": 1.0}, part.init(params), params)[0]
        {'b': 1.0, 'w': 1.2}
    """
    return AddDecayedWeights(weight_decay, where)
