"""The bytes of a frame."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from miniml._playground.core.creation import session_from_config
from miniml._playground.view.arrays import Quality
from miniml._playground.view.frame import ClientState, frame
from miniml._playground.view.header import Header
from miniml._playground.view.packing import compact, pack, unpack
from miniml.types import Array


class TestPacking:
    @given(
        arrays(np.uint8, st.integers(0, 50)),
        arrays(np.float32, st.integers(0, 50), elements=st.floats(-1e6, 1e6, width=32)),
    )
    def test_arrays_come_back(self, small: Array, wide: Array) -> None:
        """Arrays are restored, and aligned to four bytes."""
        whole, _ = frame(session_from_config(), ClientState(), Quality(20, 0))

        header = msgspec.convert(
            {k: v for k, v in unpack(whole)[0].items() if k != "sections"}, Header
        )
        sent = {"small": small, "wide": wide, "compact": compact(wide)}
        told, found = unpack(pack(header, sent))
        assert np.array_equal(found["small"], small)
        assert np.array_equal(found["wide"], wide)
        assert np.allclose(found["compact"], wide, rtol=1e-3, atol=1e-6)
        assert np.array_equal(np.sign(found["compact"]), np.sign(wide))
        assert all(section["offset"] % 4 == 0 for section in told["sections"].values())
