"""The dtype that an operation runs in, and conversions to it."""

import functools
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from miniml.program.ir.graph import (
    CONSTANT,
    AnyArray,
    DType,
    Graph,
    Node,
    Numpy,
    Op,
    Options,
    Shape,
)
from miniml.program.ir.kinds import Kind
from miniml.program.ir.numeric import check_numeric

Weak: TypeAlias = type[bool] | type[int] | type[float] | None
"""The type of a Python number, whose dtype adapts to the arrays beside it; None for other values."""

PYTHON_NUMBERS = (float, int, bool)

KINDS: dict[str, Weak] = {"b": bool, "i": int, "u": int, "f": float}
"""The Python number for a kind of dtype."""


def _cast(x: AnyArray, dtype: str) -> AnyArray:
    return x.astype(dtype)


def _infer_cast(x: Node, dtype: str) -> tuple[Shape, DType]:
    return x.shape, np.dtype(dtype)


def _emit_cast(out: str | None, x: str, *, dtype: str, inputs: tuple[Node, ...]) -> str:
    return f"{x}.astype({dtype!r})" if out is None else f'copyto({out}, {x}, "unsafe")'


def _cast_vjp(position: int, g: Any, y: Any, x: Any, dtype: str) -> Any:
    return g.astype(x.dtype)


def _jax_cast(jnp: Any, x: Any, dtype: str) -> Any:  # `Op.jax` gets the module
    return x.astype(np.dtype(dtype))


def _round_trip(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Return x for a float x that is converted to a wider float and back."""
    (x,) = inputs
    (source,) = x.inputs if x.op is CAST else (x,)
    back = source.dtype == np.dtype(dict(options)["dtype"]) and source.dtype.kind == "f"
    return source if back and x.dtype.kind == "f" and np.can_cast(source.dtype, x.dtype) else None


CAST = Op(
    "astype",
    _cast,
    _infer_cast,
    vjp=_cast_vjp,
    jax=_jax_cast,
    rewrite=_round_trip,
    kind=Kind.ELEMENTWISE,
    nanoseconds=0.25,
    numpy=Numpy(emit=_emit_cast),
)


def _fit(x: Any, dtype: str) -> AnyArray:
    """Convert integers to a type that each must fit into, as NumPy converts Python's."""
    found = np.asarray(x)
    converted = found.astype(dtype)
    if not np.array_equal(converted, found):
        wrong = found[converted != found].flat[0]
        raise OverflowError(f"Python integer {wrong} out of bounds for {np.dtype(dtype).name}")
    return converted[()]


def _emit_fit(out: str | None, x: str, *, dtype: str, inputs: tuple[Node, ...]) -> str:
    call = f"fit({x}, {dtype!r})"
    return call if out is None else f"copyto({out}, {call})"


FIT = Op(
    "fit",
    _fit,
    _infer_cast,
    jax=_jax_cast,
    kind=Kind.ELEMENTWISE,
    nanoseconds=5.0,
    numpy=Numpy(emit=_emit_fit),
)
"""The conversion of a Python integer that is not known to fit."""


def cast(graph: Graph, node: Node, dtype: DType) -> Node:
    """Return the node converted to `dtype`."""
    return node if node.dtype == dtype else graph.apply(CAST, [node], (("dtype", dtype.str),))


@functools.lru_cache(maxsize=4096)
def loop_dtypes(ufunc: np.ufunc, types: tuple[Any, ...], dtype: DType | None) -> tuple[DType, ...]:
    """Return the dtypes of a ufunc's loop, to which Python numbers adapt (NEP 50)."""
    if dtype is None:
        if all(kind is int for kind in types):  # NumPy would compare these as Python objects
            types = (np.dtype(np.int_),) * len(types)
        return ufunc.resolve_dtypes((*types, None))
    check_numeric(dtype)
    return ufunc.resolve_dtypes((*types, None), signature=(None,) * ufunc.nin + (dtype,))


_COMPARISONS = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}
"""Ufuncs that compare with a Python integer even if it does not fit the array's dtype."""


def loop_type(ufunc: np.ufunc, node: Node, weak: Weak) -> Any:
    """Return what selects the loop for an operand: its dtype, or the type of a Python number."""
    if weak is int and ufunc in _COMPARISONS:
        fits_any = node.op is CONSTANT and node.value is not None and 0 <= node.value < 128
        return int if fits_any else node.dtype
    return node.dtype if weak in (None, bool) else weak
