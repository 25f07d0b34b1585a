"""The replay: a page without a server."""

import base64
import json
import re

import numpy as np

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.knobs import values
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.shell.replay import FRAMES, replay
from miniml._playground.view.packing import unpack


def recorded(text: str) -> tuple[list[int], list[bytes]]:
    found = re.search(
        r'<script id="frames" type="application/json">(.*?)</script>', text, re.DOTALL
    )
    assert found
    data = json.loads(found[1])
    return data["at"], [base64.b64decode(frame) for frame in data["frames"]]


def test_shows_first_and_last_and_what_lies_between() -> None:
    """A long history is thinned; the first and the last moment stay."""
    session = train(session_from_config(SessionConfig(learning_rate=0.1)), 1000)
    at, frames = recorded(replay(session))
    assert len(at) == len(frames) == FRAMES
    assert (at[0], at[-1]) == (0, 1000)
    steps = [unpack(frame)[0]["step"] for frame in frames]
    assert steps == at


def test_a_short_history_is_whole() -> None:
    """A history shorter than the limit is recorded completely, with its knobs."""
    session = train(session_from_config(), 5)
    at, frames = recorded(replay(session))
    assert at == [0, 1, 2, 3, 4, 5]
    found = [unpack(frame)[1]["values"] for frame in frames]
    for moment, shown in zip(session.history.since(0), found, strict=True):
        np.testing.assert_array_equal(shown, values(moment.params).astype("f4"))


def test_the_first_frame_holds_what_does_not_change() -> None:
    """Menus, points and the loss curve are in the first frame only."""
    _, frames = recorded(replay(train(session_from_config(), 5)))
    first, rest = unpack(frames[0]), [unpack(frame) for frame in frames[1:]]
    assert first[0]["menus"]
    assert len(first[1]["train_curve"]) == 6
    assert all("menus" not in head and not len(body["train_curve"]) for head, body in rest)


def test_asks_for_nothing() -> None:
    """The page refers to no other file and no host."""
    text = replay(train(session_from_config(), 3))
    assert "src=" not in text.split("<script id", maxsplit=1)[0]
    assert not re.findall(r'(?:src|href)="https?://', text)
    assert "default-src 'none'" in text


def test_holds_the_licences() -> None:
    """A replay is a copy of the page's code, so it contains the notices of the packages in it."""
    assert "Permission to use, copy, modify" in replay(session_from_config())
