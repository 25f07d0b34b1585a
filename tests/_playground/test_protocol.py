"""The protocol between the server and the TypeScript view."""

import re
from pathlib import Path

import msgspec
import pytest

from miniml._playground.core import messages
from miniml._playground.core.knobs import LeafSchema
from miniml._playground.core.session import Notice
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.view import header

ROOT = Path(__file__).parents[2]


class TestProtocol:
    """The TypeScript interfaces have the fields of the Python classes."""

    SOURCE = (ROOT / "playground/src/protocol.ts").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("name", "python"),
        [
            ("Leaf", LeafSchema),
            ("SessionConfig", SessionConfig),
            ("Notice", Notice),
            *((name, getattr(header, name)) for name in ("Stats", "Axes", "ViewState")),
            *((name, getattr(header, name)) for name in ("ProbeResult", "Bookmark", "LessonText")),
            *((name, getattr(header, name)) for name in ("Menus", "Section", "Header")),
        ],
    )
    def test_heads_have_the_same_fields(self, name: str, python: type[msgspec.Struct]) -> None:
        """Each part of a header has the same fields in Python and TypeScript."""
        body = re.search(rf"interface {name} \{{(.*?)\n\}}", self.SOURCE, re.DOTALL)
        assert body
        fields = set(re.findall(r"readonly (\w+)\??:", body.group(1)))
        assert fields == set(python.__struct_encode_fields__)

    def test_messages_have_the_same_names(self) -> None:
        """The view sends exactly the messages that the server knows."""
        union = self.SOURCE[self.SOURCE.index("export type Message =") :].partition(";\n\n")[0]
        sent = {
            word
            for words in re.findall(r"type: ((?:\"\w+\"(?: \| )?)+)", union)
            for word in re.findall(r"\w+", words)
        }
        known = {kind.__struct_config__.tag for kind in messages.Message.__args__}
        assert sent == known
