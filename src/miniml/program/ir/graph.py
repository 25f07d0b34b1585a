"""Graphs of immutable nodes, each an operation on other nodes; equal nodes are one."""

import functools
import math
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeAlias

import attrs
import numpy as np

from miniml.program.ir.kinds import Kind, Storage
from miniml.program.ir.numeric import check_numeric
from miniml.program.ir.origin import Origin, user_line

AnyArray: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Shape: TypeAlias = tuple[int, ...]
DType: TypeAlias = np.dtype[Any]
Options: TypeAlias = tuple[tuple[str, Any], ...]
"""The options of an operation by name; their values are hashable."""

FOLDED = 1 << 16
"""Operations on constants are computed while tracing up to this many elements, else at each call."""


Rewrite: TypeAlias = "Callable[[Graph, Sequence[Node], Options], Node | None]"
"""From a graph, an operation's inputs there and its options to an equivalent node, or None."""


class Axes(Protocol):
    """How an operation treats the axes of its inputs; see `rules.axes`."""

    @property
    def one_pass(self) -> bool:
        """Whether the batch takes as few operations as one element of it."""
        ...

    def batched(self, node: "Node", operands: Sequence[Any], count: int, /) -> Any:
        """Record the operation for a batch, which lies along the operands' first axes."""
        ...

    def points(self, node: "Node", axes: Sequence[int | None], points: int, /) -> Any:
        """Return the points' axis of the result, from those of the inputs; None if it is unknown."""
        ...

    def narrowed(self, node: "Node", axis: int, extent: int, /) -> Options:
        """Return the options for fewer points."""
        ...

    def counter(self, node: "Node", axes: Sequence[int | None], axis: int | None, /) -> int | None:
        """Return which input counts the points along the result's axis, if one does."""
        ...


class Repeated(Protocol):
    """The steps of a loop; see `Op.repeated`."""

    @property
    def steps(self) -> "Sequence[Node]":
        """The operations of one step."""
        ...

    @property
    def length(self) -> int:
        """The number of steps."""
        ...


@attrs.frozen(eq=False)
class Numpy:
    """The part of an operation that only NumPy programs need, beside `Op.compute`.

    Attributes:
        storage: How the memory of its result is made.
        emit: Source of a call that writes into `out`, if there is one better than `compute`.
        scalar: Source for NumPy's scalars: `"{0} + {1}"`.
        python: Source for Python's floats, with the same bits, if it is not `scalar`.
        lower: The same value by operations that NumPy runs faster, or None. Derivatives are taken
            before.
    """

    storage: Storage = Storage.RESULT
    emit: Callable[..., str | None] | None = None
    scalar: str | None = None
    python: str | None = None
    lower: "Rewrite | None" = None


@attrs.frozen(eq=False)
class Op:
    """All that is known of a primitive operation.

    Attributes:
        name: Its name in the generated source and in errors.
        compute: The NumPy function that computes it: arrays by position, options by keyword.
        infer: The result's shape and dtype, from the inputs' nodes and the options.
        nanoseconds: The time of an element in the cache; of a flop if `blas`.
        kind: How the result relates to the inputs.
        vjp: The reverse-mode rule, `(position, g, y, *inputs, **options) -> cotangent or None`.
        axes: How it treats its inputs' axes, for `vmap`, rerolling and chunks.
        rewrite: A simplification, tried whenever the operation is recorded.
        sliced: A slice of its result, `(graph, node, places, shape)` to a simpler node or None.
        flops: The multiplications and additions of a node, if not one an element.
        elements: The elements that a node goes through, if not those of its largest array.
        blas: Whether BLAS computes it, which has its own threads.
        several: Whether it has several results: its node is a tuple, whose parts `ITEM` takes.
            `infer` lists shapes and dtypes. `vjp` is `(cotangents, results, *inputs, **options)`,
            with None for an absent cotangent, to the gradient by each input or None.
        repeated: The loop that it is.
        seen: The part of each input's value that reaches the result, from these values.
        numpy: The part that only NumPy programs need.
        jax: The value under JAX, if not that of the function of the same name:
            `(jax.numpy, *inputs, **options)`.
    """

    name: str
    compute: Callable[..., Any]
    infer: Callable[..., Any]
    nanoseconds: float
    kind: Kind = Kind.PLAIN
    vjp: Callable[..., Any] | None = None
    axes: Axes | None = None
    rewrite: "Rewrite | None" = None
    sliced: "Callable[[Graph, Node, Any, Shape], Node | None] | None" = None
    flops: "Callable[[Node], float] | None" = None
    elements: "Callable[[Node], int] | None" = None
    blas: bool = False
    several: bool = False
    repeated: Repeated | None = None
    seen: Callable[..., Sequence[Any]] | None = None
    numpy: Numpy = Numpy()  # frozen
    jax: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"Op({self.name})"


@attrs.frozen(eq=False)
class Node:
    """One value of a program: its operation, and its shape and dtype."""

    op: Op
    inputs: "tuple[Node, ...]"
    options: Options
    shape: Shape
    dtype: DType
    origin: Origin
    index: int
    value: AnyArray | None = attrs.field(default=None, repr=False)
    parts: "tuple[tuple[Shape, DType], ...]" = ()

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def option(self, name: str) -> Any:
        """Return the option of that name."""
        return dict(self.options)[name]


def _no_compute(*_: object, **__: object) -> Any:
    raise AssertionError("leaves of a graph are given, not computed")


def _no_infer(*_: object, **__: object) -> tuple[Shape, DType]:
    raise AssertionError("leaves of a graph are given, not inferred")


INPUT = Op("input", _no_compute, _no_infer, nanoseconds=0.0)
CONSTANT = Op("constant", _no_compute, _no_infer, nanoseconds=0.0)


def _same(x: Any, **_: object) -> Any:
    return x


def _infer_same(x: Node, **_: object) -> tuple[Shape, DType]:
    return x.shape, x.dtype


def _same_vjp(position: int, g: Any, y: Any, x: Any, **_: object) -> Any:
    return g


def _item(values: Sequence[Any], number: int) -> Any:
    return values[number]


def _infer_item(several: Node, number: int) -> tuple[Shape, DType]:
    return several.parts[number]


def _emit_item(out: str | None, several: str, *, number: int, **_: object) -> str:
    return f"{several}[{number}]"


ITEM = Op(
    "item",
    _item,
    _infer_item,
    nanoseconds=0.0,
    numpy=Numpy(storage=Storage.EXPRESSION, emit=_emit_item),
)
"""One of the results of an operation that has several."""

_SEVERAL = np.dtype("V0")

VARIABLE = Op("variable", _same, _infer_same, vjp=_same_vjp, kind=Kind.MARK, nanoseconds=0.0)
"""The same value as a variable: a gradient inside a trace is taken with respect to one."""


def _nothing_vjp(*_: object, **__: object) -> None:
    return None


STOP_GRADIENT = Op(
    "stop_gradient", _same, _infer_same, vjp=_nothing_vjp, kind=Kind.MARK, nanoseconds=0.0
)
"""The same value, with a derivative of zero."""


class Graph:
    """The nodes of one trace; equal operations on equal inputs are one node.

    With `eager` every node's value is computed as it is recorded, so that the traced function can
    read it.
    """

    def __init__(self, *, eager: bool = False) -> None:
        self.eager = eager
        self.closed = False
        self._origin: Origin | None = None
        self.nodes: list[Node] = []
        self.inputs: list[Node] = []
        self.checks: list[tuple[Node, Callable[[AnyArray], None]]] = []  # see `check_input`
        self.finished: set[Node] = set()  # see `refuse_escaped`
        self.scope: object = None  # the step of a loop, or the vmap, that is being traced
        self._known: dict[Hashable, Node] = {}
        self.copies: dict[int, tuple[AnyArray, AnyArray]] = {}  # arrays and their copies, by id

    def _append(  # noqa: PLR0917  # a node's fields, in their order
        self,
        op: Op,
        inputs: tuple[Node, ...],
        options: Options,
        shape: Shape,
        dtype: DType,
        value: AnyArray | None = None,
        origin: Origin | None = None,
        parts: tuple[tuple[Shape, DType], ...] = (),
    ) -> Node:
        if not op.several:
            check_numeric(dtype)
        origin = origin or self._origin or user_line()
        node = Node(op, inputs, options, shape, dtype, origin, len(self.nodes), value, parts)
        self.nodes.append(node)
        return node

    @contextmanager
    def at(self, origin: Origin) -> Generator[None, None, None]:
        """Record within as from that line of the user's, not from the one being traced."""
        before, self._origin = self._origin, origin
        try:
            yield
        finally:
            self._origin = before

    def input(self, shape: Shape, dtype: DType, value: AnyArray | None = None) -> Node:
        """Return a new input of the program."""
        node = self._append(INPUT, (), (("position", len(self.inputs)),), shape, dtype, value)
        self.inputs.append(node)
        return node

    def constant(self, value: AnyArray) -> Node:
        """Return a node for a value known at trace time, copied, since the array may change later."""
        small = value.size <= 16
        key = (value.dtype, value.shape, value.tobytes() if small else id(value))
        known = self._known.get(key)
        # The same large array may hold other numbers now.
        if known is None or not (small or _holds(known, value)):
            kept = value.copy()
            kept.flags.writeable = False
            known = self._keep(key, value, kept)
        return known

    def _keep(self, key: Hashable, value: AnyArray, kept: AnyArray) -> Node:
        node = self._append(CONSTANT, (), (), kept.shape, kept.dtype, kept)
        self._known[key] = node
        self.copies[id(value)] = value, kept  # its id stays taken
        return node

    def _constant_of(self, node: Node) -> Node:
        """Return a node for another graph's constant, which nobody writes to."""
        value = node.value
        assert value is not None
        if value.size <= 16:
            return self.constant(value)
        key = (value.dtype, value.shape, id(value))
        return self._known.get(key) or self._keep(key, value, value)

    def apply(
        self, op: Op, inputs: Sequence[Node], options: Options = (), origin: Origin | None = None
    ) -> Node:
        """Return the node for `op` on `inputs`: a known one, a folded constant, or a new one."""
        key = (op, *inputs, options)
        known = self._known.get(key)
        if known is not None:
            return known
        simpler = None if op.rewrite is None else op.rewrite(self, inputs, options)
        if simpler is not None:
            self._known[key] = simpler
            return simpler
        found = op.infer(*inputs, **dict(options))
        parts = tuple(found) if op.several else ()
        shape, dtype = ((), _SEVERAL) if op.several else found
        if (
            not op.several
            and inputs
            and all(i.op is CONSTANT for i in inputs)
            and _is_folded(op, math.prod(shape))
        ):
            node = self.constant(evaluate(op, (i.value for i in inputs), options))
        else:
            values = (i.value for i in inputs)
            value = evaluate(op, values, options) if self.eager else None
            node = self._append(op, tuple(inputs), options, shape, dtype, value, origin, parts)
        self._known[key] = node
        return node

    def item(self, several: Node, number: int) -> Node:
        """Record one of the results of an operation that has several."""
        return self.apply(ITEM, [several], (("number", number),))

    def copy(self, node: Node, inputs: Sequence[Node]) -> Node:
        """Record another graph's node on these inputs."""
        if node.op is CONSTANT:
            return self._constant_of(node)
        return self.apply(node.op, inputs, node.options, node.origin)

    def moved(self, node: Node, inputs: Sequence[Node]) -> Node:
        """Record a node of this graph on other inputs; return itself if they are its own."""
        same = all(a is b for a, b in zip(inputs, node.inputs, strict=True))
        return node if same else self.apply(node.op, inputs, node.options, node.origin)


def _is_folded(op: Op, size: int) -> bool:
    """Return whether the operation on constants is computed, as a constant of that size."""
    if op.kind in (Kind.MARK, Kind.OVERLAPPING_VIEW, Kind.CALLED):  # by identity
        return False
    return size <= (1 if op.kind is Kind.VIEW else FOLDED)


def evaluate(op: Op, inputs: Iterable[AnyArray | None], options: Options) -> Any:
    """Return the value of an operation on known values."""
    with np.errstate(all="ignore"):
        found = op.compute(*inputs, **dict(options))
        return tuple(found) if op.several else np.asarray(found)


@functools.lru_cache(maxsize=4096)
def broadcast(*shapes: Shape) -> Shape:
    """Return `np.broadcast_shapes`, cached: unrolled loops call it thousands of times."""
    return np.broadcast_shapes(*shapes)


def _holds(node: Node, value: AnyArray) -> bool:
    return node.value is not None and same_bits(node.value, value)


def same_bits(a: AnyArray, b: AnyArray) -> bool:
    """Return whether two arrays have the same dtype, shape and bits, the signs of zeros included."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    unit = np.dtype(np.uint64 if a.nbytes % 8 == 0 else np.uint8)
    return a.nbytes == 0 or bool(np.array_equal(np.frombuffer(a, unit), np.frombuffer(b, unit)))
