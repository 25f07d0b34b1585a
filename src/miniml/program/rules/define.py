"""Makers of operations, one for each family.

`unary`, `binary` and `flat` define ufuncs, `optional_ufunc` those of an optional package; `along` an
axis, `reduction` over axes and `of_matrices` define primitives of one family; `primitive` all others.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Required, TypeAlias, TypedDict, Unpack

import attrs
import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import (
    Axes,
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
from miniml.program.rules.axes import ALONG, ELEMENTWISE, REDUCING, Stacked
from miniml.program.rules.moving import before_broadcasts
from miniml.program.trace.registry import DERIVATIVES, EXACT, OPTIONAL_UFUNCS, UFUNCS, ZERO
from miniml.program.trace.tracer import apply, items

UnaryRule: TypeAlias = Callable[[Any, Any, Any], Any]
BinaryRule: TypeAlias = Callable[[Any, Any, Any, Any], Any]


class Facts(TypedDict, total=False):
    """The fields of an `Op` beside value, shape and derivative; see there."""

    kind: Kind
    nanoseconds: Required[float]
    axes: Axes
    rewrite: Rewrite
    sliced: Callable[[Graph, Node, Any, Shape], Node | None]
    flops: Callable[[Node], float]
    elements: Callable[[Node], int]
    blas: bool
    several: bool
    seen: Callable[..., Sequence[Any]]
    numpy: Numpy
    jax: Callable[..., Any]


class Primitive:
    """A function of tracers that records one operation."""

    def __init__(self, op: Op) -> None:
        self.op = op

    def __call__(self, *values: Any, **options: Any) -> Any:
        """Record the operation on tracers and constants."""
        found = apply(self.op, *values, **options)
        return items(found) if self.op.several else found


def primitive(
    name: str,
    compute: Callable[..., Any],
    *,
    infer: Callable[..., Any],
    vjp: Callable[..., Any] | None = None,
    **facts: Unpack[Facts],
) -> Primitive:
    """Define an operation, and return the function that records it: `cumsum(x, axis=0)`."""
    return Primitive(Op(name, compute, infer, vjp=vjp, **facts))


def emit_call(name: str, *, keywords: bool = False) -> Callable[..., str]:
    """Return the `emit` of a function that takes the inputs, the options and `out`, in this order.

    Args:
        name: The function's name.
        keywords: Whether options and `out` are keywords.
    """

    def emit(out: str | None, *inputs_text: str, inputs: tuple[Node, ...], **options: Any) -> str:
        pairs = [(key, repr(value)) for key, value in options.items()]
        pairs += [] if out is None else [("out", out)]
        given = [f"{key}={value}" if keywords else value for key, value in pairs]
        return f"{name}({', '.join([*inputs_text, *given])})"

    return emit


def same(x: Node, **_: Any) -> tuple[Shape, DType]:
    """Return the shape and dtype of the input."""
    return x.shape, x.dtype


def along(
    name: str,
    compute: Callable[..., Any],
    *,
    vjp: Callable[..., Any] | None = None,
    dtype: DType | None = None,
    **facts: Unpack[Facts],
) -> Primitive:
    """Define an operation along the axis in its option `axis`, which the result keeps.

    Args:
        name: Its name.
        compute: Its NumPy function.
        vjp: Its derivative.
        dtype: The dtype of its result, if not the input's.
        facts: Further fields of its `Op`.
    """

    def infer(x: Node, **_: Any) -> tuple[Shape, DType]:
        return x.shape, dtype or x.dtype

    facts.setdefault("axes", ALONG)
    return primitive(name, compute, infer=infer, vjp=vjp, **facts)


def reduction(
    name: str,
    ufunc: np.ufunc,
    *,
    vjp: Callable[..., Any] | None = None,
    dtype: DType | None = None,
    **facts: Unpack[Facts],
) -> Primitive:
    """Define the reduction by a ufunc over the axes in the option `axis`.

    Args:
        name: Its name.
        ufunc: The ufunc.
        vjp: Its derivative.
        dtype: The dtype of its result, if not the input's.
        facts: Further fields of its `Op`.
    """

    def infer(x: Node, axis: Shape) -> tuple[Shape, DType]:
        return reduced(x, axis), dtype or x.dtype

    def emit(out: str | None, x: str, *, axis: Shape, inputs: tuple[Node, ...]) -> str:
        ndim = len(inputs[0].shape)
        over = "None" if len(axis) == ndim else str(axis[0] if len(axis) == 1 else axis)
        into = "" if out is None else f", None, {out}"
        return f"{ufunc.__name__}.reduce({x}, {over}{into})"

    facts.setdefault("axes", REDUCING)
    numpy = facts.get("numpy", Numpy())
    facts["numpy"] = numpy if numpy.emit else attrs.evolve(numpy, emit=emit)
    return primitive(name, ufunc.reduce, infer=infer, vjp=vjp, **facts)


def reduced(x: Node, axes: Shape) -> Shape:
    """Return the shape without these axes."""
    return tuple(extent for i, extent in enumerate(x.shape) if i not in axes)


def of_matrices(
    name: str,
    compute: Callable[..., Any],
    infer: Callable[..., Any],
    *,
    result: int = 2,
    vjp: Callable[..., Any] | None = None,
    **facts: Unpack[Facts],
) -> Primitive:
    """Define an operation on the matrices in the last two axes.

    Args:
        name: Its name.
        compute: Its NumPy function.
        infer: The result's shape and dtype.
        result: The number of axes of the result in their place.
        vjp: Its derivative.
        facts: Further fields of its `Op`.
    """
    facts.setdefault("axes", Stacked(2, result))
    return primitive(name, compute, infer=infer, vjp=vjp, **facts)


@functools.lru_cache(maxsize=4096)
def _result(ufunc: np.ufunc, *dtypes: DType) -> DType:
    """Return the dtype of a ufunc's result."""
    return ufunc.resolve_dtypes((*dtypes, None))[-1]


WIDER = {np.dtype(np.float16): np.dtype(np.float32)}
"""The dtype that a rule runs in, if not its result's: squares overflow in float16."""

WIDEST = {np.dtype(f"f{size}"): np.dtype(np.float64) for size in (2, 4)}
"""The same for rules that lose digits, which float32 cannot spare."""


def ufunc_op(
    ufunc: np.ufunc,
    *rules: Callable[..., Any] | None,
    wider: Mapping[DType, DType] = WIDER,
    **facts: Unpack[Facts],
) -> Op:
    """Register a ufunc with one derivative rule for each input, or None if none is known."""

    def infer(*inputs: Node) -> tuple[Shape, DType]:
        dtype = _result(ufunc, *[node.dtype for node in inputs])
        return broadcast(*[node.shape for node in inputs]), dtype

    def vjp(position: int, g: Any, y: Any, *inputs: Any) -> Any:
        if not rules:
            return None
        rule = rules[position]
        if rule is None:
            which = ("first", "second", "third", "fourth")[position]
            raise TraceError(
                f"{ufunc.__name__} has no derivative by its {which} input: "
                "do not compute that input from parameters",
                y.node.origin,
            )
        if y.dtype in wider:
            return rule(*_widened(op, wider[y.dtype], g, *inputs))
        return rule(g, y, *inputs)

    special = facts.pop("rewrite", None)

    def rewrite(graph: Graph, inputs: Sequence[Node], options: Options) -> Node | None:
        found = None if special is None else special(graph, inputs, options)
        return before_broadcasts(graph, op, inputs) if found is None else found

    facts["kind"] = Kind.ELEMENTWISE
    facts["rewrite"] = rewrite
    facts.setdefault("axes", ELEMENTWISE)
    op = Op(ufunc.__name__, ufunc, infer, vjp=vjp, **facts)
    UFUNCS[ufunc.__name__] = op
    return op


def _widened(op: Op, dtype: DType, g: Any, *inputs: Any) -> list[Any]:
    """Return gradient, result and inputs in a wider dtype; the result is computed anew."""
    wide = [x.astype(dtype) if x.dtype.kind == "f" else x for x in (g, *inputs)]
    return [wide[0], apply(op, *wide[1:]), *wide[1:]]


def unary(ufunc: np.ufunc, rule: UnaryRule, derivative: str = EXACT, **facts: Unpack[Facts]) -> Op:
    """Define a ufunc of one input: `rule(g, y, x)` is the gradient by `x`."""
    DERIVATIVES[ufunc.__name__] = derivative
    return ufunc_op(ufunc, rule, **facts)


def binary(
    ufunc: np.ufunc,
    rule_a: BinaryRule,
    rule_b: BinaryRule,
    derivative: str = EXACT,
    **facts: Unpack[Facts],
) -> Op:
    """Define a ufunc of two inputs: `rule(g, y, a, b)` is the gradient by `a`, then by `b`."""
    DERIVATIVES[ufunc.__name__] = derivative
    return ufunc_op(ufunc, rule_a, rule_b, **facts)


def flat(*ufuncs: np.ufunc, **facts: Unpack[Facts]) -> None:
    """Define ufuncs whose derivative is zero wherever it exists."""
    for ufunc in ufuncs:
        DERIVATIVES[ufunc.__name__] = ZERO
        ufunc_op(ufunc, **facts)


def no_slope(*_: Any) -> None:
    """Return None, the gradient by an input that the result does not vary with."""


def optional_ufunc(
    name: str,
    nanoseconds: float,
    *rules: Callable[..., Any] | None,
    derivative: str = EXACT,
    single: bool = False,
) -> None:
    """Define a ufunc of an optional package, made at its first use.

    Args:
        name: Its name.
        nanoseconds: Its cost.
        rules: A rule for each input, or None if none is known.
        derivative: The kind of derivative, for the documentation.
        single: Whether the rules keep their digits in float32; else they run in float64.
    """
    DERIVATIVES[name] = derivative
    wider = WIDER if single else WIDEST
    OPTIONAL_UFUNCS[name] = lambda ufunc: ufunc_op(
        ufunc, *rules, wider=wider, nanoseconds=nanoseconds
    )
