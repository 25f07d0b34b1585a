"""The permalink of a session."""

import base64
import zlib
from contextlib import suppress

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml._playground.core import messages as m
from miniml._playground.core.creation import new_session, session_from_config
from miniml._playground.core.errors import RequestError
from miniml._playground.core.permalink import encode_link, open_link
from miniml._playground.core.session import Session
from miniml._playground.core.session_config import SessionConfig
from miniml._playground.core.training import train, with_history
from miniml._playground.core.update import update
from miniml._playground.shell.message_decoder import decode
from miniml.nn.point_losses import FORMER_NAMES, POINT_LOSSES
from miniml.tree import tree_equal

config = st.builds(
    SessionConfig,
    model=st.sampled_from(["linear", "split", "part", "mlp"]),
    hidden=st.just((3, 2)),
    activations=st.sampled_from([("relu", "relu"), ("tanh", "sine")]),
    data=st.sampled_from(["simple", "xor", "gauss", "two-spirals", "quadrants"]),
    noise=st.sampled_from([0.0, 0.3]),
    points=st.integers(10, 40),
    loss=st.sampled_from(tuple(POINT_LOSSES)),
    seed=st.integers(0, 5),
)


def pack(value: object) -> str:
    return base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(value))).decode().rstrip("=")


class TestRoundTrip:
    @given(config, st.integers(0, 3))
    def test_brings_the_same_back(self, chosen: SessionConfig, steps: int) -> None:
        """For any configuration and training, the link restores model, points and loss."""
        session = (
            train(session_from_config(chosen), steps) if steps else session_from_config(chosen)
        )
        again = open_link(session_from_config(), encode_link(session))
        assert tree_equal(again.params, session.params)
        assert np.array_equal(again.points.x, session.points.x)
        assert again.moment.loss == pytest.approx(session.moment.loss, nan_ok=True)
        assert again.config == session.config

    @pytest.mark.parametrize(("old", "new"), FORMER_NAMES.items())
    def test_a_loss_of_an_earlier_link_has_its_present_name(self, old: str, new: str) -> None:
        """A link that has the former name of a point loss opens with that loss."""
        opened = open_link(session_from_config(), pack({"settings": {"loss": old}}))
        assert opened.config.loss == new

    def test_points_by_hand_come_along(self) -> None:
        """Points that the user added are in the link."""
        session = update(session_from_config(), m.Add(0.25, 0.75, -1))
        again = open_link(session_from_config(), encode_link(session))
        assert np.array_equal(again.points.x, session.points.x)
        assert np.array_equal(again.points.held, session.points.held)
        assert again.moment.loss == session.moment.loss

    def test_no_points_are_no_points(self) -> None:
        """If all points were removed, the link restores none."""
        session = session_from_config(SessionConfig(points=4))
        for _ in range(4):
            session = update(session, m.Remove(0))
        assert len(open_link(session_from_config(), encode_link(session)).points.y) == 0

    def test_names_come_along(self) -> None:
        """The names of the user's columns and classes are in the link."""
        session = update(
            session_from_config(SessionConfig(data="breast-cancer")), m.Add(0.0, 0.0, 1)
        )
        again = open_link(session_from_config(), encode_link(session))
        assert again.points.features == session.points.features
        assert again.points.classes == session.points.classes

    def test_numbers_that_are_not_finite(self) -> None:
        """A model of NaN is restored."""
        with np.errstate(all="ignore"):
            broken = with_history(session_from_config(), ml.Linear(np.array([np.nan, 1.0]), 0.5))
            again = open_link(session_from_config(), encode_link(broken))
        assert isinstance(again.params, ml.Linear)
        assert np.isnan(again.params.w[0])
        assert again.params.b == 0.5

    def test_a_model_of_too_many_numbers(self) -> None:
        """The link of a large model restores its initial values."""
        wide = SessionConfig(model="mlp", hidden=(128, 128), activations=("relu", "relu"))
        session = session_from_config(wide)
        assert tree_equal(
            open_link(session_from_config(), encode_link(session)).params, session.params
        )

    def test_the_largest_link_can_be_sent(self) -> None:
        """The longest link is within the limit of a message."""
        rng = np.random.default_rng(0)
        data = ml.Dataset(rng.standard_normal((5000, 4)), np.sign(rng.standard_normal(5000)))
        model = ml.Linear(rng.standard_normal(4), 0.5)
        link = encode_link(new_session(model, data))
        decode(msgspec.json.encode({"type": "open", "link": link}))

    def test_the_view_comes_along(self) -> None:
        """The axes of the picture are in the link."""
        session = update(
            session_from_config(SessionConfig(data="breast-cancer")), m.Look(axes=(3, 7))
        )
        again = open_link(session_from_config(), encode_link(session))
        assert again.view.axes == (3, 7)
        assert again.plane.labels == session.plane.labels


class TestDamage:
    @given(st.text(max_size=200))
    def test_nonsense_is_refused(self, link: str) -> None:
        """Any text opens a session or is refused."""
        with pytest.raises(RequestError):
            open_link(session_from_config(), link + "~")

    @given(st.integers(0, 400), st.sampled_from("ABCxyz019-_"))
    def test_a_changed_letter_is_no_crash(self, at: int, letter: str) -> None:
        """A link with a wrong character is refused, or still opens."""
        link = encode_link(session_from_config())
        changed = link[: at % len(link)] + letter + link[at % len(link) + 1 :]
        with suppress(RequestError):
            assert isinstance(open_link(session_from_config(), changed), Session)

    @pytest.mark.parametrize(
        "value",
        [
            {"settings": {"model": "own"}},
            {"settings": {"loss": "own"}},
            {"settings": {}, "values": [1.0]},
            {"settings": {}, "points": [[1.0, 2.0]], "labels": [3.0], "held": [False]},
            {"settings": {}, "points": [[1.0], [1.0, 2.0]], "labels": [1.0, 1.0]},
            {"settings": {}, "axes": [0, 9]},
            {"settings": {"hidden": [100000, 100000]}, "unknown": 1},
            {"settings": {"model": "mlp", "hidden": [100000, 100000, 100000]}},
            {"settings": {"points": 1000000000}},
        ],
    )
    def test_what_does_not_fit_is_refused(self, value: object) -> None:
        """A well-formed link with impossible contents is refused."""
        with pytest.raises(RequestError):
            open_link(session_from_config(), pack(value))

    def test_a_bomb_is_refused(self) -> None:
        """A short link with a huge decompressed size is refused before it is decompressed."""
        bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000, 9)).decode()
        with pytest.raises(RequestError, match="too large"):
            open_link(session_from_config(), bomb)
