"""The definitions that a script copies."""

import runpy
from pathlib import Path

import pytest

import miniml as ml
from miniml._playground.core.errors import RequestError
from miniml._playground.shell.definitions import text_of


def test_definitions_are_found_inside_functions() -> None:
    """A class in the body of a function, as in some notebooks, is found and dedented."""

    @ml.model
    class Ring:
        radius: float

        def __call__(self, x: ml.Array) -> ml.Array:
            return x[:, 0] - self.radius

    text = text_of("Ring", Ring)
    assert text.startswith("@ml.model\nclass Ring:")
    assert text.endswith("return x[:, 0] - self.radius")


@pytest.mark.parametrize("bound", ["data", "model", "np"])
def test_a_name_of_the_scripts_own_is_refused(tmp_path: Path, bound: str) -> None:
    """A global that the loss reads cannot have a name that the script binds."""
    path = tmp_path / "mine.py"
    path.write_text(_BOUND.replace("BOUND", bound))
    with pytest.raises(RequestError, match=f"rename your {bound}"):
        runpy.run_path(str(path), run_name="__main__")


_BOUND = """
import numpy
import miniml as ml
from miniml._playground.core.creation import new_session
from miniml._playground.shell.script import script

BOUND = 2.0

def risk(params, given):
    return BOUND * ml.mean_loss(params, given)

script(new_session(ml.Linear(numpy.ones(2), 0.0), None, risk))
"""
