"""The encoding of the heatmap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from miniml.catalogue import DRAWN, MODELS, TABLES
from miniml.playground.view.heatmap import color_scale, delta_encode, quantize
from miniml.types import Array

PAIRS = [
    (model, data)
    for model in MODELS
    for data in (*DRAWN, *TABLES)
    if (model, data) != ("part", "breast-cancer")  # part takes two features
]


class TestHeat:
    @given(arrays(np.float64, 30, elements=st.floats(-1e9, 1e9)))
    def test_bytes_keep_sign_and_order(self, found: Array) -> None:
        """A byte is above 128 for a positive score only, and bytes are ordered as scores."""
        heat = quantize(found, color_scale(found)).astype(int)
        assert (np.sign(heat - 128) * np.sign(found) >= 0).all()
        assert (np.diff(heat[np.argsort(found)]) >= 0).all()
        assert (heat > 0).all()

    @given(arrays(np.uint8, (7, 5)))
    def test_differences_sum_to_the_heat(self, heat: Array) -> None:
        """Sums along both axes, modulo 256, undo the differences."""
        steps = delta_encode(heat.reshape(-1), 5).reshape(7, 5)  # type: ignore[arg-type]  # bytes
        summed = steps.cumsum(axis=0, dtype=np.uint8).cumsum(axis=1, dtype=np.uint8)
        assert np.array_equal(summed, heat)
