"""Decide what a generated traversal writes out, loops over, or calls; and hold its lines."""

import collections
import itertools
import re
from collections.abc import Iterator
from typing import Any

from miniml.tree.codegen import Names
from miniml.tree.structure import Structure

INLINE = 256  # objects that one function writes out one by one
PART = 24  # objects of a part that are written out inside a larger function
RUN = 8  # equal parts in a row that become a loop
OFTEN = 8  # uses of a constant that make it worth a local variable
LONGEST = 4096  # objects written out in one function before generating does not pay


class TooVaried(Exception):  # noqa: N818 - no error: the careful traversal is used instead
    """A structure has so many different parts that a program for it would be too long."""


class Writer(Names):
    """The lines of a generated function and the names that they use."""

    def __init__(self) -> None:
        super().__init__(taken=("walk", "fill"))  # functions that are written
        self.lines: list[str] = []
        self.indent = 1
        self._written = 0
        self._free: list[str] = []

    def line(self, text: str) -> None:
        """Add a line at the present depth."""
        self.lines.append("    " * self.indent + text)

    def fresh(self) -> str:
        """Return a variable that is not in use."""
        return self._free.pop() if self._free else self.new("v")

    def source(self, name: str, arguments: str, head: str = "", tail: str = "") -> str:
        """Return the whole function; values that it uses often become local variables first."""
        body = "\n".join(self.lines)
        uses = collections.Counter(re.findall(r"\w+", body))
        local = [word for word in (*self.names, "type") if uses[word] >= OFTEN]
        self.names.update({f"_{word}": self.names.get(word, type) for word in local})
        binds = f"    {', '.join(local)} = {', '.join(f'_{w}' for w in local)}\n" if local else ""
        return f"def {name}({arguments}):\n{binds}{head}{body}\n{tail}"

    def free(self, var: str) -> None:
        """Let another part use this variable: few of them keep bytecodes short."""
        if var.startswith("v"):
            self._free.append(var)

    def charge(self, objects: int) -> None:
        """Count objects written out; give up when there are too many."""
        self._written += objects
        if self._written > LONGEST:
            raise TooVaried


def batches(structure: Structure[Any]) -> Iterator[tuple[Structure[Any], int, int]]:
    """Group equal children in a row: yields child, first position, number of them."""
    first = 0
    for child, group in itertools.groupby(structure.children):
        count = sum(1 for _ in group)
        yield child, first, count
        first += count


def display(items: list[str]) -> str:
    """Write a tuple."""
    return f"({''.join(f'{item}, ' for item in items)})"
