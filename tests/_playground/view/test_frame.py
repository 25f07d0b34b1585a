"""The contents of a frame."""

import numpy as np
import pytest

import miniml as ml
from miniml._playground.core import messages as m
from miniml._playground.core.creation import new_session, session_from_config
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train, with_history
from miniml._playground.core.update import update
from miniml._playground.view.arrays import Quality
from miniml._playground.view.frame import ClientState, frame
from miniml._playground.view.landscape import sweep
from miniml._playground.view.packing import unpack
from miniml.catalogue import DRAWN, LOSSES, MODELS, TABLES

PAIRS = [
    (model, data)
    for model in MODELS
    for data in (*DRAWN, *TABLES)
    if (model, data) != ("part", "breast-cancer")  # part takes two features
]


class TestFrame:
    @pytest.mark.parametrize(("model", "data"), PAIRS)
    def test_every_model_on_every_set(self, model: str, data: str) -> None:
        """Every model that takes the data gives a complete frame."""
        session = session_from_config(SessionConfig(model=model, data=data))
        head, parts = unpack(frame(session, ClientState(), Quality(20, 5))[0])
        assert len(parts["heat"]) == 400
        assert len(parts["positions"]) == 2 * len(parts["labels"])
        assert len(parts["gradient"]) == len(parts["values"])
        assert len(parts["surface"]) == 25
        assert head["train"]["points"] + head["test"]["points"] == len(parts["labels"])

    @pytest.mark.parametrize("loss", LOSSES)
    def test_the_full_loss_is_the_sum(self, loss: str) -> None:
        """The full loss is the sum of the point losses, as the library computes it."""
        session = session_from_config(SessionConfig(loss=loss))
        head, _ = unpack(frame(session, ClientState(), Quality(20, 0))[0])
        direct = ml.full_loss(session.params, session.points.train, getattr(ml, loss))
        assert head["full_loss"] == pytest.approx(float(direct))
        assert head["train"]["loss"] == pytest.approx(session.moment.loss)

    def test_the_loss_of_ones_own(self) -> None:
        """The user's own loss has a value, but no full loss."""

        def loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
            total: ml.Scalar = np.sum(np.square(params(data.x) - np.mean(data.y)))
            return total

        session = new_session(ml.Linear(np.ones(2), 0.0), None, loss)
        head, _ = unpack(frame(session, ClientState(), Quality(20, 0))[0])
        assert head["train"]["loss"] == session.moment.loss
        assert head["test"]["loss"] == session.moment.test_loss
        assert head["full_loss"] is None

    def test_a_score_that_is_not_a_number_is_wrong(self) -> None:
        """A score that is not a number is wrong for both classes."""
        with np.errstate(all="ignore"):
            broken = with_history(session_from_config(), ml.Linear(np.array([np.nan, 1.0]), 0.0))
        head, _ = unpack(frame(broken, ClientState(), Quality(20, 0))[0])
        assert head["train"]["accuracy"] == 0.0
        assert head["train"]["counts"] == [0, 0, 0, 0]

    def test_two_knobs_of_the_map_differ(self) -> None:
        """The header names the knobs over which the loss is drawn."""
        session = update(session_from_config(), m.Look(knobs=(2, 2)))
        head, parts = unpack(frame(session, ClientState(), Quality(20, 5))[0])
        assert head["view"]["knobs"] == [2, 0]
        assert parts["path"].tolist() == [-1.0, 1.0]

    def test_a_model_that_fails_elsewhere_can_be_turned(self) -> None:
        """A model that raises for some values is drawn for the others, with a notice."""

        @ml.model
        class Narrow:
            w: ml.Array

            def __call__(self, x: ml.Array) -> ml.Array:
                if len(x) == 400 or (type(self.w) is np.ndarray and self.w.max() > 1.5):
                    raise ValueError("no")
                return x @ self.w

        session = new_session(Narrow(np.ones(2)))
        head, parts = unpack(frame(session, ClientState(), Quality(20, 5))[0])
        assert "fails between the points: ValueError: no" in head["notice"]["text"]
        assert np.isnan(parts["surface"]).any()
        assert np.isfinite(parts["surface"]).any()

    def test_slopes_are_the_gradient(self) -> None:
        """The gradient is the derivative of the training loss by each knob."""
        session = session_from_config(SessionConfig(model="split", data="xor"))
        _, parts = unpack(frame(session, ClientState(), Quality(20, 0))[0])
        for knob, slope in enumerate(parts["gradient"]):
            line = sweep(session, knob)
            at, losses = line[:, 0], line[:, 1]
            here = float(parts["values"][knob])
            assert np.interp(here, at, np.gradient(losses, at)) == pytest.approx(slope, abs=0.02)

    def test_points_on_a_line(self) -> None:
        """Points of one feature are drawn on a line, with the score over it."""
        data = ml.Dataset(np.linspace(-1, 1, 12)[:, None], np.repeat([-1.0, 1.0], 6))
        session = new_session(ml.Linear(np.array([2.0]), 0.5), data)
        _, parts = unpack(frame(update(session, m.Probe(0.0, 0.0)), ClientState())[0])
        assert "heat" not in parts
        assert np.allclose(parts["line"], 2.0 * np.linspace(-1.16, 1.16, 201) + 0.5, atol=1e-5)

    def test_the_probe_is_the_score_and_its_slope(self) -> None:
        """At (0.5, 0.2) the slide's line scores -0.3, and its slope is (1, 1)."""
        session = update(session_from_config(), m.Probe(0.5, 0.2))
        head, _ = unpack(frame(session, ClientState(), Quality(20, 0))[0])
        assert head["probe"]["score"] == pytest.approx(-0.3)
        assert head["probe"]["slope"] == pytest.approx([1.0, 1.0])

    def test_what_is_not_a_number_is_null(self) -> None:
        """A model of NaN gives nulls in the JSON, and empty cells."""
        with np.errstate(all="ignore"):
            broken = with_history(session_from_config(), ml.Linear(np.array([np.nan, 1.0]), 0.0))
            head, parts = unpack(frame(broken, ClientState(), Quality(20, 5))[0])
        assert head["train"]["loss"] is None
        assert not parts["heat"].reshape(20, 20).cumsum(0).cumsum(1).astype(np.uint8).any()

    def test_a_compared_moment_is_sent_once(self) -> None:
        """The compared picture is sent once."""
        session = update(train(session_from_config(), 5), m.Compare(0))
        sent, seen = frame(session, ClientState(), Quality(20, 0))
        assert {"ghost", "ghost_values"} <= unpack(sent)[1].keys()
        assert "ghost" not in unpack(frame(session, seen, Quality(20, 0))[0])[1]
