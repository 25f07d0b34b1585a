"""What a program's source calls its values, functions and constants."""

import keyword
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from miniml.program.codegen.memory import Plan, WorkspaceArray
from miniml.program.codegen.python_floats import is_double
from miniml.program.ir.dtypes import PYTHON_NUMBERS
from miniml.program.ir.graph import AnyArray, Node, Op, evaluate
from miniml.program.ir.walk import interpret
from miniml.program.trace.registry import UFUNCS
from miniml.tree.codegen import Names

_RESERVED = {
    *("program", "chunk", "workspace", "array", "dot", "copyto", "empty", "where", "abs"),
    *("float", "int", "bool", "bool_", "float16", "float32", "float64", "longdouble"),
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
}
"""Names that inputs and results may not take, beside those of ufuncs."""


class ValueNames:
    """The names in a program's source, and what they stand for.

    Args:
        plan: The program's steps, constants and buffers.
        inputs: A readable name for each input.
        outputs: A readable name for each output.
        python_floats: Whether scalars of double precision are Python's floats.

    Attributes:
        functions: The functions that the source uses, beside NumPy's own.
        constants: The constants that it may use.
        buffers: The names of the buffers.
        inputs: The names of the inputs, in order.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Iterable[tuple[Node, str]],
        outputs: Sequence[tuple[Node, str]],
        *,
        python_floats: bool,
    ) -> None:
        self.functions: dict[str, Any] = {}
        self.constants: dict[str, AnyArray] = {}
        self.buffers: dict[WorkspaceArray, str] = {}
        self.inputs: list[str] = []
        self._python_floats = python_floats
        self._names = Names({*_RESERVED, *UFUNCS})
        self._of: dict[Node, str] = {}
        self._literals: dict[Node, str] = {}
        self._wanted = dict(reversed(outputs))  # the first name of several for one node
        for op_name in {node.op.name for node in plan.steps}:
            self._new(op_name)  # functions keep their names
        for node, name in inputs:
            self._of[node] = self._new(name)
            self.inputs.append(self._of[node])
        for node, value in zip(plan.constants, _values(plan.constants), strict=True):
            self._add_constant(node, value)

    def of(self, node: Node) -> str:
        """Return the name of a node's value."""
        return self._of[node]

    def is_literal(self, node: Node) -> bool:
        """Return whether a node's value can be written as a number."""
        return node in self._literals

    def literal(self, node: Node) -> str:
        """Return a node's value as a number if it is known, else its name."""
        text = self._literals.get(node, self._of[node])
        return f"({text})" if text.startswith("-") else text

    def result(self, node: Node, buffer: WorkspaceArray | None) -> str:
        """Name the result of a step: after its buffer, or else after its output."""
        if buffer is None:
            name = self._new(self._wanted.get(node, f"t{node.index}"))
        elif buffer in self.buffers:
            name = self.buffers[buffer]
        else:
            name = self.buffers[buffer] = self._new(f"b{len(self.buffers)}")
        self._of[node] = name
        return name

    def array(self, node: Node) -> str:
        """Return a new name for a scalar as an array without axes."""
        return self._new(f"{self._of[node]}_array")

    def type(self, node: Node) -> str:
        """Return the name of the type of a node's elements."""
        if self._python_floats and is_double(node):
            return "float"
        name = "bool_" if node.dtype.kind == "b" else node.dtype.name
        self.functions[name] = node.dtype.type
        return name

    def function(self, op: Op) -> str:
        """Return the name of an operation's function."""
        name = op.name
        if self.functions.get(name, op.compute) is not op.compute:  # the same loop, other results
            name = next((n for n, f in self.functions.items() if f is op.compute), "")
            name = name or self._new(op.name)
        self.functions[name] = op.compute
        return name

    def _new(self, wanted: str) -> str:
        name = re.sub(r"\W+", "_", wanted).strip("_") or "x"
        return self._names.new(f"_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name)

    def _add_constant(self, node: Node, value: AnyArray) -> None:
        name = self._new(f"c{len(self.constants)}")
        self.constants[name] = value
        self._of[node] = name
        number = value.item() if not value.shape else math.nan
        if not value.shape and type(number) in PYTHON_NUMBERS and math.isfinite(number):
            self._literals[node] = repr(number)


def _values(constants: Sequence[Node]) -> list[AnyArray]:
    """Return the values of nodes that depend on no input."""

    def visit(node: Node, inputs: Sequence[AnyArray]) -> AnyArray:
        return evaluate(node.op, inputs, node.options) if node.value is None else node.value

    return interpret(constants, {}, visit)
