"""Passes: each is a function from a graph and its outputs to a graph and outputs with less work.

`run.build` lists them in their order.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from miniml.program.ir.graph import Graph, Node

Pass: TypeAlias = Callable[[Graph, Sequence[Node]], tuple[Graph, list[Node]]]
"""From a graph and its outputs to those that take their place: in this graph or a new one."""
