"""Sliding windows of an array, and their adjoint, which adds windows in their places."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import functools
import importlib
import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from miniml.program.ir.graph import AnyArray, DType, Graph, Node, Numpy, Shape
from miniml.program.ir.kinds import Kind
from miniml.program.rules.axes import InputAxes, Operands, Ruled, Tag, only_axis
from miniml.program.rules.define import Primitive, emit_call, primitive
from miniml.program.rules.indexing import get_slice_p
from miniml.program.rules.indices import SliceIndex, Span
from miniml.program.rules.values import traced
from miniml.program.rules.window_products import overlapped, window_spans, zeroed
from miniml.program.trace.registry import UFUNCS, implements
from miniml.program.trace.tracer import apply


def _shape(shape: Shape, axes: Shape, extents: Shape, steps: Shape) -> Shape:
    """Return the shape of all windows: their numbers along the axes, then their extents."""
    counts = list(shape)
    for axis, extent, step in zip(axes, extents, steps, strict=True):
        counts[axis] = (shape[axis] - extent) // step + 1
    return (*counts, *extents)


def _windows(x: AnyArray, axes: Shape, extents: Shape, steps: Shape) -> AnyArray:
    shape = _shape(x.shape, axes, extents, steps)
    strides = list(x.strides)
    for axis, step in zip(axes, steps, strict=True):
        strides[axis] *= step
    strides.extend(x.strides[axis] for axis in axes)
    if x.flags.c_contiguous:  # a tenth of the time of `as_strided`
        return np.ndarray(shape, x.dtype, x, 0, strides)
    return np.lib.stride_tricks.as_strided(x, shape, strides)


def _infer_windows(x: Node, axes: Shape, extents: Shape, steps: Shape) -> tuple[Shape, DType]:
    return _shape(x.shape, axes, extents, steps), x.dtype


def _overlap(
    g: AnyArray, shape: Shape, axes: Shape, steps: Shape, out: AnyArray | None = None
) -> AnyArray:
    out = zeroed(shape, g.dtype, out)
    counts, extents = tuple(g.shape[axis] for axis in axes), g.shape[len(shape) :]
    if math.prod(counts) < math.prod(extents):  # window by window instead of offset by offset
        order = list(range(g.ndim))
        for k, axis in enumerate(axes):
            order[axis], order[len(shape) + k] = len(shape) + k, axis
        spans = window_spans(len(shape), axes, extents, counts, (1,) * len(axes), steps)
        g = g.transpose(order)
    else:
        spans = window_spans(len(shape), axes, counts, extents, steps, (1,) * len(axes))
    for numbers, place in spans:
        index: Any = (..., *numbers)
        out[place] += g[index]
    return out


def _batched(node: Node, operands: Operands, count: int) -> Any:
    options = dict(node.options)
    options["axes"] = tuple(a + 1 for a in options["axes"])
    if node.op is overlap_p.op:
        options["shape"] = (count, *options["shape"])
    return apply(node.op, operands[0].value, **options)


def _points(node: Node, axes: InputAxes, points: int) -> Tag | None:
    axis = only_axis(axes)
    stays = axis not in node.option("axes") and axis < min(
        len(node.shape), len(node.inputs[0].shape)
    )
    return axis if stays else None


_LONGEST_SLICED = 64
"""The longest window that is reduced slice by slice; NumPy reduces longer ones."""


def pooled(graph: Graph, ufunc: str, view: Node, axes: Shape) -> Node | None:
    """Reduce whole windows axis by axis and slice by slice: 3 to 10 times as fast."""
    if view.op is not windows_p.op:
        return None
    x = view.inputs[0]
    extents: Shape = view.option("extents")
    if (
        axes != tuple(range(len(x.shape), len(view.shape)))
        or max(extents) > _LONGEST_SLICED
        or 0 in extents
    ):
        return None
    for axis, extent, step in zip(view.option("axes"), extents, view.option("steps"), strict=True):
        parts: list[Node] = []
        for start in range(extent):
            places: list[Span] = [(0, count, 1) for count in x.shape]
            places[axis] = (start, start + (view.shape[axis] - 1) * step + 1, step)
            parts.append(graph.apply(get_slice_p.op, [x], (("places", tuple(places)),)))
        x = functools.reduce(lambda a, b: graph.apply(UFUNCS[ufunc], [a, b]), parts)
    return x


def _sliced(graph: Graph, view: Node, within: SliceIndex, _: Shape) -> Node | None:
    """Slice the array before its windows are taken, if the slice is of windows or within them."""
    (x,) = view.inputs
    ndim = len(x.shape)
    places: list[int | Span] = list(within)
    part: list[int | Span] = [(0, extent, 1) for extent in x.shape]
    kept: list[tuple[int, int, int]] = []
    for k, (axis, step) in enumerate(zip(view.option("axes"), view.option("steps"), strict=True)):
        outer, inner = places[axis], places[ndim + k]
        first, count, by = _span(outer, view.shape[axis])
        offset, extent, stride = _span(inner, view.shape[ndim + k])
        if isinstance(outer, int) or by < 1 or count < 1 or stride != 1 or extent < 1:
            return None
        start, length = first * step + offset, (count - 1) * by * step
        places[axis] = (0, count, 1)
        if isinstance(inner, int):
            part[axis] = (start, start + length + 1, by * step)
        else:
            part[axis] = (start, start + length + extent, 1)
            places[ndim + k] = (0, extent, 1)
            kept.append((axis, extent, by * step))
    axes, extents, steps = zip(*kept, strict=True) if kept else ((), (), ())
    given = (("axes", axes), ("extents", extents), ("steps", steps))
    if given == view.options:
        return None
    found = _slice(graph, x, tuple(part))
    found = graph.apply(windows_p.op, [found], given) if kept else found
    rest = tuple(p for k, p in enumerate(places) if k < ndim or not isinstance(p, int))
    return _slice(graph, found, rest)


def _span(place: int | Span, extent: int) -> tuple[int, int, int]:
    """Return the start of an index, its number of elements, and the step between them."""
    if isinstance(place, int):
        return place, 1, 1
    chosen = range(extent)[slice(*place)]
    return chosen.start, len(chosen), chosen.step


def _slice(graph: Graph, x: Node, places: SliceIndex) -> Node:
    whole = places == tuple((0, extent, 1) for extent in x.shape)
    return x if whole else graph.apply(get_slice_p.op, [x], (("places", places),))


def _jax_windows(jnp: Any, x: Any, axes: Shape, extents: Shape, steps: Shape) -> Any:
    for axis, extent, step in zip(axes, extents, steps, strict=True):
        first_of = np.arange(0, int(x.shape[axis]) - extent + 1, step)
        found = jnp.take(x, first_of[:, None] + np.arange(extent), axis)
        x = jnp.moveaxis(found, axis + 1, -1)
    return x


def _jax_overlap(jnp: Any, g: Any, shape: Shape, axes: Shape, steps: Shape) -> Any:
    jax: Any = importlib.import_module("jax")

    def view(x: Any) -> Any:
        return _jax_windows(jnp, x, axes, g.shape[len(shape) :], steps)

    (found,) = jax.linear_transpose(view, jax.ShapeDtypeStruct(shape, g.dtype))(g)
    return found


windows_p: Primitive = primitive(
    "windows",
    _windows,
    infer=_infer_windows,
    vjp=lambda i, g, y, x, axes, extents, steps: overlap_p(
        g, shape=x.shape, axes=axes, steps=steps
    ),
    axes=Ruled(_batched, _points),
    sliced=_sliced,
    jax=_jax_windows,
    kind=Kind.OVERLAPPING_VIEW,
    nanoseconds=0.0,
)

overlap_p: Primitive = primitive(
    "overlap",
    _overlap,
    infer=lambda g, shape, axes, steps: (shape, g.dtype),
    vjp=lambda i, g, y, x, shape, axes, steps: windows_p(
        g, axes=axes, extents=x.shape[len(shape) :], steps=steps
    ),
    axes=Ruled(_batched, _points),
    jax=_jax_overlap,
    nanoseconds=3.0,
    numpy=Numpy(emit=emit_call("overlap"), lower=overlapped),
)


@implements(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    y = traced(x)
    extents = tuple(np.atleast_1d(window_shape).tolist())
    axes = (
        tuple(range(y.ndim))
        if axis is None
        else normalize_axis_tuple(axis, y.ndim, allow_duplicate=True)
    )
    if len(extents) != len(axes):
        raise ValueError("window_shape and axis must have the same length")
    for extent, along in zip(extents, axes, strict=True):
        if not 0 <= extent <= y.shape[along]:
            raise ValueError(f"a window of {extent} does not fit axis {along} of {y.shape}")
    if len(set(axes)) == len(axes):
        return windows_p(y, axes=axes, extents=extents, steps=(1,) * len(axes))
    for extent, along in zip(extents, axes, strict=True):
        y = windows_p(y, axes=(along,), extents=(extent,), steps=(1,))
    return y
