"""The thread that owns a session, with models that are slow, raise, or cannot be traced."""

import math
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import miniml as ml
from miniml._playground.core.creation import new_session, session_from_config
from miniml._playground.core.session import Session
from miniml._playground.shell import scheduler
from miniml._playground.shell.actor import INBOX_SIZE, Actor
from miniml._playground.view.packing import unpack
from miniml.types import Array

Frame = tuple[dict[str, Any], dict[str, NDArray[Any]]]


class Page:
    """A page that draws at once, in place of a browser."""

    def __init__(self, session: Session) -> None:
        self._frames: queue.Queue[bytes] = queue.Queue()
        self.actor = Actor(session, self._frames.put)

    def say(self, text: str) -> None:
        self.actor.receive(text)

    def hear(self) -> Frame:
        frame = self._frames.get(timeout=60.0)
        self.actor.receive('{"type": "ack"}')
        return unpack(frame)

    def until(self, **wanted: object) -> Frame:
        for _ in range(500):
            head, arrays = self.hear()
            if all(head.get(key) == value for key, value in wanted.items()):
                return head, arrays
        raise AssertionError(f"no frame has {wanted}")


@contextmanager
def opened(session: Session) -> Iterator[Page]:
    page = Page(session)
    page.actor.start()
    try:
        yield page
    finally:
        page.actor.stop()


@ml.model
class Slow:
    """A line that takes 20 microseconds for each point."""

    w: Array

    def __call__(self, x: Array) -> Array:
        time.sleep(0.00002 * len(x))
        return x @ self.w


@ml.model
class Branching:
    """A line whose forward pass branches on its values, so that it cannot be traced."""

    w: Array

    def __call__(self, x: Array) -> Array:
        if float(np.max(x @ self.w)) > 1e9:
            raise OverflowError
        return x @ self.w


@ml.model
class Fragile:
    """A line that raises for large weights."""

    w: Array

    def __call__(self, x: Array) -> Array:
        if float(self.w[0]) > 3.0:
            raise RuntimeError("too large for me")
        return x @ self.w


def test_a_slow_model_answers_coarsely_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A knob of a slow model gives a coarse picture first, and a fine one later."""
    monkeypatch.setattr(scheduler, "LONGEST", math.inf)  # on a busy machine a picture takes longer
    with opened(new_session(Slow(np.array([1.0, -1.0])))) as page:
        page.until(resolution=100)
        # A picture of 100 by 100 takes this model 0.2 seconds, its whole loss surface 0.6.
        page.say('{"type": "set", "name": "w", "index": 0, "value": 0.5}')
        head, _ = page.until(answered=1)
        assert head["resolution"] < 100
        page.until(resolution=100)


def test_a_model_that_cannot_be_traced_still_has_knobs() -> None:
    """Without a gradient the knobs turn, and the page says why training is impossible."""
    with opened(new_session(Branching(np.array([1.0, -1.0])))) as page:
        page.say('{"type": "set", "name": "w", "index": 0, "value": 0.25}')
        head, arrays = page.until(answered=1)
        assert arrays["values"].tolist() == [0.25, -1.0]
        assert "gradient" not in arrays
        assert "no gradient" in head["notice"]["text"]
        page.say('{"type": "play"}')
        head, _ = page.until(answered=2, playing=False)
        assert head["notice"]["kind"] == "trouble"


def test_a_model_that_raises_gives_way_to_what_was() -> None:
    """An error of the user's model is shown, and the page returns to the last session it drew."""
    with opened(new_session(Fragile(np.array([1.0, -1.0])))) as page:
        page.say('{"type": "set", "name": "w", "index": 0, "value": 5.0}')
        head, arrays = page.until(answered=1)
        assert "RuntimeError: too large for me" in head["notice"]["text"]
        assert arrays["values"].tolist() == [1.0, -1.0]
        page.say('{"type": "set", "name": "w", "index": 0, "value": 2.0}')
        _, arrays = page.until(answered=2)
        assert arrays["values"].tolist() == [2.0, -1.0]


def test_only_what_is_new_is_sent() -> None:
    """A frame has only the new values of the loss curve, and the points only if they changed."""
    with opened(session_from_config()) as page:
        page.hear()
        for count in range(1, 4):
            page.say('{"type": "step"}')
            head, arrays = page.until(answered=count)
            assert (head["curve"], len(arrays["train_curve"])) == (count, 1)
            assert "positions" not in arrays
            assert "menus" not in head
        page.say('{"type": "add", "u": 0.5, "v": 0.5, "label": 1}')
        _, arrays = page.until(answered=4)
        assert len(arrays["labels"]) == 101


def test_heat_is_the_score_of_each_cell() -> None:
    """The bytes of the heatmap are the model's scores at the cells' centres."""
    with opened(session_from_config()) as page:
        head, arrays = page.until(resolution=100)
        steps = arrays["heat"].reshape(100, 100)
        heat = np.cumsum(np.cumsum(steps, axis=0, dtype=np.uint8), axis=1, dtype=np.uint8)
        at = (np.arange(100) + 0.5) / 100
        score = at[None, :] + at[::-1, None] - 1.0
        root = (heat.astype(float) - 128) / 127
        found = np.arctanh(np.clip(root * np.abs(root), -0.999, 0.999)) / 1.5 * head["scale"]
        near = np.abs(score) < 0.5
        assert np.allclose(found[near], score[near], atol=0.012)
        assert ((found > 0) == (score > 0))[np.abs(score) > 0.005].all()


def test_the_thread_ends() -> None:
    """Stopping ends the thread."""
    with opened(session_from_config()) as page:
        page.say('{"type": "play"}')
        page.hear()
    assert not page.actor.running


def test_ends_at_once_though_the_model_is_slow() -> None:
    """Stopping does not wait for a model that holds the thread, though the inbox is full."""
    held, free, went_on = threading.Event(), threading.Event(), threading.Event()

    @ml.model
    class Holding:
        w: Array

        def __call__(self, x: Array) -> Array:
            if len(x) == 400:  # the points of the first picture
                held.set()
                free.wait(60.0)
                went_on.set()
            return x @ self.w

    actor = Actor(new_session(Holding(np.ones(2))), lambda _: None)
    actor.start()
    assert held.wait(60.0)
    for _ in range(INBOX_SIZE):
        actor.receive('{"type": "step"}')
    actor.stop()
    assert not went_on.is_set()
    free.set()
    actor.stop()
    assert not actor.running
