"""Shapes and threads decide how a program is cut, and whether it is."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program.chunking.program import ChunkedProgram
from miniml.program.run.build import ThreadLimitedProgram


@pytest.fixture(autouse=True)
def _two_threads() -> Iterator[None]:
    ml.set_threads(2)
    yield
    ml.set_threads(None)


def program_of(sizes: tuple[int, ...], points: int) -> Any:
    rng = np.random.default_rng(0)
    net = ml.MLP.init(rng, sizes[0], sizes[1:], activation=np.tanh)
    data = ml.Dataset(rng.normal(size=(points, sizes[0])), np.ones(points))
    gradient: Any = ml.value_and_grad(ml.mean_loss)
    return gradient.lower(net, data).program


def test_few_chunks_are_shared_out_evenly() -> None:
    """A long run over the points is cut into as many chunks for each thread."""
    program = program_of((2, 64, 64), 10_000)
    assert isinstance(program, ChunkedProgram)
    assert program.layout.chunks % program.layout.threads == 0
    assert len(program.layout.groups) == program.layout.chunks


def test_products_alone_are_left_to_blas() -> None:
    """If matrix products are most of the work, the program runs whole, with BLAS on all threads."""
    program = program_of((64, 256, 256), 128)
    assert isinstance(program, ThreadLimitedProgram)
    assert program.blas_threads == 2


def test_little_work_is_not_cut() -> None:
    """If threads would take longer to start than to work, the program runs whole."""
    assert not isinstance(program_of((2, 10, 10), 200), ChunkedProgram)
