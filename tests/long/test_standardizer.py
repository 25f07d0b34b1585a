"""The standardisation of random points, against exact arithmetic."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from miniml.datasets import Standardizer


@given(st.data())
def test_moments_are_exact(data: st.DataObject) -> None:
    """Mean and deviation of any column are those of exact arithmetic, at every scale and offset."""
    dtype: Any = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    info = np.finfo(dtype)
    bits = np.float64(2.0 ** data.draw(st.integers(info.minexp, info.maxexp - 1)))
    shares = hnp.arrays(np.float64, data.draw(st.integers(1, 30)), elements=st.floats(-1.0, 1.0))
    offset = data.draw(st.sampled_from([0.0, 1.0, 1.0 - 2.0**-9, -1.0]))
    spread = 2.0 ** -data.draw(st.integers(0, 60))
    x = ((offset + spread * data.draw(shares)) / 2.0 * bits).astype(dtype)[:, None]
    exact = [Fraction(float(value)) for value in x[:, 0]]
    mean = sum(exact, Fraction()) / len(exact)
    variance = sum(((value - mean) ** 2 for value in exact), Fraction()) / len(exact)
    found = Standardizer.of(x)
    error = abs(Fraction(float(found.mean[0])) - mean)
    assert error <= 4 * Fraction(float(np.spacing(np.abs(x).max())))
    if max(exact) - min(exact) <= 4 * Fraction(float(info.eps)) * max(map(abs, exact)):
        assert found.scale[0] == 1.0
    elif found.scale[0] > 8.0 * info.smallest_subnormal:
        # The last place of the result, which may be subnormal, and the rounding of the sums.
        step = Fraction(float(np.spacing(found.scale[0]))) / Fraction(float(found.scale[0]))
        step += Fraction(2 * len(x), 2**52)
        assert abs(Fraction(float(found.scale[0])) ** 2 / variance - 1) <= 3 * step + step**2
