"""The graph that is being traced, by thread."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from miniml.program.ir.graph import Graph

_active = threading.local()


@contextmanager
def untraced() -> Generator[None, None, None]:
    """Trace nothing within, in this thread: programs run."""
    before = active_graph()
    set_active_graph(None)
    try:
        yield
    finally:
        set_active_graph(before)


def active_graph() -> Graph | None:
    """Return the graph that is being traced in this thread."""
    return getattr(_active, "graph", None)


def current() -> Graph:
    """Return the graph that is being traced in this thread."""
    graph = active_graph()
    assert graph is not None, "called within a trace only"
    return graph


def set_active_graph(graph: Graph | None) -> None:
    """Trace into `graph` from here on, in this thread."""
    _active.graph = graph
