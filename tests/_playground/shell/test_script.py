"""The exported script: it has the session's values, and trains on bit for bit."""

import contextlib
import io
import json
import re
import runpy
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml._playground.core import messages as m
from miniml._playground.core.creation import new_session, session_from_config
from miniml._playground.core.errors import RequestError
from miniml._playground.core.evaluation import named_loss
from miniml._playground.core.session import Session
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train
from miniml._playground.core.update import update
from miniml._playground.shell.script import script
from miniml.catalogue import LOSSES, MODELS, OPTIMIZERS
from miniml.tree import tree_equal


def run(text: str) -> tuple[dict[str, Any], str]:
    """Run a script as a program; return its names and its output."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(text, "model.py", "exec"), names)
    return names, said.getvalue()


def assert_replayed(session: Session, steps: int = 20) -> None:
    """Check that a session's script makes the steps that the page makes, bit for bit."""
    text = script(session)
    names, _ = run(text)
    call = re.search(r"states = (ml\.train\(.*\))", text)
    assert call
    states = list(islice(eval(call[1], names), steps))
    trained = train(session, steps)
    moments = list(trained.history.since(session.cursor + 1))
    assert [state.step for state in states] == [moment.step for moment in moments]
    assert all(tree_equal(a.params, b.params) for a, b in zip(states, moments, strict=True))
    # A state has the loss before its step, which is that of the moment before.
    assert [state.loss for state in states[1:]] == [moment.loss for moment in moments[:-1]]


class TestScript:
    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize("loss", LOSSES)
    def test_has_the_same_model_data_and_loss(self, model: str, loss: str) -> None:
        """The script has the page's model, bit for bit, and its losses."""
        hidden = (3, 2)
        acts = ("tanh", "sine")
        config = SessionConfig(model=model, loss=loss, hidden=hidden, activations=acts)
        session = session_from_config(config)
        session = train(session, 5) if model != "part" else session
        names, said = run(script(session))
        assert tree_equal(names["model"], session.params)
        assert names["loss"](names["model"], names["data"]) == session.moment.loss
        assert f"test loss: {session.moment.test_loss}" in said

    @pytest.mark.parametrize("optimizer", OPTIMIZERS)
    @pytest.mark.parametrize("batch", [0, 15])
    @pytest.mark.parametrize("steps", [0, 7])
    def test_replays_the_page(self, optimizer: str, batch: int, steps: int) -> None:
        """The script makes the page's next steps bit for bit: parameters and losses."""
        config = SessionConfig(optimizer=optimizer, learning_rate=0.03, batch=batch, seed=3)
        assert_replayed(
            train(session_from_config(config), steps) if steps else session_from_config(config)
        )

    def test_knows_the_epoch(self) -> None:
        """The state that the script starts from is in the epoch that training gives it."""
        config = SessionConfig(batch=15)  # of 70 points: 5 steps an epoch
        for steps in (4, 5, 6):
            names, _ = run(script(train(session_from_config(config), steps)))
            given = [names[name] for name in ("loss", "model", "data", "optimizer")]
            states = ml.train(*given, batch_size=15)
            assert names["start"].epoch == [state.epoch for state in islice(states, steps)][-1]

    def test_replays_from_a_moment_without_optimizer_state(self) -> None:
        """From a moment without optimiser state, script and page start with a new one."""
        config = SessionConfig(model="mlp", hidden=(4,), activations=("tanh",), batch=9)
        session = update(train(session_from_config(config), 20), m.Seek(5))
        assert session.moment.optimizer_state is None
        assert_replayed(session)

    def test_replays_a_model_turned_by_hand(self) -> None:
        """A knob turned between steps is in the script, and so is the optimiser's state."""
        assert_replayed(update(train(session_from_config(), 5), m.Set("b", 0, 0.25)))

    def test_knows_points_added_by_hand(self) -> None:
        """Points added on the page are in the script."""
        session = update(session_from_config(), m.Add(0.25, 0.75, -1))
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
        """A lambda has no name: the error says which, and what to do."""
        model = ml.Sequential((ml.Linear(np.ones(2), 0.0), ml.Lambda(lambda z: 2 * z)))
        with pytest.raises(
            RequestError, match=r"cannot name .*<lambda>.* Define it there with def"
        ):
            script(new_session(model))

    @pytest.mark.parametrize(
        ("optimizer", "batch", "seed", "steps"),
        [("adam", 0, 0, 0), ("nesterov", 9, 4, 3), ("adagrad", 16, 1, 6)],
    )
    def test_a_process_makes_the_steps_of_train_and_page(
        self, optimizer: str, batch: int, seed: int, steps: int, tmp_path: Path
    ) -> None:
        """The script as a process, `ml.train` from the start, and the page have the same bits."""
        config = SessionConfig(
            model="mlp", hidden=(3,), activations=("tanh",), data="xor", optimizer=optimizer,
            learning_rate=0.03, batch=batch, seed=seed,
        )  # fmt: skip
        first = session_from_config(config)
        session = train(first, steps) if steps else first
        file = tmp_path / "model.py"
        file.write_text(script(session) + PRINT_BITS, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, str(file)], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        of_script = json.loads(ran.stdout.splitlines()[-1])
        of_page = [
            _bits(moment.params) for moment in train(session, 5).history.since(session.cursor + 1)
        ]
        states = ml.train(
            named_loss(config.loss), first.params, session.points.train,
            OPTIMIZERS[optimizer].make(0.03), batch_size=batch or None, seed=seed,
        )  # fmt: skip
        of_train = [_bits(state.params) for state in islice(states, steps, steps + 5)]
        assert of_script == of_page == of_train


def _bits(params: object) -> list[list[str]]:
    return [[x.hex() for x in np.ravel(leaf).tolist()] for leaf in ml.tree_leaves(params)]


PRINT_BITS = """
    import json
    import re

    call = re.search(r"states = (ml\\.train\\(.*\\))", open(__file__).read())
    bits = [
        [[x.hex() for x in np.ravel(leaf).tolist()] for leaf in ml.tree_leaves(state.params)]
        for state in islice(eval(call[1]), 5)
    ]
    print(json.dumps(bits))
"""


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
    from miniml._playground.core.creation import new_session
    from miniml._playground.shell.script import script
    data = ml.Dataset(np.eye(2)[[0, 1, 0, 1]], np.array([1.0, -1.0, 1.0, -1.0]))
    print(script(new_session(Bent(ml.Linear(np.array([1.0, -1.0]), 0.1), 0.25, Flag.DOUBLED), data, risk)))
"""
