"""Replacements of operations by ones that NumPy runs faster, after differentiation; see `Numpy.lower`.

Each was timed on arrays in the cache; the figures are its speed-up. `simplifications` apply earlier.
"""

import functools
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

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
    Rewrite,
    Shape,
    broadcast,
)
from miniml.program.ir.kinds import Kind
from miniml.program.rules.define import emit_call
from miniml.program.rules.indexing import get_slice_p
from miniml.program.rules.moving import RESHAPE, is_scalar
from miniml.program.rules.windows import pooled
from miniml.program.trace.registry import UFUNCS

_FEW = 1 << 11
"""The most elements of a vector that BLAS sums; NumPy sums longer ones pairwise."""

_LONGEST_FLOAT32 = 1 << 18
"""The most elements of a product of float32 vectors that BLAS sums: beyond, it would lose a digit."""

_FEWEST_FOR_SOFTPLUS = 1 << 7
"""The fewest elements for which several fast functions take less time than a slow one."""

_LONGEST_AXIS_SLICED = 4
"""The longest axis that is reduced slice by slice; NumPy reduces longer ones."""

_FEWEST_COLUMNS = 16
"""The fewest columns for which `multiply` is faster than a product of matrices."""

_FEWEST_KEPT = 1 << 9
"""The fewest elements for which masks of bits are faster than `copyto` with a condition."""

_LARGEST_FULL = 1 << 17
"""The most elements of a constant that is stored in full."""


def _ufunc(graph: Graph, name: str, *inputs: Node) -> Node:
    return graph.apply(UFUNCS[name], inputs)


@lru_cache(maxsize=64)
def _full(shape: Shape, dtype: str, value: Any) -> AnyArray:
    return np.full(shape, value, dtype)


def softplus(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute `logaddexp(c, x)` for a finite c as max(x, c) + log1p(exp(-abs(x - c))); 6 times as fast."""
    for c, x in (inputs, reversed(inputs)):
        if c.value is None or not np.isfinite(c.value).all() or x.size < _FEWEST_FOR_SOFTPLUS:
            continue
        distance = x if is_scalar(c, 0) else _ufunc(graph, "subtract", x, c)
        minus = _ufunc(graph, "negative", _ufunc(graph, "absolute", distance))
        tail = _ufunc(graph, "log1p", _ufunc(graph, "exp", minus))
        return _ufunc(graph, "add", choice("maximum")(graph, [x, c], ()) or x, tail)
    return None


def choice(name: str) -> Rewrite:
    """Compute `maximum(x, c)` with c stored in full; 3 times as fast."""

    def lowering(graph: Graph, inputs: Sequence[Node], options: Options) -> Node:
        a, b = inputs
        if a.op is CONSTANT:
            a, b = b, a
        if b.value is not None and not b.shape and 16 < a.size <= _LARGEST_FULL:
            b = graph.constant(_full(a.shape, a.dtype.str, b.value.item()))
        return graph.apply(UFUNCS[name], [a, b], options)

    return lowering


def summed(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute a sum as a product with ones.

    It is 3 times as fast for matrices, up to 20 times for more axes, 1.7 times for few elements.
    """
    (x,) = inputs
    axes = dict(options)["axis"]
    if x.dtype.kind != "f" or x.op.kind is Kind.OVERLAPPING_VIEW:
        return pooled(graph, "add", x, axes)
    factors = x.inputs * 2 if x.op is UFUNCS["square"] else x.inputs
    if len(x.shape) == 1 and x.size > _LONGEST_FLOAT32 and x.dtype.itemsize < 8:
        return None
    if (
        x.op in {UFUNCS["multiply"], UFUNCS["square"]}
        and len(x.shape) == 1
        and all(f.shape == x.shape for f in factors)
    ):
        return graph.apply(UFUNCS["matmul"], factors)
    if len(x.shape) == 1 and x.size <= _FEW:
        return graph.apply(UFUNCS["matmul"], [graph.constant(_full(x.shape, x.dtype.str, 1.0)), x])
    if 0 < len(axes) < len(x.shape):
        return _as_product(graph, x, axes) or _by_slices(graph, "add", x, axes)
    return None


def _as_product(graph: Graph, x: Node, axes: Shape) -> Node | None:
    """Sum over the first axes, or the last, of the array as a matrix."""
    first = axes[-1] == len(axes) - 1
    last = axes[0] == len(x.shape) - len(axes)
    if not (first or last) or (len(x.shape) > 2 and x.op.kind is Kind.VIEW):
        return None
    rest = x.shape[len(axes) :] if first else x.shape[: -len(axes)]
    count, others = math.prod(x.shape[a] for a in axes), math.prod(rest)
    matrix = (count, others) if first else (others, count)
    flat = graph.apply(RESHAPE, [x], (("shape", matrix),))
    ones = graph.constant(_full((count,), x.dtype.str, 1.0))
    total = graph.apply(UFUNCS["matmul"], [ones, flat] if first else [flat, ones])
    return graph.apply(RESHAPE, [total], (("shape", rest),))


def extreme(name: str) -> Rewrite:
    """Compute a maximum or minimum over short axes slice by slice."""

    def lowering(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
        (x,), axes = inputs, dict(options)["axis"]
        return pooled(graph, name, x, axes) or _by_slices(graph, name, x, axes)

    return lowering


def _by_slices(graph: Graph, name: str, x: Node, axes: Shape) -> Node | None:
    """Reduce over short axes slice by slice, as in pooling of images; 4 to 20 times as fast."""
    short = all(0 < x.shape[axis] <= _LONGEST_AXIS_SLICED for axis in axes)
    if (
        not short
        or x.size < _FEW
        or len(axes) == len(x.shape)
        or x.op.kind is Kind.OVERLAPPING_VIEW
    ):
        return None
    rest = tuple(n for axis, n in enumerate(x.shape) if axis not in axes)
    for axis in axes:
        before, after = (
            [(0, n, 1) for n in some] for some in (x.shape[:axis], x.shape[axis + 1 :])
        )
        each = [(*before, (k, k + 1, 1), *after) for k in range(x.shape[axis])]
        parts = [graph.apply(get_slice_p.op, [x], (("places", places),)) for places in each]
        x = functools.reduce(lambda a, b: _ufunc(graph, name, a, b), parts)
    return graph.apply(RESHAPE, [x], (("shape", rest),))


def outer(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute a column times a row as a product of matrices; 1.5 to 4 times as fast."""
    for column, row in (inputs, reversed(inputs)):
        rows, columns = column.shape[:1], row.shape[-1:]
        fitting = column.shape == (*rows, 1) and row.shape in {columns, (1, *columns)}
        if fitting and column.size > 1 and row.size > 1 and column.dtype.kind == "f":
            flat = graph.apply(RESHAPE, [row], (("shape", (1, *columns)),))
            return graph.apply(UFUNCS["matmul"], [column, flat])
    return None


def product(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute a product of matrices by `multiply` if that is faster, or the only right way."""
    return _by_number(graph, *inputs) or _batched_outer(graph, *inputs)


def _by_number(graph: Graph, a: Node, b: Node) -> Node | None:
    """Multiply by a matrix of one element: `dot` calls BLAS, which skips a factor of 0, NaN or not."""
    if 1 not in {a.size, b.size}:
        return None
    batch = broadcast(a.shape[:-2], b.shape[:-2])
    shape = (*batch, *a.shape[-2:-1], *(b.shape[-1:] if len(b.shape) > 1 else ()))
    number, other = (b, a) if b.size == 1 else (a, b)
    one, many = (
        graph.apply(RESHAPE, [x], (("shape", to),)) for x, to in ((number, ()), (other, shape))
    )
    return _ufunc(graph, "multiply", many, one)


def _batched_outer(graph: Graph, column: Node, row: Node) -> Node | None:
    """Compute a stack of columns times rows by `multiply`, not product by product; 2 to 5 times as fast."""
    if max(len(column.shape), len(row.shape)) < 3 or min(len(column.shape), len(row.shape)) < 2:
        return None
    long = row.shape[-1] >= _FEWEST_COLUMNS or row.shape[-1] == 1
    fitting = column.shape[-1] == 1 and long and column.dtype.kind == "f"
    return _ufunc(graph, "multiply", column, row) if fitting else None


def power(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute `x ** 3` and `x ** 4` by products, `x ** 0.5` and `x ** -1` as NumPy's operator does.

    It is 2 to 6 times as fast.
    """
    x, exponent = inputs
    if x.dtype.kind != "f" or np.broadcast_shapes(x.shape, exponent.shape) != x.shape:
        return None
    if is_scalar(exponent, 3):
        return _ufunc(graph, "multiply", _ufunc(graph, "square", x), x)
    if x.shape and is_scalar(exponent, 0.5):  # for scalars NumPy's operator computes the power
        return _ufunc(graph, "sqrt", x)
    if is_scalar(exponent, -1):
        return _ufunc(graph, "divide", graph.constant(np.ones((), x.dtype)), x)
    if is_scalar(exponent, 4):
        return _ufunc(graph, "square", _ufunc(graph, "square", x))
    return None


def reciprocal(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute `1 / x`; 1.7 times as fast."""
    if inputs[0].dtype.kind != "f":
        return None
    one = graph.constant(np.ones((), inputs[0].dtype))
    return _ufunc(graph, "divide", one, inputs[0])


def where(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Compute `where` without branches, which are slow for random conditions.

    It is 8 times as fast, and 3 times for two arrays.
    """
    c, a, b = inputs
    shape = np.broadcast_shapes(c.shape, a.shape, b.shape)
    if a.dtype.str[1:] not in _BITS or not c.shape or not shape:
        return None
    if _is_zero_or_nan(c, b) and c.shape == a.shape == b.shape:
        return None if a.size <= _FEWEST_KEPT else graph.apply(GATE, [c, a, b])
    if _is_positive_zero(b):
        return _kept(graph, c, a, shape)
    if _is_positive_zero(a):
        return _kept(graph, _ufunc(graph, "logical_not", c), b, shape)
    return graph.apply(FILL, [c, _kept(graph, c, a, shape), b])


def _is_zero_or_nan(c: Node, x: Node) -> bool:
    """Return whether x, if c is false, is a maximum or minimum less its bound where it is at the bound."""
    extreme = _EXTREMES.get(c.op.name)
    y = x.inputs[0] if x.op is UFUNCS["subtract"] else x
    if extreme is None or y.op is not UFUNCS[extreme]:
        return False
    compared, bound = c.inputs
    less = x.inputs == (y, bound) or is_scalar(bound, 0)
    bounded = any(_is_equal(i, bound) for i in y.inputs)
    return less and bounded and (compared is y or compared in y.inputs)


_EXTREMES = {
    "greater": "maximum",
    "greater_equal": "maximum",
    "less": "minimum",
    "less_equal": "minimum",
}
"""The function whose result is off its bound if the comparison is true."""


def _is_equal(a: Node, b: Node) -> bool:
    """Return whether two nodes have the same value, also if one is a constant in full."""
    return a is b or (a.value is not None and b.value is not None and (a.value == b.value).all())


def _is_positive_zero(x: Node) -> bool:
    """Return whether the node is 0 everywhere, and not -0."""
    value = x.inputs[0].value if x.inputs else x.value
    return is_scalar(x, 0) and value is not None and not np.signbit(value).any()


def _kept(graph: Graph, c: Node, x: Node, shape: Shape) -> Node:
    return graph.apply(KEEP, [c, x], (("shape", shape),))


_BITS = {"f8": np.int64, "f4": np.int32}


def keep(c: AnyArray, x: AnyArray, shape: Shape = (), out: AnyArray | None = None) -> AnyArray:
    """Compute `where(c, x, 0)`: the bits of x masked by those of -1 or 0."""
    if out is None:
        out = np.empty(shape, x.dtype)
    bits = out.view(_BITS[x.dtype.str[1:]])
    np.copyto(bits, c)
    np.negative(bits, bits)
    np.bitwise_and(bits, x.view(bits.dtype), bits)
    return out


def _infer_keep(c: Node, x: Node, shape: Shape) -> tuple[Shape, DType]:
    return shape, x.dtype


KEEP = Op("keep", keep, _infer_keep, nanoseconds=0.8, numpy=Numpy(emit=emit_call("keep")))


def gate(c: AnyArray, x: AnyArray, y: AnyArray, out: AnyArray | None = None) -> AnyArray:
    """Compute `where(c, x, y)`, where y is 0 or NaN if c is false: the gradient through a bound."""
    out = keep(c, x, x.shape, out)
    flat = y.ravel()
    if not flat.dot(flat) >= 0.0:  # a sum of squares is NaN only if one is
        np.copyto(out, y, where=np.isnan(y))
    return out


def _infer_gate(c: Node, x: Node, y: Node) -> tuple[Shape, DType]:
    return x.shape, x.dtype


GATE = Op("gate", gate, _infer_gate, nanoseconds=1.0, numpy=Numpy(emit=emit_call("gate")))


def fill(c: AnyArray, x: AnyArray, y: AnyArray, out: AnyArray | None = None) -> AnyArray:
    """Put y where c is false into x, which is 0 there; a sum would lose the sign of -0."""
    if out is None:
        out = np.empty_like(x)
    bits = out.view(_BITS[x.dtype.str[1:]])
    np.copyto(bits, c)
    np.subtract(bits, 1, bits)
    np.bitwise_and(bits, y.view(bits.dtype), bits)
    np.bitwise_or(bits, x.view(bits.dtype), bits)
    return out


def _infer_fill(c: Node, x: Node, y: Node) -> tuple[Shape, DType]:
    return x.shape, x.dtype


FILL = Op("fill", fill, _infer_fill, nanoseconds=1.2, numpy=Numpy(emit=emit_call("fill")))
