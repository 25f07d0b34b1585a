"""Assign memory to the values of a program: buffers are reused by lifetime."""

from collections.abc import Collection, Sequence

import attrs

from miniml.program.ir.graph import CONSTANT, INPUT, DType, Node, Shape
from miniml.program.ir.kinds import Storage
from miniml.program.ir.walk import ancestors

_ALIGNMENT = 64


@attrs.frozen
class WorkspaceArray:
    """An array in the workspace: a slot of memory, a shape and a dtype."""

    slot: int
    shape: Shape
    dtype: DType


@attrs.frozen
class Plan:
    """A program's steps in order, and the memory of their results.

    Attributes:
        steps: The nodes to compute, inputs before users.
        constants: The nodes that depend on no input.
        buffers: The arrays of the nodes whose results go into the workspace; all other results are
            scalars, views, or new arrays.
        slots: The size of each slot of the workspace, in bytes.
    """

    steps: list[Node]
    constants: list[Node]
    buffers: dict[Node, WorkspaceArray]
    slots: list[int]


def can_write(node: Node) -> bool:
    """Return whether an operation can write its result into a given array."""
    if not node.shape or node.op.numpy.storage is Storage.EXPRESSION:
        return False
    return node.op.kind.is_elementwise or node.op.numpy.emit is not None


def is_view(node: Node) -> bool:
    """Return whether a node is a view of its first input."""
    return node.op.kind.is_view


def root_of(node: Node) -> Node:
    """Return the node that owns the memory of this one."""
    while is_view(node):
        node = node.inputs[0]
    return node


def plan(outputs: Sequence[Node], *, staying: Collection[Node] = ()) -> Plan:
    """Assign memory to each step of a program.

    Args:
        outputs: What the program returns; they get memory of their own.
        staying: The outputs that stay in the workspace instead.
    """
    constants: list[Node] = []
    steps: list[Node] = []
    known: set[Node] = set()
    for node in ancestors(outputs):
        of_known = node.inputs and all(i in known for i in node.inputs)
        if node.op is CONSTANT or (of_known and not node.op.kind.is_called):
            known.add(node)
            constants.append(node)
        elif node.op is not INPUT:
            steps.append(node)
    needed = {i for node in steps for i in node.inputs} | set(outputs)
    constants = [node for node in constants if node in needed]
    own = {root_of(node) for node in outputs if node not in staying}
    kept = {root_of(node) for node in staying} - own
    last: dict[Node, int] = {}
    for position, node in enumerate(steps):
        for i in node.inputs:
            last[root_of(i)] = position
    allocation = _Allocation()
    for position, node in enumerate(steps):
        if can_write(node) and not is_view(node) and node not in own:
            allocation.place(
                node, [i for i in node.inputs if last.get(i) == position and i not in kept]
            )
        for root in dict.fromkeys([*map(root_of, node.inputs), node]):
            if last.get(root, -1) <= position and root not in kept:
                allocation.release(root)
    return Plan(steps, constants, allocation.buffers, allocation.slots)


class _Allocation:
    """A linear scan over the steps: slots are taken, freed, and taken over in place."""

    def __init__(self) -> None:
        self.buffers: dict[Node, WorkspaceArray] = {}
        self.slots: list[int] = []
        self._free: list[int] = []
        self._held: dict[Node, int] = {}

    def place(self, node: Node, dying: Sequence[Node]) -> None:
        for operand in dying:
            in_place = (
                node.op.kind.is_elementwise
                and operand in self._held
                and operand.shape == node.shape
                and operand.dtype == node.dtype
            )
            if in_place:
                self._hold(node, self._held.pop(operand))
                return
        size = max(-(-node.size * node.dtype.itemsize // _ALIGNMENT), 1) * _ALIGNMENT
        if node.op.numpy.storage is Storage.ZEROED:  # nothing else may write there
            self.slots.append(size)
            self.buffers[node] = WorkspaceArray(len(self.slots) - 1, node.shape, node.dtype)
            return
        fitting = [slot for slot in self._free if self.slots[slot] >= size]
        if fitting:
            slot = min(reversed(fitting), key=lambda slot: self.slots[slot])
            self._free.remove(slot)
        else:
            slot = len(self.slots)
            self.slots.append(size)
        self._hold(node, slot)

    def _hold(self, node: Node, slot: int) -> None:
        self._held[node] = slot
        self.buffers[node] = WorkspaceArray(slot, node.shape, node.dtype)

    def release(self, root: Node) -> None:
        if root in self._held:
            self._free.append(self._held.pop(root))
