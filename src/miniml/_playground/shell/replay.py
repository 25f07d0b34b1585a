"""The replay: a page that plays a history without a server."""

import base64
import json
from importlib.resources import files

import attrs
import numpy as np

from miniml._playground.core.session import Session
from miniml._playground.view.arrays import Quality
from miniml._playground.view.frame import ClientState, frame

FRAMES = 80
"""The most moments that a replay shows."""

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
"""The content security policy: the page may use only what it contains."""


def replay(session: Session) -> str:
    """Return the history as one HTML file: the page and its frames.

    Args:
        session: The session whose present branch is played, from its first moment.

    Returns:
        The text of the file, which loads nothing from elsewhere.
    """
    last = len(session.history) - 1
    chosen = np.unique(np.linspace(0, last, FRAMES).astype(int)).tolist()
    client, frames = ClientState(), list[str]()
    for at in chosen:
        view = attrs.evolve(session.view, probe=None)
        moment = attrs.evolve(
            session, cursor=at, playing=False, notice=None, compared=None, view=view
        )
        sent, client = frame(moment, client, Quality(50, 15))
        frames.append(base64.b64encode(sent).decode())
    static = files("miniml._playground") / "static"
    code = (static / "view.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    style = (static / "view.css").read_text(encoding="utf-8")
    licenses = (static / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8")
    data = json.dumps({"at": chosen, "frames": frames})
    return (
        f'<!doctype html>\n<!--\n{licenses}-->\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        "<title>miniml replay</title>\n"
        f"<style>{style}</style>\n"
        f'<div id="miniml" data-replay></div>\n'
        f'<script id="frames" type="application/json">{data}</script>\n'
        f'<script type="module">{code}</script>\n</html>\n'
    )
