"""Values as Python expressions."""

import ast
import re
from http import HTTPStatus
from typing import Any
from uuid import SafeUUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import miniml as ml
from miniml._playground.shell.source_writer import SourceWriter

NAMES: dict[str, Any] = {"np": np, "ml": ml}

ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "i4", "?"]), hnp.array_shapes(min_dims=0, min_side=0)
)


class TestSourceWriter:
    @given(ARRAYS)
    def test_arrays_come_back(self, array: np.ndarray[Any, Any]) -> None:
        """An array's expression makes the same bits, shape and dtype."""
        again = eval(SourceWriter().of(array), NAMES)
        assert (again.dtype, again.shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(again, array)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
            ),
        )
    )
    def test_collections_come_back(self, value: object) -> None:
        """Nested collections are restored, also NaN and infinities."""
        again = eval(SourceWriter().of(value), NAMES)
        assert repr(again) == repr(value)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (HTTPStatus.OK, "HTTPStatus.OK"),
            (SafeUUID.safe, "SafeUUID.safe"),
            (re.IGNORECASE | re.MULTILINE, "RegexFlag(10)"),
        ],
    )
    def test_enumerations_come_back(self, value: object, text: str) -> None:
        """A member of an enumeration is written by name, a union of flags by number."""
        source = SourceWriter()
        written = source.of(value)
        names: dict[str, Any] = {}
        exec("\n".join(source.definitions.imports), names)
        assert written == text
        assert eval(written, names) is value

    def test_lines_are_broken(self) -> None:
        """A long expression has one line for each item."""
        text = SourceWriter().of({f"leaf {row}": np.arange(8.0) + row / 3 for row in range(4)})
        assert max(map(len, text.splitlines())) < 200
        assert len(text.splitlines()) == 6
        ast.parse(text)
