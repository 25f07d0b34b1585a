"""Pure functions of arrays, traced, differentiated, simplified and run as generated NumPy source.

The files, in the order in which a function becomes a program:

- `staged` finds the program for some arguments, or makes it; `spec`, `naming` and `cache` serve it.
- `tracer`, `operators` and `shaped` are the stand-ins that the function is called with, `active` says
  in which graph they record, `owning` which of them may be assigned to, and `array_api` what libraries
  for the array API find. What they cannot do is told by `concrete`, `origin` and `errors`.
- `graph` is what they record. `registry` and `rules/` have, for each NumPy function, what it records
  and its derivative; `dtypes` says in which dtype it runs, and `simplify` and `slices` rewrite
  operations as they are recorded.
- `gradient` and `derive` record the derivative in the same graph; `examples` and `example_rules` what
  `vmap` does for many examples at once. `loop_recording` records a step that `scan` makes many times,
  `loops` is what it becomes, `loop_pruning` leaves out what nobody reads, `emit_loop` writes it.
- `build` makes the program: `reroll` undoes Python loops over points; `batch`, `batch_axes` and
  `layout` decide about chunks, which `chunk_graph` and `chunk` make and run; `lower` and
  `lower_windows` pick the operations that NumPy runs fastest; `plan` assigns memory; `emit` writes the
  source, `emit_numbers` that of steps on lone numbers; `execute` compiles it.
- `cost` estimates times, `explain` counts operations, `threads` holds the threads, `backends/` runs
  the same functions elsewhere, and `coverage` writes the documentation of the rules.
"""

from miniml.program import rules as rules
from miniml.program.autodiff.reverse import depends
from miniml.program.chunking.threads import get_threads, set_threads
from miniml.program.closure.cache import cached_on, closure_key
from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import Graph, Node, Op
from miniml.program.run.explain import Explanation, explain
from miniml.program.run.jit import JitFunction
from miniml.program.run.lowered import Lowered
from miniml.program.run.options import Backend, TransformOptions
from miniml.program.run.program import Program, program_of
from miniml.program.run.tracing import check_input
from miniml.program.trace.active import active_graph
from miniml.program.trace.tracer import Tracer, alias, borrowed, fresh, lift

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
    "alias",
    "borrowed",
    "cached_on",
    "check_input",
    "closure_key",
    "depends",
    "explain",
    "fresh",
    "get_threads",
    "lift",
    "program_of",
    "set_threads",
]
