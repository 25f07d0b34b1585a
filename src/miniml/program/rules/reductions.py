"""Sums, means and extremes: reductions over axes."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Graph, Node, Numpy, Options, Shape
from miniml.program.ir.numeric import check_numeric
from miniml.program.rules import lowerings
from miniml.program.rules.axes import SUMMING
from miniml.program.rules.define import Primitive, reduced, reduction
from miniml.program.rules.moving import BROADCAST, RESHAPE, scalar
from miniml.program.rules.values import (
    astype,
    fit_to,
    floats,
    normalized_axes,
    reduced_axes,
    refuse_out,
    traced,
)
from miniml.program.trace.registry import UFUNCS, implements, reducer

SHARED = "exact; equal extremes share it"


def expand(x: Any, axes: tuple[int, ...]) -> Any:
    """Return a reduction's result with its axes back, with extent 1."""
    return np.expand_dims(x, axes)


def _fewer_terms(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Simplify sums over axes of extent 1, and of one repeated number."""
    (x,) = inputs
    axes: Shape = dict(options)["axis"]
    shape = reduced(x, axes)
    if all(x.shape[a] == 1 for a in axes):
        return graph.apply(RESHAPE, [x], (("shape", shape),))
    if x.op is BROADCAST and x.size and x.inputs[0].size == 1 and x.dtype.kind == "f":
        number = math.prod(x.shape[a] for a in axes)
        if number > float(np.finfo(x.dtype).max):  # though the sum may be in range
            return None
        count = np.array(number, x.dtype)
        one = scalar(graph, x.inputs[0])
        product = graph.apply(UFUNCS["multiply"], [one, graph.constant(count)])
        return graph.apply(BROADCAST, [product], (("shape", shape),))
    return None


reduce_sum_p: Primitive = reduction(
    "sum",
    np.add,
    vjp=lambda i, g, y, x, axis: np.broadcast_to(expand(g, axis), x.shape),
    axes=SUMMING,
    rewrite=_fewer_terms,
    nanoseconds=0.3,
    numpy=Numpy(lower=lowerings.summed),
)


def _extreme_vjp(position: int, g: Any, y: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
    """Share the gradient among equal extremes, as PyTorch and JAX do."""
    counted = np.float32 if x.dtype == np.float16 else x.dtype  # float16 counts up to 65,504
    chosen = astype(x == expand(y, axis), counted)
    return chosen * expand(g / np.sum(chosen, axis), axis)


reduce_max_p: Primitive = reduction(
    "max",
    np.maximum,
    vjp=_extreme_vjp,
    nanoseconds=1.5,
    numpy=Numpy(lower=lowerings.extreme("maximum")),
)
reduce_min_p: Primitive = reduction(
    "min",
    np.minimum,
    vjp=_extreme_vjp,
    nanoseconds=1.5,
    numpy=Numpy(lower=lowerings.extreme("minimum")),
)


def finish(y: Any, axes: tuple[int, ...], keepdims: Any) -> Any:
    """Return the result, with its axes back if `keepdims` asks for them."""
    return expand(y, axes) if keepdims is True or keepdims == 1 else y


def widening(primitive: Primitive, ufunc: np.ufunc, neutral: int) -> Callable[..., Any]:
    """Return the rule of `np.sum` or `np.prod`, which widens small integers; register the ufunc's `reduce`."""

    def reduce(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        keepdims: Any = False,
        initial: Any = neutral,
        where: Any = True,
    ) -> Any:
        refuse_out(out)
        x = traced(a, where, initial)
        axes = reduced_axes(axis, x.ndim)
        if where is not True:
            x = np.where(where, x, neutral)
        check_numeric(x.dtype if dtype is None else np.dtype(dtype))
        asked = ufunc.reduce(np.empty(0, x.dtype), dtype=dtype).dtype
        x = astype(astype(x, asked), ufunc.reduce(np.empty(0, asked)).dtype)
        y = astype(finish(primitive(x, axis=axes) if axes else x, axes, keepdims), asked)
        is_neutral = isinstance(initial, int) and initial == neutral
        return y if is_neutral else ufunc(y, fit_to(initial, y))

    @reducer(ufunc)
    def reduce_first(array: Any, axis: Any = 0, dtype: Any = None, **options: Any) -> Any:
        return reduce(array, axis, dtype, **options)

    return reduce


implements(np.sum)(widening(reduce_sum_p, np.add, 0))


@implements(np.mean)
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    refuse_out(out)
    refuse_integers(dtype)
    x = floats(a, where)
    if dtype is None and x.dtype == np.float16:  # whose sums overflow from 65,504
        whole = mean(astype(x, np.float32), axis, keepdims=keepdims, where=where)
        return astype(whole, np.float16)
    count: Any = (
        count_of(x.shape, normalized_axes(axis, x.ndim))
        if where is True
        else np.sum(np.broadcast_to(where, x.shape), axis, keepdims=keepdims)
    )
    y = np.sum(x, axis, dtype, keepdims=keepdims, where=where)
    return y / (count if isinstance(count, float) else astype(count, y.dtype))


def refuse_integers(dtype: Any) -> None:
    """Refuse a mean in integers, which NumPy rounds towards zero in between."""
    if dtype is not None and np.dtype(dtype).kind in "biu":
        raise TraceError(
            f"a mean or a variance in {np.dtype(dtype)} cannot be traced: compute it in floats, and "
            "convert it with .astype"
        )


def count_of(shape: Shape, axes: tuple[int, ...]) -> float:
    """Return the number of elements that a reduction combines."""
    count = 1.0
    for axis in axes:
        count *= shape[axis]
    return count


def _extreme(primitive: Primitive, choose: np.ufunc) -> Any:
    def extreme(
        a: Any,
        axis: Any = None,
        out: None = None,
        keepdims: Any = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(out)
        x = traced(a)
        if initial is not None:
            initial = fit_to(initial, x)
        if where is not True:
            if initial is None:
                raise ValueError(
                    "with where=, an extreme needs initial=, since no element may be left"
                )
            x = np.where(where, x, initial)
        axes = reduced_axes(axis, x.ndim)
        if initial is not None and any(x.shape[a] == 0 for a in axes):
            kept = tuple(n for k, n in enumerate(x.shape) if k not in axes)
            return finish(np.broadcast_to(initial, kept), axes, keepdims)
        y = finish(primitive(x, axis=axes) if axes else x, axes, keepdims)
        return y if initial is None else choose(y, initial)

    return extreme


maximum: Callable[..., Any] = implements(np.max, np.amax, derivative=SHARED)(
    _extreme(reduce_max_p, np.maximum)
)
minimum: Callable[..., Any] = implements(np.min, np.amin, derivative=SHARED)(
    _extreme(reduce_min_p, np.minimum)
)


def reduces_as(ufunc: np.ufunc, function: Callable[..., Any]) -> None:
    """Register the function as `ufunc.reduce`, along axis 0 by default."""

    @reducer(ufunc)
    def reduce(array: Any, axis: Any = 0, dtype: Any = None, **options: Any) -> Any:
        if dtype is not None:
            array = astype(array, dtype)
        return function(array, axis, **options)


reduces_as(np.maximum, np.max)
reduces_as(np.minimum, np.min)
