"""Windows of convolutions and pooling, by the operations that NumPy runs fastest."""

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from miniml.program.graph import AnyArray, DType, Graph, Node, Op, Options, Shape
from miniml.program.registry import UFUNCS
from miniml.program.rules.indexing import Span, get_slice
from miniml.program.rules.matmul import MATMUL
from miniml.program.rules.windows import along, windows, zeroed
from miniml.program.simplify import RESHAPE, TRANSPOSE

_MOST = 64
"""Windows of more elements along an axis are reduced by NumPy."""


def pooled(graph: Graph, ufunc: str, view: Node, axes: Shape) -> Node | None:
    """A reduction of whole windows, axis by axis and slice by slice: 3 to 10 times."""
    if view.op is not windows.op:
        return None
    x = view.inputs[0]
    extents: Shape = view.option("extents")
    if axes != tuple(range(len(x.shape), len(view.shape))) or max(extents) > _MOST or 0 in extents:
        return None
    for axis, extent, step in zip(view.option("axes"), extents, view.option("steps"), strict=True):
        parts: list[Node] = []
        for start in range(extent):
            places: list[Span] = [(0, count, 1) for count in x.shape]
            places[axis] = (start, start + (view.shape[axis] - 1) * step + 1, step)
            parts.append(graph.apply(get_slice.op, [x], (("places", tuple(places)),)))
        x = functools.reduce(lambda a, b: graph.apply(UFUNCS[ufunc], [a, b]), parts)
    return x


def overlapped(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Windows that are a product, added up element by element of the window: 3 to 6 times."""
    view = inputs[0]
    order: Shape = tuple(range(len(view.shape)))
    order = view.option("axes") if view.op is TRANSPOSE else order
    view = view.inputs[0] if view.op is TRANSPOSE else view
    product = view.inputs[0] if view.op is RESHAPE else view
    if product.op is not MATMUL or any(len(node.shape) != 2 for node in product.inputs):
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


def add_products(  # noqa: PLR0917  # its options, and where to write
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
    """`overlap` of `(a @ b).reshape(rows + columns).transpose(order)`."""
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
    for numbers, place in along(ndim, axes, counts, extents, steps, (1,) * len(axes)):
        a.dot(factors[numbers].reshape(-1, part.shape[1]), part)
        out[place] += found
    return out


def _infer(a: Node, b: Node, shape: Shape, **_: Any) -> tuple[Shape, DType]:
    return shape, a.dtype


def _emit(out: str | None, a: str, b: str, *, inputs: tuple[Node, ...], **options: Any) -> str:
    given = [a, b, *(f"{name}={value!r}" for name, value in options.items())]
    return f"add_products({', '.join(given)}{'' if out is None else f', out={out}'})"


ADD_PRODUCTS = Op("add_products", add_products, _infer, emit=_emit)
