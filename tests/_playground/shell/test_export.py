"""The exported files."""

from pathlib import Path

import numpy as np
import pytest

import miniml as ml
from miniml._playground.core.creation import new_session, session_from_config
from miniml._playground.core.errors import RequestError
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.shell.export import export
from miniml.checkpoint import describe


def test_params_load_into_the_model(tmp_path: Path) -> None:
    """The parameters are a checkpoint that `load` reads, bit for bit, with the step in its notes."""
    session = train(session_from_config(SessionConfig(model="mlp")), 7)
    (name, _), content = export(session, "params")
    (tmp_path / name).write_bytes(content)
    assert ml.tree_equal(ml.load(tmp_path / name, session.params), session.params)
    assert describe(tmp_path / name).notes == {"step": 7, "loss": session.moment.loss}


def test_what_a_checkpoint_cannot_hold_is_told() -> None:
    """A dtype that the format lacks gives a sentence for the user."""
    model = ml.Linear(np.ones(2, np.longdouble), 0.0)
    with pytest.raises(RequestError, match="cannot be saved"):
        export(new_session(model), "params")


def test_names_say_what_they_are() -> None:
    """Each file has a name with a suffix, and a media type."""
    heads = [export(session_from_config(), what)[0] for what in ("params", "script", "replay")]
    assert [Path(name).suffix for name, _ in heads] == [".safetensors", ".py", ".html"]
    assert [media for _, media in heads] == [
        "application/octet-stream",
        "text/x-python",
        "text/html",
    ]
