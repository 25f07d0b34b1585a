"""Tracers: a traced function is called with them in place of arrays and numbers."""

import functools
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from miniml.program.ir.dtypes import FIT, KINDS, PYTHON_NUMBERS, Weak, cast, loop_dtypes, loop_type
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import (
    CONSTANT,
    STOP_GRADIENT,
    VARIABLE,
    AnyArray,
    DType,
    Graph,
    Node,
    Op,
)
from miniml.program.ir.numeric import check_numeric
from miniml.program.ir.walk import ancestors
from miniml.program.trace.active import active_graph
from miniml.program.trace.array_api import Namespace
from miniml.program.trace.conversions import Conversions, refuse_array
from miniml.program.trace.in_place import is_operator_call, refuse_aliases
from miniml.program.trace.index_items import has_ellipsis, takes_copy
from miniml.program.trace.inputs import contains, plain_option, refuse_subclass, repeats
from miniml.program.trace.mutation import Alias, Buffer, as_view, may_view, not_assigned
from miniml.program.trace.operators import Operators
from miniml.program.trace.registry import (
    ACCUMULATORS,
    COMPOSED,
    FUNCTIONS,
    METHODS,
    OPTIONAL_UFUNCS,
    REDUCERS,
    REFUSALS,
    UFUNCS,
    nearest,
    not_covered,
)
from miniml.program.trace.shaped import Shaped

_COUNTING = {np.add, np.subtract, np.multiply, np.negative, np.positive, np.absolute, np.invert}
"""Ufuncs that take Python's True as the number 1, and NumPy's as a truth value."""


def _counted(value: Any) -> Any:
    """Return a Python bool, traced or not, as an int."""
    if isinstance(value, Tracer):
        if value.dtype.kind != "b":
            return value
        node = cast(value.graph, value.node, np.dtype(np.int_))
        return Tracer(value.graph, node, int)
    return int(value) if isinstance(value, bool) else value


_INTO = {
    "at": ": it changes an array. For sums by group use np.bincount(groups, values, count), and for "
    "sums of rows (groups == np.arange(count)[:, None]) @ rows"
}
"""The way out for ufunc methods that write into an array."""

_FOREIGN = {
    "at": ": assign as in NumPy, y = x.copy(); y[index] = value",
    "detach": ": use ml.stop_gradient(x)",
    "numpy": ", and needs no conversion: use it as an array",
}
"""The way out for attributes of JAX's and PyTorch's arrays."""


class Tracer(Operators, Shaped, Conversions, Alias):
    """Stand in for an array, NumPy scalar or Python number whose value is not known yet."""

    __slots__ = ("graph", "node", "weak")
    __array_priority__: float = 1000.0

    def __init__(self, graph: Graph, node: Node, weak: Weak = None) -> None:
        super().__init__()
        self.graph: Graph = graph
        self.node: Node = node
        self.weak: Weak = weak

    def _operate(self, ufunc: np.ufunc, *values: Any) -> Any:
        # Python's operators on Python numbers give Python numbers.
        weak = all(v.weak if isinstance(v, Tracer) else type(v) in PYTHON_NUMBERS for v in values)
        if weak and ufunc in _COUNTING:
            values = tuple(map(_counted, values))
        if ufunc is np.power and self.shape and type(values[1]) is int and values[1] == 2:
            ufunc, values = np.square, values[:1]  # of truth values, an int8
        result = apply_ufunc(ufunc, *values)
        return _fresh(result, KINDS[result.dtype.kind] if weak else None)

    def _operate_in_place(self, ufunc: np.ufunc, other: Any) -> Any:
        result = self._operate(ufunc, self, other)
        if not self.shape and self.place is None:  # a number: its name is bound again
            return result
        node = self.kept(ufunc, result)
        if not self.change(self.graph.scope):  # the caller's array, which must not change
            return Tracer(self.graph, node)
        self.node = node
        return self

    def kept(self, ufunc: np.ufunc, result: Any) -> Node:
        """Return a result in this array's dtype; refuse another shape, as NumPy does in place."""
        if result.shape != self.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self.shape} doesn't match the "
                f"broadcast shape {result.shape}"
            )
        if not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise TypeError(
                f"Cannot cast ufunc '{ufunc.__name__}' output from {result.dtype!r} to "
                f"{self.dtype!r} with casting rule 'same_kind'"
            )
        return cast(self.graph, result.node, self.dtype)

    @property
    def T(self) -> Any:  # noqa: N802  # NumPy's name
        """The axes reversed."""
        return as_view(transposed(self), self)

    @property
    def mT(self) -> Any:  # noqa: N802  # NumPy's name
        """The last two axes swapped."""
        return as_view(FUNCTIONS[np.swapaxes](self, -1, -2), self)

    @property
    def real(self) -> "Tracer":
        """The value itself, since there are no complex numbers."""
        return self

    @property
    def imag(self) -> Any:
        """Zeros, since there are no complex numbers."""
        return FUNCTIONS[np.zeros_like](self)

    def __iter__(self) -> Iterator["Tracer"]:
        if not self.shape:
            raise TypeError(f"iteration over a 0-d array, {self!r}")
        return (self[i] for i in range(self.shape[0]))

    def __getitem__(self, index: Any) -> Any:
        result = METHODS["__getitem__"](self, index)
        number = not result.shape and not has_ellipsis(index)
        if number or takes_copy(index):
            return _fresh(result)
        if self.buffer is not None:
            result.place = self.buffer, index
        return as_view(result, self)

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.buffer is None or not self.shape:
            raise not_assigned(self.shape, self.bases)
        self.buffer.assign(self.graph.scope, index, value)
        self.node = METHODS["__setitem__"](lift(self.graph, self), index, value).node

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in METHODS:
            return functools.partial(_call_method, METHODS[name], name, self)
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(f"an array has no attribute {name!r}{_FOREIGN.get(name, '')}")
        function: Any = getattr(np, name, None)
        if function in FUNCTIONS:
            return functools.partial(_call_method, FUNCTIONS[function], name, self)
        why = f": {REFUSALS[function]}" if function in REFUSALS else ""
        raise TraceError(f"ndarray.{name} cannot be traced{why}")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        out = options.pop("out", None)
        if out is not None:
            if not (out[0] is inputs[0] and is_operator_call()):
                raise TraceError(f"np.{ufunc.__name__} with out= cannot be traced: use its result")
            refuse_aliases(out)
            array = lift(graph_of(*inputs), out[0])
            return _fresh(Tracer(array.graph, array.kept(ufunc, apply_ufunc(ufunc, *inputs))))
        if method == "__call__":
            return _fresh(apply_ufunc(ufunc, *inputs, **options))
        if method == "outer":
            a, b = (lift(graph_of(*inputs), value) for value in inputs)
            return _fresh(apply_ufunc(ufunc, a[(..., *[None] * b.ndim)], b, **options))
        rules = {"reduce": REDUCERS, "accumulate": ACCUMULATORS}.get(method, {})
        rule = rules.get(ufunc.__name__)
        if rule is None:
            known = ", ".join(f"np.{name}.{method}" for name in rules)
            hint = f" (those that can: {known})" if known else _INTO.get(method, "")
            raise TraceError(f"np.{ufunc.__name__}.{method} cannot be traced{hint}")
        return _fresh(rule(*inputs, **options))

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: object,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        rule = FUNCTIONS.get(function)
        if rule is None:
            raise TraceError(not_covered(function))
        result = rule(*args, **kwargs)
        if isinstance(result, Tracer) and result.weak in {
            int,
            float,
        }:  # NumPy's functions return no Python numbers
            result = Tracer(result.graph, result.node)
        return _fresh_or_view(function.__name__, result, args, kwargs)

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        return _NAMESPACE

    def __array__(self, *_: object, **__: object) -> AnyArray:
        raise refuse_array()

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __round__(self, digits: int | None = None) -> Any:
        result: Tracer = FUNCTIONS[np.round](self, 0 if digits is None else digits)
        return Tracer(result.graph, result.node, KINDS[result.dtype.kind] if self.weak else None)

    def __copy__(self) -> Any:
        return fresh(self)

    def __deepcopy__(self, memo: object) -> Any:
        return fresh(self)

    def __repr__(self) -> str:
        return f"<traced {self.dtype}{list(self.shape)}>"

    def __format__(self, spec: str) -> str:
        return repr(self)


def _fresh(result: Any, weak: Weak = None) -> Any:
    """Return a result as a new array, which may be assigned to."""
    if not isinstance(result, Tracer):
        return result
    made = Tracer(result.graph, result.node, weak or result.weak)
    made.buffer = Buffer(result.graph.scope)
    return made


def fresh(value: Any) -> Any:
    """Return a copy of a tracer, which may be assigned to."""
    return _fresh(lift(value.graph, value)) if isinstance(value, Tracer) else value


def borrowed(value: Any) -> Any:
    """Return a tracer for a function that must not change it, since the caller owns it."""
    if not isinstance(value, Tracer):
        return value
    known = lift(value.graph, value)
    return Tracer(known.graph, known.node, known.weak)


def _fresh_or_view(name: str, result: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Return the result of a function of that name: a new array, or one that may be a view of an argument."""
    sources = [value for value in (*args, *options.values()) if isinstance(value, Tracer)]
    if sources and may_view(name, options):
        return as_view(result, *sources)
    if hasattr(result, "_make"):  # the named tuple of np.linalg.eigh
        return result._make(map(_fresh, result))
    return type(result)(map(_fresh, result)) if type(result) in {list, tuple} else _fresh(result)


def _call_method(rule: Callable[..., Any], name: str, *args: Any, **options: Any) -> Any:
    return _fresh_or_view(name, rule(*args, **options), args, options)


def lift(graph: Graph, value: Any) -> Tracer:
    """Return the tracer for a value: itself, or a constant."""
    if isinstance(value, Tracer):
        if value.graph is not graph or graph.closed:
            raise TraceError(
                f"{value!r} has escaped from the function it was traced in: "
                "return it from that function instead of keeping it"
            )
        value.check_unchanged()
        return value
    kind: type[Any] = value.__class__
    if kind in PYTHON_NUMBERS:
        return Tracer(graph, graph.constant(np.asarray(value)), kind)
    if kind in {list, tuple} and contains(value, Tracer):
        stacked: Tracer = FUNCTIONS[np.stack]([lift(graph, part) for part in value])
        return stacked
    refuse_subclass(value)
    array = np.asarray(value)
    check_numeric(array.dtype)
    if array.size > 1 and repeats(array):
        one = Tracer(graph, graph.constant(array.ravel()[:1].reshape(())))
        whole: Tracer = FUNCTIONS[np.broadcast_to](one, array.shape)
        return whole
    return Tracer(graph, graph.constant(array))


def graph_of(*values: Any) -> Graph:
    """Return the graph of the first tracer among the values."""
    for value in values:
        if isinstance(value, Tracer):
            return value.graph
    graph = active_graph()
    assert graph is not None, "a rule was called outside a trace"
    return graph


def apply(op: Op, *values: Any, **options: Any) -> Tracer:
    """Record a primitive operation."""
    graph = graph_of(*values)
    nodes = [lift(graph, value).node for value in values]
    plain = tuple((name, plain_option(option)) for name, option in options.items())
    return Tracer(graph, graph.apply(op, nodes, plain))


def _zero() -> Tracer:
    """Return a zero of the current trace."""
    return lift(graph_of(), 0.0)


_NAMESPACE = Namespace(_zero)


def fitted(operand: Tracer, dtype: DType) -> Node:
    """Return the operand's node in `dtype`, which a Python integer must fit, as in NumPy."""
    known = operand.node.value if operand.node.op is CONSTANT else None
    if operand.weak is int and dtype.kind in "iu" and operand.dtype != dtype:
        if known is None:  # it is checked when the program runs
            return operand.graph.apply(FIT, [operand.node], (("dtype", dtype.str),))
        np.array(int(known), dtype)  # raises OverflowError
    return cast(operand.graph, operand.node, dtype)


def items(several: Tracer) -> list[Tracer]:
    """Return the results of an operation that has several."""
    graph, node = several.graph, several.node
    return [Tracer(graph, graph.item(node, k)) for k in range(len(node.parts))]


def apply_ufunc(ufunc: np.ufunc, *values: Any, dtype: Any = None, **options: Any) -> Tracer:
    """Record a ufunc, its inputs cast to the dtypes of the loop NumPy would run."""
    composed = COMPOSED.get(ufunc.__name__)
    if composed is not None:
        return composed(*values, **options)  # type: ignore[no-any-return]  # a rule
    op = UFUNCS.get(ufunc.__name__)
    if op is None and ufunc.__name__ in OPTIONAL_UFUNCS:
        op = OPTIONAL_UFUNCS[ufunc.__name__](ufunc)
    if op is None:
        hint = nearest(ufunc.__name__, [*UFUNCS, *COMPOSED, *OPTIONAL_UFUNCS])
        raise TraceError(
            f"the ufunc {ufunc.__name__} cannot be traced yet{hint}; ml.custom_vjp takes a rule for it"
        )
    if options:
        hint = ": use np.where" if "where" in options else ""
        raise TraceError(f"np.{ufunc.__name__} with {', '.join(options)}= cannot be traced{hint}")
    graph = graph_of(*values)
    operands = [lift(graph, value) for value in values]
    types = tuple(loop_type(ufunc, o.node, o.weak) for o in operands)
    loop = loop_dtypes(ufunc, types, None if dtype is None else np.dtype(dtype))
    nodes = [fitted(o, d) for o, d in zip(operands, loop[: ufunc.nin], strict=True)]
    return Tracer(graph, graph.apply(op, nodes))


def variable(tracer: Tracer) -> Tracer:
    """Return a new variable with a traced value, to differentiate by."""
    graph = tracer.graph
    node = graph.apply(VARIABLE, [tracer.node], (("key", len(graph.nodes)),))
    return Tracer(graph, node, tracer.weak)


def refuse_escaped(graph: Graph, outputs: Iterable[Node]) -> None:
    """Refuse values computed from the tracers of a finished step of scan, or of a vmap."""
    for node in ancestors(outputs) if graph.finished else ():
        if node in graph.finished:
            raise TraceError(
                "a value has escaped from the function given to scan or vmap that it was traced in: "
                "return it from that function instead of keeping it",
                node.origin,
            )


def stopped(value: Any) -> Any:
    """Return the same value, through which no gradient flows."""
    if not isinstance(value, Tracer) or value.node.op is CONSTANT:
        return value
    node = value.graph.apply(STOP_GRADIENT, [value.node])
    return as_view(Tracer(value.graph, node, value.weak), value)


def transposed(x: Tracer) -> Any:
    """The axes reversed."""
    return FUNCTIONS[np.transpose](x)
