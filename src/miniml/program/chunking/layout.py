"""How to cut a program's points into chunks, decided from shapes and the number of threads alone."""

import itertools
import math
from collections.abc import Sequence

import attrs

from miniml.program.chunking import threads
from miniml.program.chunking.point_analysis import PointAnalysis
from miniml.program.ir import cost
from miniml.program.ir.graph import CONSTANT, INPUT, Node, ancestors
from miniml.program.rules.axes import PARTIAL

CACHE = 3 << 18
"""Bytes of workspace that a chunk may use: about the second-level cache of a core."""

FEWEST_ROWS = 64
"""Points in a chunk, at least: a chunk takes some microseconds to start."""

STARTING = 1e-4
"""Seconds to start other threads and to wait for them."""

TURN = 2e-6
"""Seconds that a step loses to other threads' hold of the interpreter's lock."""


@attrs.frozen
class Layout:
    """How the points are cut.

    Attributes:
        rows: The points in a chunk; the last may have fewer.
        chunks: The number of chunks.
        groups: The ranges of chunks whose results are added up on their own.
        threads: How many threads take groups.
    """

    rows: int
    chunks: int
    groups: tuple[range, ...]
    threads: int


def layout(analysis: PointAnalysis, outputs: Sequence[Node]) -> Layout | None:
    """How to cut a program's points, or None where it runs faster whole."""
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
    # About a third of the values live at a time. What every chunk reads and adds up whole
    # (weights and their gradients) should be less than what it works on, and what its steps lose by
    # threads a tenth of what they take.
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
    """Chunks of about so many rows, equally many for each thread."""
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
