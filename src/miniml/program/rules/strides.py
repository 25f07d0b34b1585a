"""The memory layout of a value, as far as a trace knows it."""

import itertools
import operator

from miniml.program.ir.graph import Node, Shape
from miniml.program.rules.indexing import get_slice_p
from miniml.program.rules.indices import SliceIndex
from miniml.program.rules.shaping import transpose_p
from miniml.program.rules.windows import windows_p


def strides(node: Node) -> Shape:
    """Return the strides in elements, if the inputs are C-contiguous."""
    if node.op is transpose_p.op:
        of_input = strides(node.inputs[0])
        order: Shape = node.option("axes")
        return tuple(of_input[axis] for axis in order)
    if node.op is get_slice_p.op:
        places: SliceIndex = node.option("places")
        pairs = zip(strides(node.inputs[0]), places, strict=True)
        return tuple(stride * place[2] for stride, place in pairs if isinstance(place, tuple))
    if node.op is windows_p.op:
        of_input = strides(node.inputs[0])
        axes: Shape = node.option("axes")
        between = list(of_input)
        for axis, step in zip(axes, node.option("steps"), strict=True):
            between[axis] *= step
        return (*between, *(of_input[axis] for axis in axes))
    after = itertools.accumulate(node.shape[:0:-1], operator.mul, initial=1)
    return tuple(after)[::-1][: len(node.shape)]
