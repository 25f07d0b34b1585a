"""Pure functions of arrays, traced, differentiated, simplified and run as generated NumPy source.

The rooms, in the order in which a function becomes a program; `docs/architecture.md` follows a loss
through them:

- `run` finds the program for the arguments, or traces the function and builds one. `closure` finds
  out whether what the function reads has changed.
- `trace` has the tracers that the function is called with. For each NumPy function, `rules` has the
  operations that it records in a graph, and all that is known of them. `ir` defines both.
- `autodiff` records derivatives in the same graph, `batching` what `vmap` does, `loops` what `scan` does.
- `passes` simplify the graph, `chunking` divides it along the points, `codegen` writes the source.
"""

from miniml.program import rules as rules
from miniml.program.autodiff.reverse import depends
from miniml.program.chunking.threads import get_threads, set_threads
from miniml.program.closure.cache import cached_on
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Graph, Node, Op
from miniml.program.run.explain import Explanation, explain
from miniml.program.run.jit import JitFunction
from miniml.program.run.lowered import Lowered
from miniml.program.run.options import Backend, TransformOptions
from miniml.program.run.program import Program, program_of
from miniml.program.run.tracing import check_input
from miniml.program.trace.active import active_graph
from miniml.program.trace.tracer import Tracer, borrowed, fresh, lift, variable

__all__ = [
    "Backend",
    "Explanation",
    "Graph",
    "JitFunction",
    "Lowered",
    "Node",
    "Op",
    "Program",
    "TraceError",
    "Tracer",
    "TransformOptions",
    "active_graph",
    "borrowed",
    "cached_on",
    "check_input",
    "depends",
    "explain",
    "fresh",
    "get_threads",
    "lift",
    "program_of",
    "set_threads",
    "variable",
]
