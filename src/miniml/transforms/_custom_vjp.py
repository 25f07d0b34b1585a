"""Functions with a custom derivative."""

import enum
import functools
import operator
import re
import sys
from collections.abc import Callable, Hashable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

import attrs
import numpy as np

from miniml.program import TraceError, Tracer, active_graph, fresh, lift
from miniml.program.autodiff.custom import Custom
from miniml.program.autodiff.flat_args import FlatArgs, FlatValue, refuse_others, traced_leaves
from miniml.program.autodiff.reverse import or_zeros
from miniml.program.autodiff.trees import pair
from miniml.program.ir.walk import interpret
from miniml.program.trace.active import current, untraced
from miniml.program.trace.inputs import read_only
from miniml.program.trace.mutation import as_view
from miniml.program.trace.tracer import apply, items, stopped
from miniml.tree import tree_flatten, tree_leaves, tree_map

F = TypeVar("F", bound=Callable[..., object])
S = TypeVar("S")


def custom_vjp(
    fwd: Callable[..., tuple[object, S]],
    bwd: Callable[[S, Any], object],
    *,
    like: Callable[..., object] | None = None,
) -> Callable[[F], F]:
    """Return a decorator that gives a function a custom derivative.

    Use it for gradients that pass straight through a step, that are clipped, or that have a more
    stable formula; for derivatives by the implicit function theorem; for solvers, simulators, and
    functions of SciPy that need an array. `check_grads` compares the rule with central differences.

    `fwd` and `bwd` are those of JAX's `defvjp`. Unlike there, `bwd` of a function of one argument
    returns the gradient itself, not a tuple of one.

    Args:
        fwd: `fwd(*args)` returns a pair, the function's value and the residuals: what `bwd` needs, a
            tree of arrays, numbers, strings and leaves of the arguments. It is traced, and shares
            what it computes with the function. If the function cannot be traced, `fwd` calls the
            decorated function, which runs once. The value of a call is always the function's own:
            `fwd` must return an equal one, of which only the structure and shapes are checked.
        bwd: `bwd(residuals, cotangent)` returns the gradient of the product of the value with a
            cotangent like it: for one argument a tree like the argument; for several a tuple of
            such trees, with None for an argument without a gradient. Arguments passed by keyword
            get no gradient. It is traced, and is differentiated with `fwd` for second derivatives.
        like: For a function that cannot be traced: a function of the same arguments that can, and
            whose value has the same structure, shapes and dtypes; its numbers are not used. The
            decorated function is then called with read-only arrays whenever a program runs, in each
            step of a `scan`, and for each element of a `vmap` batch if its arguments vary there.

    Returns:
        A decorator of a pure function of trees of arrays and numbers to a tree of floats. The
        decorated function has the same type; outside of a trace it is the given one.

    Raises:
        TypeError: If `fwd`, `bwd`, `like` or what is decorated is not a function.
        TraceError: When called in a trace, if `fwd` does not return a pair, or a residual is
            another object, or `bwd` returns another structure or other shapes.
        ValueError: If the value of `fwd` is not like that of the function; when a program runs, if
            the value of the function is not like that of `like`.

    Example:
        >>> from miniml import grad
        >>> rounded = custom_vjp(lambda x: (np.round(x), None), lambda _, cotangent: cotangent)(np.round)
        >>> grad(lambda x: rounded(x) * x)(2.4)
        4.4
        >>> from scipy import special
        >>> def total_fwd(x):
        ...     y = total(x)
        ...     return y, (x, y)
        >>> def total_bwd(residuals, cotangent):
        ...     x, y = residuals
        ...     return cotangent * np.exp(x - y)
        >>> @custom_vjp(total_fwd, total_bwd, like=np.sum)
        ... def total(x):
        ...     return special.logsumexp(x)
        >>> grad(total)(np.array([0.0, 1.0, 1000.0]))
        array([0., 0., 1.])
    """
    for name, given in (("fwd", fwd), ("bwd", bwd), ("like", like)):
        if not (callable(given) or (name == "like" and given is None)):
            raise TypeError(f"{name} of custom_vjp must be a function, and is {given!r}")

    def decorate(*functions: Any, **kwargs: Any) -> Any:
        if len(functions) != 1 or kwargs or not callable(functions[0]):
            raise TypeError(
                "custom_vjp(fwd, bwd) returns a decorator, which takes a function and was given "
                "other arguments: call custom_vjp(fwd, bwd)(function)(*args)"
            )
        return _WithRule(functions[0], fwd, bwd, like)

    return decorate


class _WithRule:
    """What `custom_vjp` returns."""

    def __init__(
        self,
        function: Callable[..., Any],
        fwd: Callable[..., Any],
        bwd: Callable[..., Any],
        like: Callable[..., Any] | None,
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._fwd = fwd
        self._bwd = bwd
        self._like = like

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle a decorated function by name."""
        name: str = getattr(self, "__qualname__", "")
        try:
            named = operator.attrgetter(name)(sys.modules[self.__module__])
        except (AttributeError, KeyError):
            named = None
        parts = self._function, self._fwd, self._bwd, self._like
        return name if named is self else (_WithRule, parts)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind as a method does."""
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        graph = active_graph()
        if graph is None:
            return self._function(*args, **kwargs)
        _refuse_traced(kwargs)
        given, traced = FlatArgs(args), traced_leaves(args)
        before = _CALL.get()
        if before is not None and before.is_of(self, args, kwargs):
            return _result(before.value, traced)
        value = (
            self._like(*args, **kwargs)
            if self._like is not None
            else self._function(*given.filled(map(stopped, traced)), **kwargs)
        )
        flat = FlatValue(value)

        def rule(g: Sequence[Any], y: Sequence[Tracer], *arguments: Tracer) -> list[Any]:
            these = given.filled(arguments)
            # If `fwd` calls the function, which has run, it gets the value of that call.
            call = None if self._like is None else _Call.of(self, these, kwargs, flat.tree(y))
            token = _CALL.set(call)
            try:
                returned = self._fwd(*these, **kwargs)
            finally:
                _CALL.reset(token)
            found, residuals = pair(
                returned, "fwd of custom_vjp must return a pair, (value, residuals)"
            )
            _check_residuals(residuals, [these, kwargs])
            again = flat.leaves(found, "fwd of custom_vjp", "the function")
            if self._like is not None:
                residuals = _replaced(residuals, again, y, arguments)
            return given.gradients(self._bwd(residuals, flat.tree(or_zeros(g, y))), kwargs)

        def compute(*arguments: Any) -> list[Any]:
            # Copies, which the function may keep: a program writes its next run's over its own.
            arrays = [read_only(x.copy()) if np.shape(x) else x for x in arguments]
            with untraced():
                found = self._function(*given.filled(arrays), **kwargs)
            leaves = flat.leaves(found, "the function", "its `like`")
            pairs = zip(leaves, flat.results, strict=True)
            return [np.array(leaf, dtype) for leaf, (_, dtype) in pairs]  # the program's own

        called = re.sub(r"\W", "_", getattr(self._function, "__name__", "")).strip("_")
        name = f"{called or 'function'}_{len(graph.nodes)}"
        known: list[Tracer] = []
        if self._like is None:
            known = [lift(graph, leaf) for leaf in tree_leaves(value)]
            refuse_others(known)
            if not traced:
                return value
        call = None if known else self._hashable_call(args, kwargs)
        custom = Custom(name, rule, flat.results, None if known else compute, call)
        return _result(flat.tree(items(apply(custom.op, *known, *traced))), traced)

    def _hashable_call(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Hashable:
        """Return what is equal for calls with the same untraced arguments; None if nothing is."""
        leaves, structure = tree_flatten((list(args), kwargs))
        given: list[Any] = [None if isinstance(x, Tracer) else (x.__class__, x) for x in leaves]
        key = self, structure, *given
        try:
            hash(key)
        except TypeError:  # an array among them
            return None
        return key

    def values_read(self) -> list[object]:
        """Return what a trace calls: not a function with `like`, which each run calls."""
        like = self._function if self._like is None else self._like
        return [like, self._fwd, self._bwd]


@attrs.frozen(eq=False)
class _Call:
    """A call whose value is known."""

    function: _WithRule
    key: object
    value: Any

    @classmethod
    def of(cls, function: _WithRule, args: Any, kwargs: dict[str, Any], value: Any) -> "_Call":
        """Return the call of a function with these arguments."""
        return cls(function, _call_key(args, kwargs), value)

    def is_of(self, function: _WithRule, args: Any, kwargs: dict[str, Any]) -> bool:
        """Return whether it is the call of this function with these arguments."""
        return function is self.function and _call_key(args, kwargs) == self.key


_CALL: ContextVar[_Call | None] = ContextVar("_CALL", default=None)
"""The call whose `fwd` is being traced."""


def _call_key(args: Sequence[Any], kwargs: dict[str, Any]) -> object:
    """Return what is equal for two calls with the same arguments: arrays are so by identity."""
    leaves, structure = tree_flatten((list(args), kwargs))
    graph = current()
    return structure, [
        lift(graph, leaf).node
        if isinstance(leaf, Tracer)
        else (type(leaf), leaf)
        if isinstance(leaf, str | int | float)
        else id(leaf)
        for leaf in leaves
    ]


_RESIDUALS = (Tracer, np.ndarray, np.generic, int, float, complex)
_STATIC = (str, bytes, type, np.dtype, slice, range, enum.Enum)


def _check_residuals(residuals: Any, arguments: Any) -> None:
    """Refuse objects, which may hold arrays that no pass sees, but for leaves of the arguments."""
    leaves, structure = tree_flatten(residuals)
    given = {id(leaf) for leaf in tree_leaves(arguments)}
    for name, leaf in zip(structure.names, leaves, strict=True):
        objects = getattr(leaf, "dtype", None) == np.dtype(object)
        if objects or not (isinstance(leaf, _RESIDUALS + _STATIC) or id(leaf) in given):
            raise TraceError(
                f"fwd of custom_vjp returned the residual {leaf!r}{name and f' at {name}'}: a "
                "residual must be an array, a number, None, a string, or a leaf of the arguments"
            )


def _replaced(
    residuals: Any, old: Sequence[Any], new: Sequence[Tracer], arguments: Sequence[Tracer]
) -> Any:
    """Return the residuals as functions of the new values instead of the old ones."""
    graph = current()
    known = {lift(graph, a).node: b.node for a, b in zip(old, new, strict=True)}
    known |= {x.node: x.node for x in arguments}

    def replaced(leaf: Any) -> Any:
        if not isinstance(leaf, Tracer):
            return leaf
        (node,) = interpret([leaf.node], known, graph.moved)
        return Tracer(graph, node, leaf.weak)

    return tree_map(replaced, residuals)


def _result(value: Any, traced: Sequence[Tracer]) -> Any:
    """Return a value, as a view of the arguments if these may change: it may be one of them."""
    changing = any(x.buffer is not None or x.bases for x in traced)
    return tree_map(lambda leaf: as_view(leaf, *traced) if changing else fresh(leaf), value)


def _refuse_traced(kwargs: dict[str, Any]) -> None:
    for name, value in kwargs.items():
        if any(isinstance(leaf, Tracer) for leaf in tree_leaves(value)):
            raise TraceError(
                f"{name} is traced: a function with a custom rule takes traced arguments by position"
            )
