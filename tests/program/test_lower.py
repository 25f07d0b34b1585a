"""What NumPy runs fastest says the same."""

import numpy as np
import pytest

import miniml as ml


def test_long_sums_of_float32_keep_their_digits() -> None:
    """A sum over a million float32 products is as exact as NumPy's pairwise one, also where it is not cut."""
    x = np.full(1_000_000, 0.1, np.float32)
    program = ml.jit(lambda x: np.sum(x * x[::-1]))
    assert program.explain(x).chunks == 1
    assert program(x) == np.sum(x * x[::-1])


@pytest.mark.parametrize("axes", [0, 1, 2, (0, 1), (1, 2), (0, 2), -1])
@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 5), (3, 4, 0), (0, 4, 5)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_sums_over_some_axes(
    axes: int | tuple[int, ...], shape: tuple[int, ...], order: str
) -> None:
    """A sum over some axes of three, of what is computed and of what is given, is NumPy's."""
    x = np.asarray(np.random.default_rng(0).normal(size=shape), order="F" if order == "F" else "C")
    found = ml.jit(lambda x: (np.sum(x, axes), np.sum(np.tanh(x), axes), np.sum(x.T, axes)))(x)
    for total, part in zip(found, (x, np.tanh(x), x.T), strict=True):
        np.testing.assert_allclose(total, np.sum(part, axes), rtol=1e-12, atol=1e-12)
