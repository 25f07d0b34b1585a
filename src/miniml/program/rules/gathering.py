"""Elements at arrays of integers, `gather`, and its adjoint, `scatter_add`, which accumulates."""

# Rules are lambdas of many arities, whose parameters pyright cannot infer.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import math
from collections.abc import Sequence
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
    Shape,
)
from miniml.program.ir.kinds import Storage
from miniml.program.rules.axes import Ruled
from miniml.program.rules.define import Primitive, emit_call, primitive
from miniml.program.rules.gathering_axes import (
    counter,
    gather_batched,
    gather_points,
    scatter_add_batched,
    scatter_add_points,
)
from miniml.program.rules.indices import ARRAY, WHOLE, IndexItem, index_of, source_of

_BLOCK = 1 << 14
"""Elements that are added at once: their positions then stay in the cache."""


def _gather(x: AnyArray, *arrays: AnyArray, places: tuple[IndexItem, ...]) -> AnyArray:
    taken: AnyArray = x[index_of(places, arrays)].copy()  # integers alone would give a view
    return taken


def _infer_gather(x: Node, *arrays: Node, places: tuple[IndexItem, ...]) -> tuple[Shape, DType]:
    known = [np.zeros(a.shape, np.intp) if a.value is None else a.value for a in arrays]
    return np.broadcast_to(np.int8(0), x.shape)[index_of(places, known)].shape, x.dtype


def _emit_gather(
    out: str | None, x: str, *arrays: str, places: tuple[IndexItem, ...], inputs: tuple[Node, ...]
) -> str:
    copy = "" if any(node.shape for node in inputs[1:]) else ".copy()"  # see `_gather`
    return f"{x}[{source_of(places, arrays)}]{copy}"


def check_bounds(shape: Shape, arrays: Sequence[AnyArray]) -> None:
    """Refuse indices out of bounds, which a flat position would wrap around."""
    for extent, array in zip(shape, arrays, strict=False):
        if array.size and not (-extent <= array.min() and array.max() < extent):
            wrong = array.max() if array.max() >= extent else array.min()
            raise IndexError(f"index {wrong} is out of bounds for an axis of size {extent}")


def _positions(
    shape: Shape, places: tuple[IndexItem, ...], arrays: Sequence[AnyArray]
) -> tuple[AnyArray, int]:
    """Return the position of each stretch of the result in the flat array, and a stretch's length.

    A stretch is a row if the arrays index the first axes, else one element; positions are counted
    in stretches.
    """
    count = len(arrays)
    if places == (ARRAY,) * count + (WHOLE,) * (len(places) - count):
        check_bounds(shape, arrays)
        broadcast = [a.ravel() for a in np.broadcast_arrays(*arrays)]
        rows = np.ravel_multi_index(broadcast, shape[:count], mode="wrap")
        return rows, math.prod(shape[count:])
    numbers = np.arange(math.prod(shape)).reshape(shape)
    return np.asarray(numbers[index_of(places, arrays)]).ravel(), 1


def _scatter_add(  # its options, and where to write
    g: AnyArray,
    *arrays: AnyArray,
    shape: Shape,
    places: tuple[IndexItem, ...],
    unique_indices: bool,
    out: AnyArray | None = None,
) -> AnyArray:
    if out is None:
        out = np.zeros(shape, g.dtype)
    else:
        out.fill(0)
    if unique_indices:
        out[index_of(places, arrays)] = g
    elif g.size:
        numbers, length = _positions(shape, places, arrays)
        parts = g if any(a.ndim for a in arrays) else g[None]
        firsts, within = (numbers * length).reshape(len(parts), -1, 1), np.arange(length)
        count = max(_BLOCK * len(parts) // parts.size, 1)
        # Flat, for NumPy's fast path of `add.at`: up to ten times as fast.
        flat = out.reshape(-1)
        for lo in range(0, len(parts), count):
            positions = firsts[lo : lo + count]
            if length > 1:
                positions = positions + within
            np.add.at(flat, positions.ravel(), parts[lo : lo + count].ravel())
    return out


def _unique_indices(shape: Shape, places: tuple[IndexItem, ...], arrays: Any) -> bool:
    """Return whether no element is known to be taken twice: the constant arrays take different ones."""
    if not any(a.shape for a in arrays):
        return True
    if all(a.node.op is not CONSTANT for a in arrays):
        return False
    known = [a.node.value if a.node.op is CONSTANT else np.zeros(a.shape, np.intp) for a in arrays]
    positions, _ = _positions(shape, places, known)
    rising = bool((positions[1:] > positions[:-1]).all())  # as of an array that counts the points
    return rising or np.unique(positions).size == positions.size


def _take(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
    """Rows at an index array, written into a buffer; 2 to 8 times as fast."""
    places = list(dict(options)["places"])
    if places.count(WHOLE) != len(places) - 1 or ARRAY not in places or not inputs[1].shape:
        return None
    return graph.apply(PICK, inputs, (("axis", places.index(ARRAY)),))


def pick(x: AnyArray, indices: AnyArray, axis: int, out: AnyArray | None = None) -> AnyArray:
    """`x.take(indices, axis)`, which checks the bounds first to write into `out`."""
    if x.flags.c_contiguous:  # of another `take` would make a copy
        check_bounds(x.shape[axis:], [indices])
        return x.take(indices.astype(np.intp, copy=False), axis, out, mode="wrap")
    index: Any = (*[slice(None)] * axis, indices)
    taken: AnyArray = x[index]
    if out is not None:
        out[...] = taken
    return taken


def _infer_pick(x: Node, indices: Node, axis: int) -> tuple[Shape, DType]:
    return (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]), x.dtype


PICK = Op("pick", pick, _infer_pick, nanoseconds=1.0, numpy=Numpy(emit=emit_call("pick")))

gather_p: Primitive = primitive(
    "gather",
    _gather,
    infer=_infer_gather,
    vjp=lambda i, g, y, x, *arrays, places: scatter_add_p(
        g,
        *arrays,
        shape=x.shape,
        places=places,
        unique_indices=_unique_indices(x.shape, places, arrays),
    ),
    axes=Ruled(
        gather_batched, gather_points, counter=lambda node, axes, axis: counter(node, axes[0])
    ),
    nanoseconds=4.0,
    elements=lambda node: node.size,
    numpy=Numpy(storage=Storage.EXPRESSION, emit=_emit_gather, lower=_take),
)

scatter_add_p: Primitive = primitive(
    "scatter_add",
    _scatter_add,
    infer=lambda g, *arrays, shape, places, unique_indices: (shape, g.dtype),
    vjp=lambda i, g, y, x, *arrays, shape, places, unique_indices: gather_p(
        g, *arrays, places=places
    ),
    axes=Ruled(
        scatter_add_batched,
        scatter_add_points,
        counter=lambda node, axes, axis: counter(node, axis),
    ),
    nanoseconds=8.0,
    jax=lambda jnp, g, *arrays, shape, places, unique_indices: (
        jnp.zeros(shape, g.dtype).at[index_of(places, arrays)].add(g, unique_indices=unique_indices)
    ),
    numpy=Numpy(emit=emit_call("scatter_add", keywords=True)),
)
