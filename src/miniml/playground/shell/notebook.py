"""The playground in a notebook: the same actor and the same view, joined by anywidget."""

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from miniml.nn.layers import Layer
from miniml.playground import Widget
from miniml.playground.core.session import Session
from miniml.playground.shell.actor import Actor

_STATIC = files("miniml.playground") / "static"


class _Widget(anywidget.AnyWidget):
    """The playground as a notebook's widget.

    However often it is displayed, it is one page: all its views show the same.
    """

    _esm = traitlets.Unicode((_STATIC / "view.js").read_text(encoding="utf-8")).tag(sync=True)
    _css = traitlets.Unicode((_STATIC / "view.css").read_text(encoding="utf-8")).tag(sync=True)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._actor = Actor(session, self._show)
        self._started = False
        self.on_msg(self._hear)  # pyright: ignore[reportUnknownMemberType]  # no types there

    @property
    def model(self) -> Layer:
        """The model as it stands on the page."""
        return self._actor.session.params

    def _hear(self, _: object, content: Any, __: object) -> None:
        """Take a message; `hello` means that a new view has nothing yet."""
        if content != '{"type":"hello"}':
            self._actor.receive(content if isinstance(content, str) else "")
        elif self._started:
            self._actor.show_again()
        else:
            self._started = True
            self._actor.start()

    def _show(self, frame: bytes) -> None:
        self.send({}, buffers=[frame])  # pyright: ignore[reportUnknownMemberType]  # no types there

    def close(self) -> None:
        """End the page and its thread."""
        if self._started:
            self._actor.stop()
        super().close()


def shown(session: Session) -> Widget:
    """Make the widget of a session."""
    return _Widget(session)
