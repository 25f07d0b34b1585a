"""Pure functions of arrays, traced, derived, simplified and run as generated NumPy source."""

from miniml.program import rules as rules
from miniml.program import simplify as simplify
from miniml.program.cache import cached_on
from miniml.program.derive import pullback
from miniml.program.errors import TraceError
from miniml.program.explain import Explanation, explain
from miniml.program.graph import Graph, Node, Op
from miniml.program.staged import Backend, Staged, check_input
from miniml.program.threads import get_threads, set_threads
from miniml.program.tracer import Tracer, active_graph, alias, lift

__all__ = [
    "Backend",
    "Explanation",
    "Graph",
    "Node",
    "Op",
    "Staged",
    "TraceError",
    "Tracer",
    "active_graph",
    "alias",
    "cached_on",
    "check_input",
    "explain",
    "get_threads",
    "lift",
    "pullback",
    "set_threads",
]
