"""Values that rules work on: tracers and constants, their dtypes and axes."""

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from miniml.program.ir.dtypes import cast
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import AnyArray, DType
from miniml.program.trace.tracer import Tracer, fitted, graph_of, lift


def traced(value: Any, *others: Any) -> Any:
    """Return the tracer for a value or constant, in the graph of the first tracer given."""
    return lift(graph_of(value, *others), value)


def astype(value: Any, dtype: Any) -> Any:
    """Return the value converted to `dtype`."""
    x = traced(value)
    return Tracer(x.graph, cast(x.graph, x.node, np.dtype(dtype)))


def floats(value: Any, *others: Any) -> Any:
    """Return the tracer for a value, with integers and truth values as float64."""
    x = traced(value, *others)
    return x if x.dtype.kind == "f" else astype(x, np.float64)


def cast_to(value: Any, like: Any) -> Any:
    """Return a value in the dtype of a tracer."""
    return astype(traced(value, like), like.dtype)


def promote(*values: Any) -> list[Any]:
    """Return the values as tracers of their common dtype, to which Python numbers adapt."""
    graph = graph_of(*values)
    operands = [lift(graph, value) for value in values]
    dtype = np.result_type(*(o.weak(0) if o.weak else o.dtype for o in operands))
    return [Tracer(graph, fitted(o, dtype)) for o in operands]


def promote_arrays(*values: Any) -> list[Any]:
    """Return the values as tracers of their common dtype, with a Python float as float64."""
    graph = graph_of(*values)
    operands = [lift(graph, value) for value in values]
    dtype = np.result_type(*(o.dtype for o in operands))
    return [Tracer(graph, cast(graph, o.node, dtype)) for o in operands]


def normalized_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return an axis argument as a sorted tuple of non-negative axes."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(sorted(normalize_axis_tuple(axis, ndim)))


def reduced_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes that a reduction by a ufunc takes: a number has an axis 0 or -1 there."""
    if ndim == 0 and isinstance(axis, int | np.integer) and axis in {0, -1}:
        return ()
    return normalized_axes(axis, ndim)


def along_axis(x: Any, axis: Any) -> tuple[Any, int]:
    """Return an array and the axis that a function takes: of all elements if there is none.

    A number is an array of one element there, as in NumPy.
    """
    if axis is None:
        return np.ravel(x), 0
    if x.ndim == 0:
        x = np.reshape(x, (1,))
    return x, normalize_axis_index(axis, x.ndim)


def as_shape(shape: Any) -> tuple[int, ...]:
    """Return a shape argument as a tuple of Python's integers."""
    if hasattr(shape, "__index__") and not np.ndim(shape):
        return (operator.index(shape),)
    return tuple(operator.index(extent) for extent in shape)


def indices_of(value: Any, what: str) -> AnyArray:
    """Return known indices, of which an empty list has no dtype."""
    known = constant_array(value, what)
    empty = known.size == 0 and not isinstance(value, Tracer | np.ndarray)
    return known.astype(np.intp) if empty else known


def dtype_of_loop(ufunc: np.ufunc, dtype: DType) -> DType:
    """Return the dtype in which a ufunc of two inputs combines elements of a dtype."""
    return ufunc.resolve_dtypes((dtype, dtype, None))[-1]


def fit_to(value: Any, like: Any) -> Any:
    """Return a value in the dtype of a tracer; a Python integer must fit."""
    x = traced(value, like)
    return Tracer(x.graph, fitted(x, like.dtype))


def slice_along(
    x: Any, axis: int, start: int | None, stop: int | None, step: int | None = None
) -> Any:
    """Return a slice along one axis."""
    return x[(slice(None),) * axis + (slice(start, stop, step),)]


def refuse_cast(found: DType, wanted: Any, casting: Any) -> None:
    """Refuse a conversion that the rule given by the user does not allow."""
    if not np.can_cast(found, wanted, casting):
        raise TypeError(
            f"Cannot cast array data from {found!r} to {np.dtype(wanted)!r} according to the rule "
            f"{casting!r}"
        )


def refuse_out(out: object) -> None:
    """Refuse to write into an array of the caller."""
    if out is not None:
        raise TraceError("out= cannot be traced: use the function's result")


def constant_array(value: Any, what: str) -> AnyArray:
    """Return a value that a rule must know while tracing: a constant of the graph, or an array."""
    if not isinstance(value, Tracer):
        return np.asarray(value)
    if value.node.value is None:
        raise TraceError(
            f"{what} decides which elements are used, and cannot be a traced value: "
            "make it a constant (a Static field), or trace with eager=True"
        )
    return value.node.value
