"""Where each value of a program lives: scalars, views, constants, fresh memory, reused buffers."""

from collections.abc import Collection, Sequence

import attrs

from miniml.program.ir.graph import CONSTANT, INPUT, DType, Node, Shape, ancestors
from miniml.program.ir.kinds import Kind, Storage

_ALIGNMENT = 64


@attrs.frozen
class Buffer:
    """A piece of workspace, seen as an array: a slot of memory, a shape and a dtype."""

    slot: int
    shape: Shape
    dtype: DType


@attrs.frozen
class Plan:
    """A program's steps in order, and the memory of their results.

    Attributes:
        steps: The nodes to compute, inputs before users.
        constants: The nodes that are known already.
        buffers: The nodes whose results go into the workspace; the rest is scalars, views, and
            arrays made afresh.
        slots: The size of each slot of the workspace, in bytes.
    """

    steps: list[Node]
    constants: list[Node]
    buffers: dict[Node, Buffer]
    slots: list[int]


def can_write(node: Node) -> bool:
    """Whether the operation can write its result into a given array."""
    if not node.shape or node.op.numpy.storage is Storage.EXPRESSION:
        return False
    return node.op.kind is Kind.ELEMENTWISE or node.op.numpy.emit is not None


def is_view(node: Node) -> bool:
    """Whether the node is another look at its first input's memory."""
    return node.op.kind.is_view


def root_of(node: Node) -> Node:
    """The node whose memory this one looks at."""
    while is_view(node):
        node = node.inputs[0]
    return node


def plan(outputs: Sequence[Node], *, staying: Collection[Node] = ()) -> Plan:
    """Give every step of a program its memory; outputs get memory of their own, or stay in the workspace."""
    constants: list[Node] = []
    steps: list[Node] = []
    known: set[Node] = set()
    for node in ancestors(outputs):
        of_known = node.inputs and all(i in known for i in node.inputs)
        if node.op is CONSTANT or (of_known and node.op.kind is not Kind.CALLED):
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
    """A linear scan over the steps: slots are taken, given back, and taken over in place."""

    def __init__(self) -> None:
        self.buffers: dict[Node, Buffer] = {}
        self.slots: list[int] = []
        self._free: list[int] = []
        self._held: dict[Node, int] = {}

    def place(self, node: Node, dying: Sequence[Node]) -> None:
        for operand in dying:
            in_place = (
                node.op.kind is Kind.ELEMENTWISE
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
            self.buffers[node] = Buffer(len(self.slots) - 1, node.shape, node.dtype)
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
        self.buffers[node] = Buffer(slot, node.shape, node.dtype)

    def release(self, root: Node) -> None:
        if root in self._held:
            self._free.append(self._held.pop(root))
