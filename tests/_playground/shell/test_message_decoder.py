"""The decoder of messages."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml._playground.core.errors import RequestError
from miniml._playground.shell.message_decoder import decode


class TestMessages:
    @given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists) | st.text())
    def test_anything_else_is_refused(self, value: object) -> None:
        """JSON that is not a message is refused."""
        with pytest.raises(RequestError):
            decode(msgspec.json.encode(value))

    @pytest.mark.parametrize("opening", ["[", '{"type":', '{"type":"seek","at":', '{"x":'])
    def test_what_is_nested_too_deeply_is_refused(self, opening: str) -> None:
        """A deeply nested message is refused."""
        with pytest.raises(RequestError):
            decode(opening * 20_000)

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        """Bytes that are not UTF-8 are refused."""
        with pytest.raises(RequestError):
            decode(b'{"type": "bookmark", "name": "\xff"}')
