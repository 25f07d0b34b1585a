"""Fixtures of the tests of programs."""

import math
from collections.abc import Iterator

import pytest

import miniml as ml
from miniml.program.chunking import layout
from miniml.program.run import make
from miniml.program.run.store import CompiledStore


@pytest.fixture
def compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find no compiled program by its trace: the test changes how programs are compiled."""
    monkeypatch.setattr(make, "store_of", lambda _: CompiledStore())


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch, compiled_anew: None) -> Iterator[None]:  # noqa: ARG001
    """Cut small arrays into chunks too, for two threads."""
    settings = {"STARTING": -math.inf, "TURN": 0.0, "CACHE": 64, "FEWEST_ROWS": 8}
    for name, value in settings.items():
        monkeypatch.setattr(layout, name, value)
    ml.set_threads(2)
    yield
    ml.set_threads(None)
