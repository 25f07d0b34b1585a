"""From a plan to NumPy source."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs

from miniml.program.codegen.calls import numpy_call, python_call
from miniml.program.codegen.memory import Plan, WorkspaceArray, is_view, plan, root_of
from miniml.program.codegen.names import ValueNames
from miniml.program.ir.dtypes import Weak
from miniml.program.ir.graph import AnyArray, Node
from miniml.program.ir.kinds import Kind, Storage

_FEWEST_USES = 2
"""The fewest uses for which a scalar becomes an array without axes.

A ufunc takes 0.2 us less for such an array than for a scalar; the conversion takes 0.1 us.
"""


@attrs.frozen
class Source:
    """A program's source, the names that it uses, and the workspace that it needs.

    Attributes:
        text: The function `program(*inputs, workspace)`.
        functions: The functions that the text uses, beside NumPy's own.
        constants: The constants that it may use.
        buffers: The arrays of the workspace, in order.
        slots: The sizes of the memory that they share, in bytes.
        plan: What the text was written from.
        outputs: The nodes that it returns.
    """

    text: str
    functions: dict[str, Any]
    constants: dict[str, AnyArray]
    buffers: list[WorkspaceArray]
    slots: list[int]
    plan: Plan
    outputs: Sequence[Node]


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
    """The lines of a program.

    Args:
        planned: What to write.
        inputs: The inputs, in order.
        outputs: The outputs, in order.
        input_names: A readable name for each input.
        output_names: A readable name for each output.
        python_floats: Whether scalars of double precision are Python's floats; see `python_floats.py`.

    Attributes:
        entry: The lines that convert an input to the type that the other lines expect.
    """

    def __init__(
        self,
        planned: Plan,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        input_names: Sequence[str],
        output_names: Sequence[str],
        *,
        python_floats: bool = False,
    ) -> None:
        self.plan = planned
        self.outputs = outputs
        self.entry: list[tuple[Node, str]] = []
        self._call = python_call if python_floats else numpy_call
        self._names = ValueNames(
            planned,
            zip(inputs, input_names, strict=True),
            list(zip(outputs, output_names, strict=True)),
            python_floats=python_floats,
        )
        ufuncs = [node for node in planned.steps if _is_array_ufunc(node)]
        others = {i for n in planned.steps if not _is_array_ufunc(n) for i in n.inputs} | set(
            outputs
        )
        self._scalar_uses = Counter(i for node in ufuncs for i in node.inputs if not i.shape)
        self._arrays: dict[Node, str] = {}  # the names of scalars as arrays without axes
        for node, name in zip(inputs, self.input_names, strict=True):
            if not node.shape and node in others:
                self.entry.append((node, f"    {name} = {self._names.type(node)}({name})"))
            elif node in self._scalar_uses:
                self.entry.append((node, self._array_line(node, name)))

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs, in order."""
        return self._names.inputs

    def step(self, node: Node) -> list[str]:
        """Return the lines that compute a node."""
        lines: list[str] = []
        if _is_array_ufunc(node):
            arguments = [self._ufunc_argument(i, lines) for i in node.inputs]
        else:
            arguments = self._arguments(node)
        buffer = self.plan.buffers.get(node)
        name = self._names.result(node, buffer)
        out = None if buffer is None else name
        if node.op.numpy.storage is Storage.PARTS and out is None:
            lines.append(f"    {name} = empty({node.shape}, {self._names.type(node)})")
            out = name
        call = self._call(self._names, node, arguments, out)
        line = call if out is not None else f"{name} = {call}"
        return [*lines, *(f"    {part}" for part in f"{line}  # {_shape(node)}".split("\n"))]

    def _arguments(self, node: Node) -> list[str]:
        """Return the text of an operation's inputs: literals if another input sets the result's dtype."""
        names = self._names
        kinds = {i.dtype for i in node.inputs if not names.is_literal(i)}
        return [
            names.literal(i) if not node.shape and i.dtype in kinds else names.of(i)
            for i in node.inputs
        ]

    def _ufunc_argument(self, node: Node, lines: list[str]) -> str:
        """Return the text of a ufunc's input: a scalar that several ufuncs take becomes an array."""
        name = self._names.of(node)
        if self._scalar_uses[node] < _FEWEST_USES or name in self._names.constants:
            return self._arrays.get(node, name)
        if node not in self._arrays:
            lines.append(self._array_line(node, self._names.array(node)))
        return self._arrays[node]

    def _array_line(self, node: Node, name: str) -> str:
        """Return the line that makes an array without axes of a scalar."""
        self._arrays[node] = name
        return f"    {name} = array({self._names.of(node)})"

    def source(self, lines: Sequence[str]) -> Source:
        """Return the source that has these lines."""
        names = self._names
        return Source(
            "\n".join([*lines, ""]),
            names.functions,
            names.constants,
            list(names.buffers),
            self.plan.slots,
            self.plan,
            self.outputs,
        )

    def unpacking(self) -> list[str]:
        """Return the line that names the buffers, if there are any."""
        names = list(self._names.buffers.values())
        return [f"    {', '.join(names)}{',' if len(names) == 1 else ''} = workspace"][: len(names)]

    def name_of(self, node: Node) -> str:
        """Return what a node's value is called, or the number that it is."""
        return self._names.literal(node)

    def owned(self, nodes: Sequence[Node], given: frozenset[Node] = frozenset()) -> list[str]:
        """Return the nodes' values; arrays in memory of their own, or in that of inputs `given`."""
        items: list[str] = []
        taken: set[Node] = set()
        steps = set(self.plan.steps)
        for node in nodes:
            root = root_of(node)
            own = root in given or (root in steps and root not in self.plan.buffers)
            own = own and root not in taken and not _overlaps(node)
            taken.add(root)
            name = self._names.of(node)
            items.append(f"{name}.copy()" if node.shape and not own else name)
        return items

    def returned(self, weak: Sequence[Weak], *, fresh: bool, given: frozenset[Node]) -> list[str]:
        """Return the outputs: Python's numbers where `weak` has a type.

        If `fresh`, the others are owned arrays, and NumPy's scalars if they have no axes.
        """
        arrays = [node for node, kind in zip(self.outputs, weak, strict=True) if kind is None]
        names = iter(self.owned(arrays, given) if fresh else map(self.name_of, arrays))
        items: list[str] = []
        for node, kind in zip(self.outputs, weak, strict=True):
            name = next(names) if kind is None else f"{kind.__name__}({self.name_of(node)})"
            scalar = fresh and kind is None and not node.shape
            items.append(f"{self._names.type(node)}({self._names.of(node)})" if scalar else name)
        return items


def _is_array_ufunc(node: Node) -> bool:
    """Return whether the node is a ufunc of arrays."""
    return bool(node.shape) and node.op.kind.is_elementwise and node.op.numpy.emit is None


def _overlaps(node: Node) -> bool:
    """Return whether elements of a view share memory, or those of the view that it is taken from."""
    while is_view(node):
        if node.op.kind is Kind.OVERLAPPING_VIEW:
            return True
        (node, *_) = node.inputs
    return False


def _shape(node: Node) -> str:
    if node.parts:
        return f"{len(node.parts)} result{'s' * (len(node.parts) > 1)}"
    extents = " x ".join(str(n) for n in node.shape) or "scalar"
    return f"{extents} {node.dtype}"
