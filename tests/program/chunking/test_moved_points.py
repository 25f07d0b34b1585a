"""Losses whose steps move, take and set elements are the same in chunks and whole."""

import pytest

from miniml.program.chunking import point_analysis
from tests.program.chunk_cases import check_chunks

pytestmark = pytest.mark.usefixtures("small_chunks")


def test_random_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Value and gradients are NumPy's; some of the losses are cut into chunks."""
    monkeypatch.setattr(point_analysis, "EARLY", 0.9)
    chunks = [check_chunks(seed) for seed in range(120)]
    assert sum(count > 1 for count in chunks) > 10
