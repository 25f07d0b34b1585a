"""Losses in chunks: the law of `tests/program/chunking/test_moved_points.py`."""

import math

import pytest

from miniml.program.chunking import layout, point_analysis
from tests.program.chunk_cases import check_chunks


def test_random_losses(examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Value and gradients are NumPy's, in chunks or whole."""
    for name, value in {"STARTING": -math.inf, "TURN": 0.0, "CACHE": 64, "FEWEST_ROWS": 8}.items():
        monkeypatch.setattr(layout, name, value)
    monkeypatch.setattr(point_analysis, "EARLY", 0.9)
    for seed in range(1000, 1000 + examples):
        check_chunks(seed)
