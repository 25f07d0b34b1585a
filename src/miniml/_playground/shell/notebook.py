"""The notebook widget: the same actor and the same page, joined by anywidget."""

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from miniml._playground import Widget
from miniml._playground.core.session import Session
from miniml._playground.shell.actor import Actor
from miniml.nn.layers import Layer

_STATIC = files("miniml._playground") / "static"


class _Widget(anywidget.AnyWidget):
    """The playground as a widget; all its views show the same page."""

    _esm = traitlets.Unicode((_STATIC / "view.js").read_text(encoding="utf-8")).tag(sync=True)
    _css = traitlets.Unicode((_STATIC / "view.css").read_text(encoding="utf-8")).tag(sync=True)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._actor = Actor(session, self._send_frame)
        self._started = False
        self.on_msg(self._receive)  # pyright: ignore[reportUnknownMemberType]  # anywidget is untyped

    @property
    def model(self) -> Layer:
        """The present model of the page."""
        return self._actor.session.params

    def _receive(self, _: object, content: Any, __: object) -> None:
        """Take a message; a new view, which has nothing yet, sends `hello`."""
        if content != '{"type":"hello"}':
            self._actor.receive(content if isinstance(content, str) else "")
        elif self._started:
            self._actor.show_again()
        else:
            self._started = True
            self._actor.start()

    def _send_frame(self, frame: bytes) -> None:
        self.send({}, buffers=[frame])  # pyright: ignore[reportUnknownMemberType]  # anywidget is untyped

    def close(self) -> None:
        """Close the page and end its thread."""
        if self._started:
            self._actor.stop()
        super().close()


def make_widget(session: Session) -> Widget:
    """Return the widget of a session."""
    return _Widget(session)
