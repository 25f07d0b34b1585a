"""The script that rebuilds what is seen."""

import ast
import contextlib
import io
import re
import runpy
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import SafeUUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import miniml as ml
from miniml.catalogue import LOSSES, MODELS, OPTIMIZERS
from miniml.playground.core import messages as m
from miniml.playground.core.creation import start
from miniml.playground.core.messages import RequestError
from miniml.playground.core.session_config import SessionConfig
from miniml.playground.core.training import train
from miniml.playground.core.update import update
from miniml.playground.core.user_inputs import new_session
from miniml.playground.shell.definitions import text_of
from miniml.playground.shell.script import script
from miniml.playground.shell.source_writer import SourceWriter
from miniml.tree import tree_equal

NAMES: dict[str, Any] = {"np": np, "ml": ml}


def run(text: str) -> tuple[dict[str, Any], str]:
    """Run a script as its own program; gives its names and what it printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(text, "model.py", "exec"), names)
    return names, said.getvalue()


class TestScript:
    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("loss", LOSSES)
    def test_has_the_same_model_data_and_loss(self, model: str, loss: str) -> None:
        """Run, the script has the model bit by bit, and its losses are those of the page."""
        hidden = (3, 2)
        acts = ("tanh", "sine")
        session = start(
            None, SessionConfig(model=model, loss=loss, hidden=hidden, activations=acts)
        )
        session = train(session, 5) if model != "part" else session
        names, said = run(script(session))
        assert tree_equal(names["model"], session.params)
        assert names["loss"](names["model"], names["data"]) == session.moment.loss
        assert f"test loss: {session.moment.test_loss}" in said

    @pytest.mark.parametrize("optimizer", OPTIMIZERS)
    def test_trains_on_as_the_page_does(self, optimizer: str) -> None:
        """From the start, and with all points a step, the script walks the page's path."""
        session = start(None, SessionConfig(optimizer=optimizer, learning_rate=0.03))
        names, _ = run(script(session))
        states = ml.train(names["loss"], names["model"], names["data"], names["optimizer"])
        params = [state.params for state, _ in zip(states, range(20), strict=False)][-1]
        assert ml.tree_allclose(params, train(session, 20).params)

    def test_knows_points_added_by_hand(self) -> None:
        """Points added on the page are in the script."""
        session = update(start(), m.Add(0.25, 0.75, -1))
        assert [0.25, 0.75] in run(script(session))[0]["data"].x.tolist()

    def test_copies_what_main_defines(self, tmp_path: Path) -> None:
        """A model, a loss and what they use, defined in `__main__`, are copied in order."""
        path = tmp_path / "mine.py"
        path.write_text(MAIN)
        with contextlib.redirect_stdout(io.StringIO()) as text:
            runpy.run_path(str(path), run_name="__main__")
        names, said = run(text.getvalue())
        assert names["model"].inner.w.tolist() == [1.0, -1.0]
        loss = float(names["loss"](names["model"], names["data"]))
        assert f"training loss: {loss}" in said
        assert names["model"].flag is names["Flag"].DOUBLED
        assert names["swish"](np.ones(1)) == pytest.approx(1 / (1 + np.exp(-2.0)))

    def test_says_what_it_cannot_name(self) -> None:
        """A lambda has no name: the sentence says which, and what to do."""
        model = ml.Sequential((ml.Linear(np.ones(2), 0.0), ml.Lambda(lambda z: 2 * z)))
        with pytest.raises(RequestError, match=r"cannot name .*<lambda>.* Give it one with def"):
            script(new_session(model)())


MAIN = """
import numpy as np
import scipy.special as sp
import enum
import miniml as ml
from miniml import Array, Scalar, Static

SCALE = 2.0

class Flag(enum.Flag):  # named as the class that it extends
    DOUBLED = 1

def swish(z: Array) -> Array:
    return z * sp.expit(SCALE * z)

@ml.model
class Bent:
    inner: ml.Linear
    k: float
    flag: Static[Flag]
    def __call__(self, x: "Array") -> Array:
        return swish(self.inner(x)) - self.k

def risk(params: Bent, data: ml.Dataset) -> Scalar:
    return np.mean(np.logaddexp(0.0, -data.y * params(data.x)))

if __name__ == "__main__":
    from miniml.playground.core.user_inputs import new_session
    from miniml.playground.shell.script import script
    data = ml.Dataset(np.eye(2)[[0, 1, 0, 1]], np.array([1.0, -1.0, 1.0, -1.0]))
    print(script(new_session(Bent(ml.Linear(np.array([1.0, -1.0]), 0.1), 0.25, Flag.DOUBLED), data, risk)()))
"""

ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "i4", "?"]), hnp.array_shapes(min_dims=0, min_side=0)
)


class TestSourceWriter:
    @given(ARRAYS)
    def test_arrays_come_back(self, array: np.ndarray[Any, Any]) -> None:
        """An array's expression makes the same bits, of the same shape and dtype."""
        again = eval(SourceWriter().of(array), NAMES)
        assert (again.dtype, again.shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(again, array)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
            ),
        )
    )
    def test_collections_come_back(self, value: object) -> None:
        """Nested collections come back as they were, NaN and infinities too."""
        again = eval(SourceWriter().of(value), NAMES)
        assert repr(again) == repr(value)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (HTTPStatus.OK, "HTTPStatus.OK"),
            (SafeUUID.safe, "SafeUUID.safe"),
            (re.IGNORECASE | re.MULTILINE, "RegexFlag(10)"),
        ],
    )
    def test_enumerations_come_back(self, value: object, text: str) -> None:
        """A member of an enumeration is written by name, a union of flags by its number."""
        source = SourceWriter()
        written = source.of(value)
        names: dict[str, Any] = {}
        exec("\n".join(source.definitions.imports), names)
        assert written == text
        assert eval(written, names) is value

    def test_lines_are_broken(self) -> None:
        """What is too long for a line is broken, an item a line."""
        text = SourceWriter().of({f"leaf {row}": np.arange(8.0) + row / 3 for row in range(4)})
        assert max(map(len, text.splitlines())) < 200
        assert len(text.splitlines()) == 6
        ast.parse(text)


def test_definitions_are_found_inside_functions() -> None:
    """A notebook's cell may be a function's body: its classes are found there, and dedented."""

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
    """What a loss takes from a name that the script binds itself would be something else there."""
    path = tmp_path / "mine.py"
    path.write_text(_BOUND.replace("BOUND", bound))
    with pytest.raises(RequestError, match=f"rename your {bound}"):
        runpy.run_path(str(path), run_name="__main__")


_BOUND = """
import numpy
import miniml as ml
from miniml.playground.core.user_inputs import new_session
from miniml.playground.shell.script import script

BOUND = 2.0

def risk(params, given):
    return BOUND * ml.mean_loss(params, given)

script(new_session(ml.Linear(numpy.ones(2), 0.0), None, risk)())
"""
