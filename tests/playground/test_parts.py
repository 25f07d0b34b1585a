"""The smaller parts: points, planes, knobs, the catalogue, messages, files, the protocol."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml.catalogue import DATA
from miniml.playground.core import messages
from miniml.playground.core.creation import new_session
from miniml.playground.core.csv_points import points_from_csv
from miniml.playground.core.errors import RequestError
from miniml.playground.core.from_config import make_points
from miniml.playground.core.knobs import LIMIT, LeafSchema, schema, turn, values
from miniml.playground.core.messages import Add, Csv
from miniml.playground.core.plane import plane_of
from miniml.playground.core.points import Points, hold_back
from miniml.playground.core.session import Notice
from miniml.playground.core.session_config import SessionConfig
from miniml.playground.core.update import update
from miniml.playground.shell.message_decoder import decode
from miniml.playground.view import header

ROOT = Path(__file__).parents[2]


class TestPoints:
    @given(st.floats(0.1, 1.0), st.integers(0, 9), st.integers(4, 60))
    def test_each_class_is_held_back_in_its_share(self, share: float, seed: int, n: int) -> None:
        """As many points of each class are held back as the share says, to half a point, and not all."""
        data = ml.Dataset(np.zeros((2 * n, 2)), np.repeat([-1.0, 1.0], n))
        points = hold_back(data, share, seed)
        for label in (-1.0, 1.0):
            wanted = min((1 - share) * n, n - 1)
            assert abs(points.held[points.y == label].sum() - wanted) <= 0.5 + 1e-9
        assert len(points.train) + len(points.test) == 2 * n

    def test_adding_and_removing(self) -> None:
        """What is added last is removed again, and the rest stands."""
        before = make_points(SessionConfig())
        after = before.add(np.array([0.1, 0.2]), -1.0)
        assert len(after.train) == len(before.train) + 1
        assert np.array_equal(after.remove(100).x, before.x)


class TestCatalogue:
    @pytest.mark.parametrize("name", [n for names in DATA.values() for n in names])
    def test_sets_follow_from_the_seed(self, name: str) -> None:
        """A set is the same for the same settings, and holds both classes."""
        one, other = make_points(SessionConfig(data=name)), make_points(SessionConfig(data=name))
        assert np.array_equal(one.x, other.x)
        assert set(one.y.tolist()) == {-1.0, 1.0}

    @pytest.mark.parametrize("name", ["gauss", "rings", "quadrants", "two-spirals", "simple"])
    def test_noise_moves_points(self, name: str) -> None:
        """Noise scatters the points and leaves their labels."""
        still, noisy = (make_points(SessionConfig(data=name, noise=noise)) for noise in (0.0, 0.5))
        assert not np.allclose(still.x, noisy.x)
        assert np.array_equal(still.y, noisy.y)


class TestPlane:
    @given(st.integers(0, 99), st.sampled_from([None, (0, 1), (2, 0)]))
    def test_lifting_is_undone_by_projecting(self, seed: int, axes: tuple[int, int] | None) -> None:
        """A place of the picture lifted into space projects back to itself."""
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((20, 3)) * [1.0, 5.0, 0.1]
        points = Points(x, np.ones(20), np.zeros(20, bool), ("a", "b", "c"))
        plane = plane_of(points, axes)
        uv = rng.standard_normal((7, 2))
        assert np.allclose(plane.project(plane.lift(uv)), uv)
        shown = plane.project(x)
        assert (shown >= plane.low).all()
        assert (shown <= plane.high).all()

    def test_the_unit_square_is_shown_whole(self) -> None:
        """The lecture's points are shown in the unit square, whichever were drawn."""
        plane = plane_of(make_points(SessionConfig()), None)
        assert plane.low.tolist() == [0.0, 0.0]
        assert plane.high.tolist() == [1.0, 1.0]


class TestKnobs:
    def test_a_turn_is_seen_at_its_offset(self) -> None:
        """Turning a scalar changes one value: the one that the schema says."""
        model = ml.MLP.init(np.random.default_rng(0), 2, (3,))
        for leaf in schema(model):
            assert leaf.offset is not None
            index = int(np.prod(leaf.shape)) - 1
            changed = values(turn(model, leaf.name, index, 9.0)) != values(model)
            assert np.flatnonzero(changed).tolist() == [leaf.offset + index]

    def test_dtypes_stay(self) -> None:
        """A turned leaf keeps its dtype, and a Python number stays one."""
        model = ml.Linear(np.ones(2, np.float32), 0.5)
        turned = turn(turn(model, "w", 0, 0.1), "b", 0, 2.0)
        assert isinstance(turned, ml.Linear)
        assert turned.w.dtype == np.float32
        assert type(turned.b) is float

    @pytest.mark.parametrize("old", [2, np.float32(2.0), np.array([2, 5]), np.float64(2.0)])
    def test_every_kind_of_number_turns(self, old: object) -> None:
        """A whole number takes the nearest whole one, and any number keeps its type."""
        new = turn({"k": old}, "k", 0, 2.75)  # type: ignore[arg-type]  # a bare tree
        found = new["k"]  # type: ignore[index]  # the same
        assert type(found) is type(old)
        assert np.asarray(found).dtype == np.asarray(old).dtype
        wanted = 2.75 if np.asarray(old).dtype.kind == "f" else 3
        assert np.asarray(found).reshape(-1)[0] == wanted

    def test_a_large_leaf_has_no_knobs(self) -> None:
        """Leaves beyond the limit are listed, without knobs, and none after them has any."""
        model = ml.MLP.init(np.random.default_rng(0), 2, (128, 128))
        offsets = [leaf.offset for leaf in schema(model)]
        assert offsets == [0, 256, None, None, None, None]
        assert len(values(model)) == 384 < LIMIT


class TestMessages:
    @given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists) | st.text())
    def test_anything_else_is_refused(self, value: object) -> None:
        """Whatever JSON comes, it is refused or it is a message."""
        with pytest.raises(RequestError):
            decode(msgspec.json.encode(value))

    @pytest.mark.parametrize("opening", ["[", '{"type":', '{"type":"seek","at":', '{"x":'])
    def test_what_is_nested_too_deeply_is_refused(self, opening: str) -> None:
        """However deeply a message is nested, it is refused, and ends nothing."""
        with pytest.raises(RequestError):
            decode(opening * 20_000)

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        """Bytes that are not UTF-8 are refused."""
        with pytest.raises(RequestError):
            decode(b'{"type": "bookmark", "name": "\xff"}')


class TestReading:
    def test_the_last_column_is_the_class(self) -> None:
        """Without a name, the last column holds the class."""
        points = points_from_csv(Csv("a,b,c\n1,2,x\n3,4,y\n5,7,x\n", "toy.csv"), SessionConfig())
        assert points.features == ("a", "b")
        assert points.classes == ("x", "y")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "empty"),
            ("a,b\n", "no data"),
            ("a,b\n1,x\n2,x\n", "only one class"),
            ("a,b\n1,x\nz,y\n", "'z' is not a number"),
            ("a,b\n1,x\n2\n", "1 values where"),
            ('a,b\n"1,x\n', "line"),
            ("a,b\n" + "1,x\n" * 500_000, "more than 2,000,000 letters"),
        ],
    )
    def test_faults_are_sentences(self, text: str, says: str) -> None:
        """A file that cannot be learned from is refused, and the sentence says where."""
        with pytest.raises(RequestError, match=says):
            points_from_csv(Csv(text, "toy.csv"), SessionConfig())

    @pytest.mark.parametrize(
        "text", ["\n\na,b\n1,x\n2,y\n", "a,b\r1,x\r2,y\r", "a,b\r\n1,x\r\n2,y"]
    )
    def test_ends_of_lines(self, text: str) -> None:
        """Lines may end as on any system, and the first may be empty."""
        assert points_from_csv(Csv(text, "toy.csv"), SessionConfig()).features == ("a",)

    @pytest.mark.parametrize("name", ["..", ".", "", "a\0b", "é" * 200])
    def test_a_name_no_disk_takes(self, name: str) -> None:
        """A name that no file can have does not keep a file from being read."""
        assert points_from_csv(Csv("a,b\n1,x\n2,y\n", name), SessionConfig()).features == ("a",)

    def test_a_name_with_folders_is_only_a_name(self, tmp_path: Path) -> None:
        """A name that leads elsewhere does not."""
        target = tmp_path / "x.csv"
        points_from_csv(Csv("a,b\n1,x\n2,y\n", f"../../{target}"), SessionConfig())
        assert not target.exists()


class TestOwn:
    def test_a_misfit_is_told_at_once(self) -> None:
        """A model that gives two scores a point is refused before any page is opened."""
        model = ml.Linear.init(np.random.default_rng(0), 2, 2)
        with pytest.raises(ValueError, match=r"one score for each point, of shape \(100,\)"):
            new_session(model)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (ml.Dataset(np.zeros((3, 2)), np.array([0.0, 1.0, 2.0])), "labels -1 and \\+1"),
            (ml.Dataset(np.zeros(3), np.ones(3)), "shape \\(n, d\\)"),
            (ml.Dataset(np.zeros((6000, 2)), np.ones(6000)), "at most 5,000"),
            (ml.Dataset(np.array([[0.0, np.nan]]), np.ones(1)), "x\\[0, 1\\] is nan"),
        ],
    )
    def test_data_that_cannot_be_shown(self, data: ml.Dataset, says: str) -> None:
        """Data that the page cannot show are refused in a sentence."""
        with pytest.raises(ValueError, match=says):
            new_session(None, data)

    def test_a_parameter_that_is_no_number(self) -> None:
        """A model with a word among its parameters is refused, and the parameter named."""

        @ml.model
        class Named:
            w: ml.Array
            kind: str

            def __call__(self, x: ml.Array) -> ml.Array:
                return x @ self.w

        with pytest.raises(ValueError, match=r"kind is of type str.*Static"):
            new_session(Named(np.ones(2), "line"))

    def test_a_point_lies_where_it_was_put(self) -> None:
        """A point that is added to points of whole numbers is not rounded to them."""
        data = ml.Dataset(np.array([[0, 1], [3, 2]]), np.array([-1, 1]))
        session = update(new_session(None, data), Add(0.5, 1.5, 1))
        assert session.points.x[-1].tolist() == [0.5, 1.5]

    def test_ones_own_loss_is_trained(self) -> None:
        """The script's model and loss are those that the page starts with."""
        model = ml.Linear(np.array([0.5, -0.5]), 0.25)

        def loss(params: ml.Linear, data: ml.Dataset) -> ml.Scalar:
            return np.mean(np.square(params(data.x) - data.y)) + 0.1 * np.sum(params.w**2)

        session = new_session(model, None, loss)
        assert session.params is model
        assert session.moment.loss == pytest.approx(float(loss(model, session.points.train)))


class TestProtocol:
    """The TypeScript view mirrors the Python classes by hand; this holds them together."""

    SOURCE = (ROOT / "playground/src/protocol.ts").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("name", "python"),
        [
            ("Leaf", LeafSchema),
            ("SessionConfig", SessionConfig),
            ("Notice", Notice),
            *((name, getattr(header, name)) for name in ("Stats", "Axes", "ViewState")),
            *((name, getattr(header, name)) for name in ("ProbeResult", "Bookmark", "LessonText")),
            *((name, getattr(header, name)) for name in ("Menus", "Section", "Header")),
        ],
    )
    def test_heads_have_the_same_fields(self, name: str, python: type[msgspec.Struct]) -> None:
        """Each part of a head has the same fields on both sides."""
        body = re.search(rf"interface {name} \{{(.*?)\n\}}", self.SOURCE, re.DOTALL)
        assert body
        fields = set(re.findall(r"readonly (\w+)\??:", body.group(1)))
        assert fields == set(python.__struct_encode_fields__)

    def test_messages_have_the_same_names(self) -> None:
        """The view sends every message that the server knows, and no other."""
        union = self.SOURCE[self.SOURCE.index("export type Message =") :].partition(";\n\n")[0]
        sent = {
            word
            for words in re.findall(r"type: ((?:\"\w+\"(?: \| )?)+)", union)
            for word in re.findall(r"\w+", words)
        }
        known = {kind.__struct_config__.tag for kind in messages.Message.__args__}
        assert sent == known
