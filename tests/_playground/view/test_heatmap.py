"""The encoding of the heatmap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from miniml._playground.view.heatmap import color_scale, delta_encode, quantize
from miniml.types import Array


class TestHeat:
    @given(arrays(np.float64, 30, elements=st.floats(-1e9, 1e9)))
    def test_bytes_keep_sign_and_order(self, found: Array) -> None:
        """Only positive scores have bytes above 128, and bytes are ordered like scores."""
        heat = quantize(found, color_scale(found)).astype(int)
        assert (np.sign(heat - 128) * np.sign(found) >= 0).all()
        assert (np.diff(heat[np.argsort(found)]) >= 0).all()
        assert (heat > 0).all()

    @given(arrays(np.uint8, (7, 5)))
    def test_differences_sum_to_the_heat(self, heat: Array) -> None:
        """Cumulative sums along both axes, modulo 256, decode the differences."""
        steps = delta_encode(heat.reshape(-1), 5).reshape(7, 5)  # type: ignore[arg-type]  # bytes
        summed = steps.cumsum(axis=0, dtype=np.uint8).cumsum(axis=1, dtype=np.uint8)
        assert np.array_equal(summed, heat)
