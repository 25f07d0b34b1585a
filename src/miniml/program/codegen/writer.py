"""From a plan to NumPy source."""

import keyword
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from miniml.program.codegen.memory import Buffer, Plan, is_view, plan, root_of
from miniml.program.codegen.python_floats import is_double, plain_text
from miniml.program.ir.dtypes import CAST, PYTHON_NUMBERS, Weak
from miniml.program.ir.graph import AnyArray, Node, evaluate, interpret
from miniml.program.ir.kinds import Kind, Storage
from miniml.program.trace.registry import UFUNCS
from miniml.tree.codegen import Names

_RESERVED = {
    *("program", "chunk", "workspace", "array", "dot", "copyto", "empty", "where", "abs"),
    *("float", "int", "bool", "bool_", "float16", "float32", "float64", "longdouble"),
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
}
"""Names that inputs and results may not take, beside those of ufuncs."""

_OFTEN = 2
"""A ufunc takes 0.2 us less for an array of no axes than for a scalar; making one takes 0.1 us."""

_KEYWORD_OUT = {"maximum", "minimum"}
"""Ufuncs whose third positional argument NumPy deprecates; with all others it is the faster way."""


@attrs.frozen
class Source:
    """A program's source, the names it uses, and the workspace it wants.

    Attributes:
        text: The function `program(*inputs, workspace)`.
        functions: The functions that the text refers to, beside NumPy's own.
        constants: The constants that it may refer to.
        buffers: The arrays of the workspace, in order.
        slots: The sizes of the memory they share.
        plan: What the text was written from.
        outputs: The nodes that it returns.
    """

    text: str
    functions: dict[str, Any]
    constants: dict[str, AnyArray]
    buffers: list[Buffer]
    slots: list[int]
    plan: Plan
    outputs: Sequence[Node]


def _identifier(wanted: str) -> str:
    """The name that is most like the wanted one."""
    name = re.sub(r"\W+", "_", wanted).strip("_") or "x"
    return f"_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name


def emit(
    inputs: Sequence[Node],
    outputs: Sequence[Node],
    weak: Sequence[Weak],
    input_names: Sequence[str],
    output_names: Sequence[str],
    *,
    name: str = "program",
    fresh: bool = True,
    given: frozenset[Node] = frozenset(),
) -> Source:
    """Write the program that computes the outputs from the inputs.

    Args:
        inputs: The program's inputs, in order.
        outputs: What it returns, in order.
        weak: The Python type to return each output as, or None to return it as it is.
        input_names: A readable name for each input.
        output_names: A readable name for each output.
        name: The function's name.
        fresh: Whether the outputs get memory of their own, or stay in the workspace.
        given: Inputs whose memory may be returned.
    """
    planned = plan(outputs, staying=() if fresh else outputs)
    writer = Writer(planned, inputs, outputs, input_names, output_names)
    body = [line for node in planned.steps for line in writer.step(node)]
    items = writer.returned(weak, fresh=fresh, given=given)
    head = f"def {name}({', '.join([*writer.input_names, 'workspace'])}):"
    entry = [line for _, line in writer.entry]
    end = f"    return [{', '.join(items)}]"
    return writer.source([head, *writer.unpacking(), *entry, *body, end])


class Writer:
    """Writes the lines of a program.

    Attributes:
        globals: The functions that the lines refer to, beside NumPy's own.
        entry: The lines that make an input what the others take it for.
        input_names: The inputs' names.
    """

    def __init__(
        self,
        planned: Plan,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        input_names: Sequence[str],
        output_names: Sequence[str],
        *,
        plain: bool = False,
    ) -> None:
        """Begin with the inputs.

        Args:
            planned: What to write.
            inputs: The inputs, in order.
            outputs: The outputs, in order.
            input_names: A readable name for each input.
            output_names: A readable name for each output.
            plain: Whether lone numbers are Python's floats; see `emit_numbers`.
        """
        self._plain = plain
        self.plan = planned
        self.outputs = outputs
        self.globals: dict[str, Any] = {}
        self.entry: list[tuple[Node, str]] = []
        self.views: dict[Buffer, str] = {}
        self._names = Names({*_RESERVED, *UFUNCS})
        self._of: dict[Node, str] = {}
        self._literals: dict[Node, str] = {}
        self.constants: dict[str, AnyArray] = {}
        for op_name in {node.op.name for node in planned.steps}:
            self._names.new(_identifier(op_name))  # functions keep their names
        self.input_names: list[str] = [self._names.new(_identifier(name)) for name in input_names]
        loops = [node for node in planned.steps if _is_loop(node)]
        self._looped = Counter(i for node in loops for i in node.inputs if not i.shape)
        self._arrays: dict[Node, str] = {}  # the names of scalars as arrays of no axes
        others = {i for n in planned.steps if not _is_loop(n) for i in n.inputs} | set(outputs)
        for node, name in zip(inputs, self.input_names, strict=True):
            self._of[node] = name
            if not node.shape and node in others:
                self.entry.append((node, f"    {name} = {self._type(node)}({name})"))
            elif node in self._looped:
                self.entry.append((node, self._made_array(node, name)))
        values = _values(planned.constants)
        for node in planned.constants:
            self._constant(node, values[node])
        self._wanted = dict(zip(reversed(outputs), reversed(output_names), strict=True))

    def _type(self, node: Node) -> str:
        if self._plain and is_double(node):
            return "float"
        name = node.dtype.name
        name = "bool_" if name == "bool" else name
        self.globals[name] = node.dtype.type
        return name

    def _constant(self, node: Node, value: AnyArray) -> None:
        number = value.item() if not value.shape else math.nan
        name = self._names.new(f"c{len(self.constants)}")
        self.constants[name] = value
        self._of[node] = name
        if not value.shape and type(number) in PYTHON_NUMBERS and math.isfinite(number):
            self._literals[node] = repr(number)

    def step(self, node: Node) -> list[str]:
        """The lines that compute a node."""
        lines: list[str] = []
        buffer = self.plan.buffers.get(node)
        if _is_loop(node):
            arguments = [self._looped_over(i, lines) for i in node.inputs]
        else:
            # A literal takes its dtype from an input beside it.
            kinds = {i.dtype for i in node.inputs if i not in self._literals}
            arguments = [
                self._argument(i, scalar=not node.shape and i.dtype in kinds) for i in node.inputs
            ]
        out: str | None = None
        if buffer is not None:
            out = self.views.get(buffer)
            if out is None:
                out = self.views[buffer] = self._names.new(f"b{len(self.views)}")
            name = out
        else:
            name = self._names.new(_identifier(self._wanted.get(node, f"t{node.index}")))
        self._of[node] = name
        if node.op.numpy.storage is Storage.PARTS and out is None:
            lines.append(f"    {name} = empty({node.shape}, {self._type(node)})")
            out = name
        call = self._call(node, arguments, out)
        line = call if out is not None else f"{name} = {call}"
        return [*lines, *(f"    {part}" for part in f"{line}  # {_shape(node)}".split("\n"))]

    def _looped_over(self, node: Node, lines: list[str]) -> str:
        """An argument of a ufunc over arrays: scalars that several of them take become arrays."""
        name = self._of[node]
        if self._looped[node] < _OFTEN or name in self.constants:
            return self._arrays.get(node, name)
        if node not in self._arrays:
            lines.append(self._made_array(node, self._names.new(f"{name}_array")))
        return self._arrays[node]

    def _made_array(self, node: Node, name: str) -> str:
        self._arrays[node] = name
        return f"    {name} = array({self._of[node]})"

    def _argument(self, node: Node, *, scalar: bool) -> str:
        if scalar and node in self._literals:
            text = self._literals[node]
            return f"({text})" if text.startswith("-") else text
        return self._of[node]

    def _call(self, node: Node, arguments: list[str], out: str | None) -> str:
        text = plain_text(node, arguments) if self._plain else None
        if text is not None:
            self.globals["float64"] = np.float64
            return text
        text = self._numpy_call(node, arguments, out)
        made = self._plain and is_double(node) and node.op is not CAST
        return f"float({text})" if made else text

    def _numpy_call(self, node: Node, arguments: list[str], out: str | None) -> str:
        op = node.op
        options = dict(node.options)
        if op is CAST and not node.shape:
            return f"{self._type(node)}({arguments[0]})"
        if not node.shape and op.numpy.scalar is not None:
            kind = op.kind is Kind.ELEMENTWISE  # else a number of NumPy's, never a literal
            return op.numpy.scalar.format(
                *(arguments if kind else (self._of[i] for i in node.inputs))
            )
        if op.numpy.emit is not None:
            text = op.numpy.emit(out, *arguments, inputs=node.inputs, **options)
            if text is not None:
                if not hasattr(np, op.name):
                    self.globals[op.name] = op.compute
                return str(text)
        name = op.name
        if self.globals.get(name, op.compute) is not op.compute:  # the same loop with other results
            name = next((n for n, f in self.globals.items() if f is op.compute), "")
            name = name or self._names.new(_identifier(op.name))
        self.globals[name] = op.compute
        if op.kind is Kind.ELEMENTWISE:
            given = [] if out is None else [f"out={out}" if name in _KEYWORD_OUT else out]
            return f"{name}({', '.join([*arguments, *given])})"
        keywords = [f"{key}={value!r}" for key, value in options.items()]
        return f"{name}({', '.join([*arguments, *keywords])})"

    def source(self, lines: Sequence[str]) -> Source:
        """What the lines of a function make."""
        text = "\n".join([*lines, ""])
        slots = self.plan.slots
        return Source(
            text, self.globals, self.constants, list(self.views), slots, self.plan, self.outputs
        )

    def unpacking(self) -> list[str]:
        """The line that names the buffers, if there are any."""
        names = list(self.views.values())
        return [f"    {', '.join(names)}{',' if len(names) == 1 else ''} = workspace"][: len(names)]

    def name_of(self, node: Node) -> str:
        """What a node's value is called, or the number that it is."""
        return self._argument(node, scalar=True)

    def owned(self, nodes: Sequence[Node], given: frozenset[Node] = frozenset()) -> list[str]:
        """The nodes' values, never as Python's; arrays in memory of their own, or of inputs `given`."""
        items: list[str] = []
        taken: set[Node] = set()
        steps = set(self.plan.steps)
        for node in nodes:
            root = root_of(node)
            own = root in given or (root in steps and root not in self.plan.buffers)
            own = (
                own
                and root not in taken
                and not any(n.op.kind is Kind.OVERLAPPING_VIEW for n in _chain(node))
            )
            taken.add(root)
            name = self._of[node]
            items.append(f"{name}.copy()" if node.shape and not own else name)
        return items

    def returned(self, weak: Sequence[Weak], *, fresh: bool, given: frozenset[Node]) -> list[str]:
        """The outputs: Python's numbers where `weak` says so, if `fresh` arrays of their own."""
        arrays = [node for node, kind in zip(self.outputs, weak, strict=True) if kind is None]
        names = iter(self.owned(arrays, given) if fresh else map(self.name_of, arrays))
        items: list[str] = []
        for node, kind in zip(self.outputs, weak, strict=True):
            name = next(names) if kind is None else f"{kind.__name__}({self.name_of(node)})"
            boxed = fresh and kind is None and not node.shape
            items.append(f"array({self._of[node]})" if boxed else name)
        return items


def _is_loop(node: Node) -> bool:
    """Whether the node is a ufunc's loop over arrays."""
    return bool(node.shape) and node.op.kind is Kind.ELEMENTWISE and node.op.numpy.emit is None


def _chain(node: Node) -> list[Node]:
    chain = [node]
    while is_view(node):
        node = node.inputs[0]
        chain.append(node)
    return chain


def _values(constants: Iterable[Node]) -> dict[Node, AnyArray]:
    """The values of nodes that depend on no input."""
    values: dict[Node, AnyArray] = {}

    def visit(node: Node, into: Sequence[AnyArray]) -> AnyArray:
        return evaluate(node.op, into, node.options) if node.value is None else node.value

    interpret([*constants], values, visit)
    return values


def _shape(node: Node) -> str:
    if node.parts:
        return f"{len(node.parts)} results"
    extents = " x ".join(str(n) for n in node.shape) or "scalar"
    return f"{extents} {node.dtype}"
