"""The notebook widget, with a list in place of a notebook."""

import json
import queue
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import miniml as ml
from miniml._playground.view.packing import unpack

HELLO = '{"type":"hello"}'
ACK = '{"type":"ack"}'

Frame = tuple[dict[str, Any], dict[str, NDArray[Any]]]


class Front:
    """The notebook's side of a widget: it passes messages both ways."""

    def __init__(self, widget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.widget = widget
        self.sent: queue.Queue[bytes] = queue.Queue()

        def send(_: object, buffers: list[bytes]) -> None:
            self.sent.put(buffers[0])

        monkeypatch.setattr(widget, "send", send)

    def say(self, content: object) -> None:
        self.widget._handle_custom_msg(content, [])  # what a comm's message ends in

    def frame(self) -> Frame:
        found = unpack(self.sent.get(timeout=10))
        self.say(ACK)
        return found

    def until(self, part: str) -> Frame:
        while True:
            found = self.frame()
            if part in found[0]:
                return found


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    widget: Any = ml.widget(ml.Linear(np.array([1.0, 1.0]), -1.0))
    yield Front(widget, monkeypatch)
    widget.close()


def test_nothing_runs_before_it_is_shown(front: Front) -> None:
    """A widget that is not displayed has its model, and no thread."""
    assert front.widget.model(np.array([[0.5, 0.2]])) == pytest.approx([-0.3])
    assert front.sent.empty()


def test_a_view_gets_all_it_needs(front: Front) -> None:
    """The first frame after a view's hello has menus, knobs and points."""
    front.say(HELLO)
    header, arrays = front.frame()
    assert [leaf["name"] for leaf in header["leaves"]] == ["w", "b"]
    assert header["menus"]["models"][0] == "own"
    assert len(arrays["positions"]) == 2 * len(arrays["labels"])


def test_the_page_turns_the_model(front: Front) -> None:
    """A knob turned on the page changes the widget's `model`."""
    front.say(HELLO)
    front.say(json.dumps({"type": "set", "name": "b", "index": 0, "value": 0.5}))
    while front.frame()[1]["values"].tolist() != [1.0, 1.0, 0.5]:
        pass
    assert ml.named_leaves(front.widget.model)["b"] == 0.5


def test_another_view_shows_the_same(front: Front) -> None:
    """A second view receives the whole present state."""
    front.say(HELLO)
    front.say(json.dumps({"type": "step", "steps": 3}))
    while front.frame()[0]["step"] != 3:
        pass
    front.say(HELLO)
    header, arrays = front.until("menus")
    assert (header["step"], header["undo"]) == (3, True)
    assert len(arrays["train_curve"]) == 4


@pytest.mark.parametrize("content", ["{}", {"type": "play"}, None, '{"type":"run","code":"1"}'])
def test_what_is_not_a_message_is_refused(front: Front, content: object) -> None:
    """An unknown message gives a notice, and changes nothing."""
    front.say(HELLO)
    front.frame()
    front.say(content)
    header, _ = front.until("notice")
    assert header["notice"]["kind"] == "refused"
    assert not header["playing"]
