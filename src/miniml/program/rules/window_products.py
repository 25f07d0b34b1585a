"""The adjoint of windows of a product of matrices, without the product."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from miniml.program.ir.graph import AnyArray, DType, Graph, Node, Numpy, Op, Options, Shape
from miniml.program.rules.define import emit_call
from miniml.program.rules.moving import RESHAPE, TRANSPOSE
from miniml.program.trace.registry import UFUNCS


def zeroed(shape: Shape, dtype: DType, out: AnyArray | None) -> AnyArray:
    """Return an array of zeros: `out` if it is given."""
    if out is None:
        return np.zeros(shape, dtype)
    out.fill(0)
    return out


def window_spans(  # within a slice, then from slice to slice
    ndim: int, axes: Shape, counts: Shape, times: Shape, steps: Shape, strides: Shape
) -> Iterator[tuple[Shape, tuple[slice, ...]]]:
    """Yield for each of `times` the slice of so many elements along the axes, a step apart."""
    place = [slice(None)] * ndim
    for numbers in np.ndindex(*times):
        for axis, k, count, step, stride in zip(axes, numbers, counts, steps, strides, strict=True):
            first = k * stride
            place[axis] = slice(first, first + (count - 1) * step + 1, step)
        yield numbers, tuple(place)


def overlapped(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Add windows that are a product element by element of the window; 3 to 6 times as fast."""
    view = inputs[0]
    order: Shape = tuple(range(len(view.shape)))
    order = view.option("axes") if view.op is TRANSPOSE else order
    view = view.inputs[0] if view.op is TRANSPOSE else view
    product = view.inputs[0] if view.op is RESHAPE else view
    if product.op is not UFUNCS["matmul"] or any(len(node.shape) != 2 for node in product.inputs):
        return None
    split = next(k for k in range(len(view.shape)) if math.prod(view.shape[:k]) == product.shape[0])
    shape: Shape = dict(options)["shape"]
    axes: Shape = dict(options)["axes"]
    of_rows = all(order[axis] < split for axis in axes)
    of_columns = all(order[axis] >= split for axis in range(len(shape), len(order)))
    together = order[len(shape) - 1] >= split or product.inputs[0].shape[1] == 1
    if not (of_rows and of_columns and together):
        return None
    given = (
        *options,
        ("rows", view.shape[:split]),
        ("columns", view.shape[split:]),
        ("order", order),
    )
    return graph.apply(ADD_PRODUCTS, product.inputs, given)


def add_products(  # its options, and where to write
    a: AnyArray,
    b: AnyArray,
    shape: Shape,
    axes: Shape,
    steps: Shape,
    rows: Shape,
    columns: Shape,
    order: Shape,
    out: AnyArray | None = None,
) -> AnyArray:
    """Compute `overlap` of `(a @ b).reshape(rows + columns).transpose(order)`."""
    out = zeroed(shape, a.dtype, out)
    split, ndim = len(rows), len(shape)
    inside = [axis - split for axis in order[ndim:]]
    rest = [k for k in range(len(columns)) if k not in inside]
    factors = b.reshape(-1, *columns).transpose(
        [*(k + 1 for k in inside), 0, *(k + 1 for k in rest)]
    )
    turned = [axis if axis < split else split + rest.index(axis - split) for axis in order[:ndim]]
    part = np.empty((len(a), math.prod(columns[k] for k in rest)), a.dtype)
    found = part.reshape(*rows, *(columns[k] for k in rest)).transpose(turned)
    counts = tuple(found.shape[axis] for axis in axes)
    extents = tuple(columns[k] for k in inside)
    for numbers, place in window_spans(ndim, axes, counts, extents, steps, (1,) * len(axes)):
        factor = factors[numbers].reshape(-1, part.shape[1])
        # `dot` skips a factor of 0 if the other has one element, which may be NaN.
        (np.matmul if 1 in {a.size, factor.size} else np.dot)(a, factor, part)
        out[place] += found
    return out


def _infer_products(a: Node, b: Node, shape: Shape, **_: Any) -> tuple[Shape, DType]:
    return shape, a.dtype


ADD_PRODUCTS = Op(
    "add_products",
    add_products,
    _infer_products,
    nanoseconds=3.0,
    numpy=Numpy(emit=emit_call("add_products", keywords=True)),
)
