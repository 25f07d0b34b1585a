"""Functions with a derivative of one's own."""

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from miniml.program import TraceError, Tracer, active_graph, fresh, lift
from miniml.program.autodiff.custom import Custom
from miniml.program.autodiff.flat_args import FlatArgs, Values, refuse_others, traced_leaves
from miniml.program.trace.active import untraced
from miniml.program.trace.inputs import read_only
from miniml.program.trace.mutation import as_view
from miniml.program.trace.tracer import apply, stopped
from miniml.tree import tree_leaves, tree_map

F = TypeVar("F", bound=Callable[..., object])


def custom_vjp(
    function: F, pull: Callable[..., object], *, like: Callable[..., object] | None = None
) -> F:
    """Give a function a derivative of one's own; also a function that cannot be traced.

    For gradients that pass a step straight through, are clipped, or are written more stably than
    they are derived; for derivatives by the implicit function theorem; for solvers, simulators, and
    functions of SciPy that want an array. `check_grads` holds the rule to central differences.

    Args:
        function: A pure function of trees of arrays and numbers to a tree of floats.
        pull: `pull(cotangent, value, *args)`: the gradient of the product of the function's value
            with a cotangent like it. Of one argument it is a tree like that; of several a tuple of
            such trees, with None for an argument without a gradient. In plain NumPy: it is traced,
            and derived for second derivatives.
        like: Of a function that cannot be traced: one of the same arguments that can, to a value
            of the same structure, shapes and dtypes, whose numbers are not used. The function is
            called with arrays that it may read, whenever a program runs, by each step of a `scan`
            and, where its arguments differ from example to example, for each example of a `vmap`.

    Returns:
        A function of the same type; outside of a trace it is the one given.

    Raises:
        TraceError: When called in a trace: if `pull` gives another structure or other shapes.
        ValueError: When a program runs: if the function's value is not like that of `like`.

    Example:
        >>> from miniml import grad
        >>> rounded = custom_vjp(lambda x: np.round(x), lambda g, y, x: g)
        >>> grad(lambda x: rounded(x) * x)(2.4)
        4.4
        >>> from scipy.special import logsumexp
        >>> total = custom_vjp(logsumexp, lambda g, y, x: g * np.exp(x - y), like=np.sum)
        >>> grad(total)(np.array([0.0, 1.0, 1000.0]))
        array([0., 0., 1.])
    """
    return cast("F", _WithRule(function, pull, like))


class _WithRule:
    """What `custom_vjp` returns."""

    def __init__(
        self,
        function: Callable[..., Any],
        pull: Callable[..., Any],
        like: Callable[..., Any] | None,
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._pull = pull
        self._like = like

    def __reduce__(self) -> tuple[Any, ...]:
        return _WithRule, (self._function, self._pull, self._like)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind as a method does."""
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        graph = active_graph()
        if graph is None:
            return self._function(*args, **kwargs)
        _refuse_traced(kwargs)
        given, traced = FlatArgs(args), traced_leaves(args)
        value = (
            self._like(*args, **kwargs)
            if self._like is not None
            else self._function(*given.of(map(stopped, traced)), **kwargs)
        )
        values = Values(value)
        called = re.sub(r"\W", "_", getattr(self._function, "__name__", "")).strip("_")
        name = f"{called or 'function'}_{len(graph.nodes)}"

        def pull(g: Tracer, y: Tracer, *arguments: Any) -> list[Any]:
            found = self._pull(values.parted(g), values.parted(y), *given.of(arguments), **kwargs)
            return given.gradients(found)

        def compute(*arguments: Any) -> Any:
            # Copies, which the function may keep: a program writes its next run's over its own.
            arrays = [read_only(x.copy()) if np.shape(x) else x for x in arguments]
            with untraced():
                found = self._function(*given.of(arrays), **kwargs)
            return np.array(values.packed(found), values.dtype)  # the program's own

        if self._like is None:
            whole = lift(graph, values.packed(value))
            refuse_others(whole)
            mark = Custom(name, pull, whole.shape, whole.dtype)
            return (
                _given(values.parted(apply(mark.op, whole, *traced)), traced) if traced else value
            )
        call = Custom(name, pull, values.shape, values.dtype, compute)
        return _given(values.parted(apply(call.op, *traced)), traced)


def _given(value: Any, traced: Sequence[Tracer]) -> Any:
    """A value that the function may have made, or that may be one of its arguments."""
    changing = any(x.buffer is not None or x.bases for x in traced)
    return tree_map(lambda leaf: as_view(leaf, *traced) if changing else fresh(leaf), value)


def _refuse_traced(kwargs: dict[str, Any]) -> None:
    for name, value in kwargs.items():
        if any(isinstance(leaf, Tracer) for leaf in tree_leaves(value)):
            raise TraceError(
                f"{name} is traced: a function with a rule of its own takes such by position"
            )
