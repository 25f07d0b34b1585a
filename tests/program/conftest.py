"""Fixtures of the tests of programs."""

import math
from collections.abc import Iterator

import pytest

import miniml as ml
from miniml.program.chunking import layout


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cut small arrays into chunks too, for two threads."""
    settings = {"STARTING": -math.inf, "TURN": 0.0, "CACHE": 64, "FEWEST_ROWS": 8}
    for name, value in settings.items():
        monkeypatch.setattr(layout, name, value)
    ml.set_threads(2)
    yield
    ml.set_threads(None)
