"""A permalink with wrong content is refused, or opens a session that can be shown."""

import base64
import json
import zlib
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.errors import RequestError
from miniml._playground.core.permalink import encode_link, open_link
from miniml._playground.core.session import Session, UserInputs
from miniml._playground.core.session_config import SessionConfig
from tests.checkpoint import mutations


@cache
def begun() -> Session:
    return session_from_config(SessionConfig(model="mlp", data="circle"), UserInputs())


def _pairs(pairs: list[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple(pairs)


@cache
def document(*, has_points: bool) -> Any:
    """Return the contents of a link as JSON, with objects as pairs."""
    packed = base64.urlsafe_b64decode(encode_link(begun()) + "===")
    found = json.loads(zlib.decompress(packed))
    if has_points:
        found |= {"points": [[0.0, 1.0], [1.0, 2.0], [3.0, 1.0]], "labels": [1.0, -1.0, 1.0]}
        found |= {"held": [False, False, True], "features": ["a", "b"]}
    return json.loads(json.dumps(found), object_pairs_hook=_pairs)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode(errors="replace"))).decode()


@st.composite
def links(draw: st.DrawFn) -> str:
    """Return a link with one or two changes of its content."""
    content = document(has_points=draw(st.booleans()))
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(mutations.places(content)))
        way = draw(st.sampled_from(["replace", "replace", "remove", "repeat", "rename"]))
        content = mutations.changed(content, place, way, draw(mutations.nasty))
    return packed(mutations.dumped(content)).rstrip("=")


@given(links() | st.text(max_size=30) | st.text(max_size=30).map(packed))
@settings(max_examples=150)
def test_a_wrong_link_is_refused(link: str) -> None:
    """Whatever a link holds, it opens a session, or the page is told that it is damaged."""
    try:
        opened = open_link(begun(), link)
    except RequestError:
        return
    assert encode_link(opened)


@pytest.mark.parametrize("knob", [1e160, -1e300, 1e308])
@pytest.mark.parametrize("has_points", [False, True])
def test_a_link_with_large_knobs_opens(knob: float, *, has_points: bool) -> None:
    """Scores and losses that overflow are shown, not warned of."""
    content = dict(document(has_points=has_points))
    content["values"] = [knob * (-1) ** k for k in range(len(content["values"]))]
    opened = open_link(begun(), packed(mutations.dumped(tuple(content.items()))))
    assert opened.params != begun().params
