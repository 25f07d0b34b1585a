"""Files to save: the parameters, a script, a replay."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias, assert_never

from miniml._playground.core.errors import RequestError
from miniml._playground.core.session import Session
from miniml._playground.shell.replay import replay
from miniml._playground.shell.script import script
from miniml.checkpoint import CheckpointError, save

ExportKind: TypeAlias = Literal["params", "script", "replay"]


def export(session: Session, what: ExportKind) -> tuple[tuple[str, str], bytes]:
    """Export a session to a file.

    Args:
        session: The session.
        what: "params" for safetensors, "script" for Python, "replay" for a page without a server.

    Returns:
        The file's name and media type, and its contents.

    Raises:
        RequestError: If a package is missing, or something has no name.
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
    """Return a checkpoint; `ml.load` reads it with the model as the template."""
    moment = session.moment
    with TemporaryDirectory() as folder:
        path = Path(folder) / "params.safetensors"
        try:
            save(path, session.params, notes={"step": moment.step, "loss": moment.loss})
        except (ImportError, CheckpointError) as error:
            raise RequestError(f"The parameters cannot be saved: {error}.") from None
        return path.read_bytes()
