"""What NumPy runs fastest says the same."""

import numpy as np

import miniml as ml


def test_long_sums_of_float32_keep_their_digits() -> None:
    """A sum over a million float32 products is as exact as NumPy's pairwise one, also where it is not cut."""
    x = np.full(1_000_000, 0.1, np.float32)
    program = ml.jit(lambda x: np.sum(x * x[::-1]))
    assert program.explain(x).chunks == 1
    assert program(x) == np.sum(x * x[::-1])
