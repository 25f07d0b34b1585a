"""Files to take away: the parameters, a script, a replay."""

from typing import Literal, assert_never

import numpy as np

from miniml.playground.messages import Refused
from miniml.playground.replay import replay
from miniml.playground.script import script
from miniml.playground.session import Session
from miniml.tree import named_leaves


def export(
    session: Session, what: Literal["params", "script", "replay"]
) -> tuple[tuple[str, str], bytes]:
    """Make a file.

    Args:
        session: What is to be taken away.
        what: "params" for safetensors, "script" for Python, "replay" for a page that needs no
            server.

    Returns:
        The file's name and media type, and its contents.

    Raises:
        Refused: If a package that it needs is missing.
    """
    match what:
        case "params":
            return ("params.safetensors", "application/octet-stream"), _params(session)
        case "script":
            return ("model.py", "text/x-python"), script(session).encode()
        case "replay":
            return ("replay.html", "text/html"), replay(session).encode()
        case _:
            assert_never(what)


def _params(session: Session) -> bytes:
    try:
        from safetensors.numpy import save  # noqa: PLC0415 - an extra
    except ImportError:
        raise Refused("Saving parameters needs safetensors: pip install 'miniml[io]'.") from None
    leaves = named_leaves(session.params)
    # The library writes wrong data for arrays that are not contiguous.
    return save({name: np.ascontiguousarray(leaf) for name, leaf in leaves.items()})
