"""Decide how to cut a program's points into chunks, from shapes and the number of threads alone."""

import itertools
import math
from collections.abc import Sequence

import attrs

from miniml.program.chunking import threads
from miniml.program.chunking.point_analysis import PointAnalysis
from miniml.program.ir import cost
from miniml.program.ir.graph import CONSTANT, INPUT, Node
from miniml.program.ir.walk import ancestors
from miniml.program.rules.axes import PARTIAL

CACHE = 3 << 18
"""Bytes of workspace for a chunk: about the second-level cache of a core."""

FEWEST_ROWS = 64
"""The fewest points in a chunk: a chunk takes some microseconds to start."""

STARTING = 1e-4
"""Seconds to start other threads and wait for them."""

TURN = 2e-6
"""Seconds that a step waits for the interpreter's lock, which other threads hold."""


@attrs.frozen
class Layout:
    """The chunks that the points are cut into.

    Attributes:
        rows: The points in a chunk; the last may have fewer.
        chunks: The number of chunks.
        groups: Ranges of chunks; the results of each are added up first.
        threads: How many threads share the groups.
    """

    rows: int
    chunks: int
    groups: tuple[range, ...]
    threads: int


def layout(analysis: PointAnalysis, outputs: Sequence[Node]) -> Layout | None:
    """Return how to cut a program's points, or None if it runs faster whole."""
    inside = [
        n
        for n in ancestors(outputs)
        if isinstance(analysis.tags[n], int) or analysis.tags[n] == PARTIAL
    ]
    steps = [node for node in inside if node.op not in (INPUT, CONSTANT)]
    leaves = [node for node in inside if node.op in (INPUT, CONSTANT)]
    sums = [node for node in steps if analysis.tags[node] == PARTIAL]
    work = cost.seconds(steps)
    workers = threads.get_threads()
    size = cost.nbytes(inside)
    if workers == 1 and size < 2 * CACHE:
        return None
    per_point = max(size / analysis.points, 1)
    # About a third of the values are alive at a time. The sums of a chunk (gradients of weights)
    # should be smaller than its other values, and the steps should wait for other threads at most a
    # tenth of their time.
    shared = cost.nbytes(sums)
    turns = TURN * len(steps) if workers > 1 else 0.0
    rows = max(3 * CACHE / per_point, 4 * shared / per_point, 10 * turns * analysis.points / work)
    cut = _cut(analysis.points, max(int(rows), FEWEST_ROWS), workers)
    if workers == 1:
        return cut
    products = cost.products(steps)
    fetched = sum(cost.fetching(node.inputs) for node in steps)
    whole = products / workers + work - products + fetched
    adding = cut.chunks * cost.adding(sums)
    chunked = (work + adding + cut.chunks * turns) / cut.threads + cost.fetching(leaves) + STARTING
    return cut if chunked < whole else None


def _cut(points: int, rows: int, workers: int) -> Layout:
    """Return chunks of about this many rows, the same number for each thread."""
    chunks = math.ceil(points / rows)
    if chunks < 8 * workers:
        chunks = math.ceil(chunks / workers) * workers
    rows = math.ceil(points / chunks)
    rows = min(math.ceil(rows / 8) * 8, points)
    chunks = math.ceil(points / rows)
    count = min(chunks, 8 * workers)
    bounds = [chunks * g // count for g in range(count + 1)]
    groups = tuple(range(lo, hi) for lo, hi in itertools.pairwise(bounds))
    return Layout(rows, chunks, groups, min(workers, count))
