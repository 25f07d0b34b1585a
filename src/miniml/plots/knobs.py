"""One number of a tree, read and replaced by name."""

import re
from typing import Any, TypeVar

import numpy as np

from miniml.tree import named_leaves, replace_leaves
from miniml.types import Array

T = TypeVar("T")

# `w[0, 1]`: an element of the leaf `w`. The name of a dict key never has bare numbers in brackets.
_ELEMENT = re.compile(r"(?P<leaf>.+)\[(?P<at>\s*\d+\s*(,\s*\d+\s*)*)\]")


class Knob:
    """A leaf that is one number, or one element of an array, such as `layers.0.w[1, 0]`."""

    def __init__(self, tree: object, name: str) -> None:
        match = _ELEMENT.fullmatch(name)
        self.name = name
        self.leaf: str = match["leaf"] if match else name
        leaves = named_leaves(tree)
        if self.leaf not in leaves:
            replace_leaves(tree, {self.leaf: 0.0})  # raises the error that lists the nearest
        shape = np.shape(leaves[self.leaf])
        at = tuple(int(number) for number in match["at"].split(",")) if match else ()
        if not match and np.size(leaves[self.leaf]) == 1:
            at = (0,) * len(shape)
        inside = all(i < length for i, length in zip(at, shape, strict=False))
        if len(at) != len(shape) or not inside:
            first = ", ".join("0" * len(shape))
            hint = f": name one of its elements, such as {self.leaf}[{first}]" if shape else ""
            raise ValueError(
                f"{name!r} is not a single number; {self.leaf} has shape {shape}{hint}"
            )
        self.at = at

    def read(self, tree: object) -> float:
        """Return the number."""
        value: Any = named_leaves(tree)[self.leaf]
        return float(value[self.at] if self.at else value)

    def turn(self, tree: T, value: float) -> T:
        """Return the tree with another number in its place.

        Raises:
            ValueError: If the leaf has an integer dtype and the value is not an integer.
        """
        old: Any = named_leaves(tree)[self.leaf]
        new: Array = np.array(old)
        if new.dtype.kind in "biu" and value != int(value):
            raise ValueError(
                f"{self.name} is an integer, of dtype {new.dtype}, and cannot become "
                f"{value:g}: make it a float"
            )
        if isinstance(old, float | int):
            return replace_leaves(tree, {self.leaf: type(old)(value)})
        new[self.at] = value
        return replace_leaves(tree, {self.leaf: new})
