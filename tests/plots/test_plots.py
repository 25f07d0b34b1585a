"""The content of the pictures, read back from the axes."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from miniml import plots
from miniml.datasets import Dataset, circle
from miniml.plots.style import NEGATIVE, POSITIVE
from miniml.types import Array

pytest.importorskip("matplotlib")
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.contour import ContourSet

LOW, HIGH = np.zeros(2), np.ones(2)
SOURCE = Path(plots.__file__).parents[2]


def circle_score(x: Array) -> Array:
    """Score points as the data set `circle` labels them."""
    squares: Array = np.sum((x - 0.5) ** 2, axis=1)
    return squares - 0.1


class TestAxes:
    def test_saves_the_same_bytes(self) -> None:
        """The same picture drawn twice gives the same file."""
        pictures: list[bytes] = []
        for _ in range(2):
            ax = plots.decision_regions(plots.axes(), circle_score, LOW, HIGH, resolution=20)
            plots.dataset(ax, circle(np.random.default_rng(0)))
            buffer = BytesIO()
            plots.save(ax, buffer)
            pictures.append(buffer.getvalue())
        assert pictures[0] == pictures[1]
        assert pictures[0].startswith(b"\x89PNG")

    def test_names_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without matplotlib, the error says what to install."""
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(ModuleNotFoundError, match=r"pip install 'miniml-attrs\[plot\]'"):
            plots.axes()

    def test_is_not_imported_before(self) -> None:
        """Importing miniml imports no matplotlib."""
        code = "import sys, miniml.plots; sys.exit('matplotlib' in sys.modules)"
        subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SOURCE)})


class TestDataset:
    def test_draws_each_point_in_its_class(self) -> None:
        """The two collections have the points of the two classes, in different colours and shapes."""
        data = circle(np.random.default_rng(0), 30)
        ax = plots.dataset(plots.axes(), data)
        crosses, discs = (c for c in ax.collections if isinstance(c, PathCollection))
        assert np.array_equal(np.asarray(crosses.get_offsets()), data.x[data.y < 0])
        assert np.array_equal(np.asarray(discs.get_offsets()), data.x[data.y > 0])
        assert np.allclose(np.asarray(crosses.get_facecolor()), [to_rgba(NEGATIVE)])
        assert np.allclose(np.asarray(discs.get_facecolor()), [to_rgba(POSITIVE)])
        assert len(crosses.get_paths()[0]) != len(discs.get_paths()[0])

    def test_names_axes_and_classes(self) -> None:
        """Axes and legend have the given names."""
        data = circle(np.random.default_rng(0), 30)
        ax = plots.dataset(plots.axes(), data, features=("a", "b"), classes=("in", "out"))
        legend = ax.get_legend()
        assert legend is not None
        assert [text.get_text() for text in legend.get_texts()] == ["in", "out"]
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")

    def test_draws_a_background_without_legend(self) -> None:
        """Faint points have no legend."""
        data = circle(np.random.default_rng(0), 30)
        assert plots.dataset(plots.axes(), data, faint=True).get_legend() is None

    def test_refuses_three_features(self) -> None:
        """Points of three features cannot be drawn, and the error gives the shape."""
        with pytest.raises(ValueError, match=r"two features; x has shape \(4, 3\)"):
            plots.dataset(plots.axes(), Dataset(np.zeros((4, 3)), np.ones(4)))


class TestDecisionRegions:
    def test_tints_by_the_probability(self) -> None:
        """The value of each pixel is `2 sigmoid(score) - 1`."""
        ax = plots.decision_regions(plots.axes(), circle_score, LOW, HIGH, resolution=5)
        (image,) = ax.images
        values = np.asarray(image.get_array())
        centre, corner = 2 / (1 + np.exp(0.1)) - 1, 2 / (1 + np.exp(-0.4)) - 1
        assert values[2, 2] == pytest.approx(centre)
        assert values[[0, 0, 4, 4], [0, 4, 0, 4]] == pytest.approx(corner)

    def test_sets_the_limits(self) -> None:
        """The limits are the corners."""
        ax = plots.decision_regions(plots.axes(), circle_score, LOW, 2 * HIGH)
        assert (*ax.get_xlim(), *ax.get_ylim()) == (0, 2, 0, 2)


class TestSeparator:
    def test_lies_where_the_score_is_zero(self) -> None:
        """The score at every vertex of the line is zero, within the grid spacing."""
        ax = plots.separator(plots.axes(), circle_score, LOW, HIGH)
        (line,) = (c for c in ax.collections if isinstance(c, ContourSet))
        vertices = np.concatenate([path.vertices for path in line.get_paths()])
        assert len(vertices) > 100
        np.testing.assert_allclose(circle_score(vertices), 0, atol=1e-4)

    @pytest.mark.parametrize("value", [-1.0, 0.0, 1.0])
    def test_is_left_out_where_there_is_none(self, value: float) -> None:
        """A score that does not change sign has no separator, and gives no warning."""
        ax = plots.separator(plots.axes(), lambda x: np.full(len(x), value), LOW, HIGH)
        assert not ax.collections

    def test_is_drawn_beside_what_is_not_a_number(self) -> None:
        """NaN scores in one region hide no line elsewhere."""

        def score(x: Array) -> Array:
            return np.where(x[:, 0] < 0.3, np.nan, x[:, 0] - 0.5)

        ax = plots.separator(plots.axes(), score, LOW, HIGH)
        (line,) = (c for c in ax.collections if isinstance(c, ContourSet))
        vertices = np.concatenate([path.vertices for path in line.get_paths()])
        np.testing.assert_allclose(vertices[:, 0], 0.5, atol=1e-6)


class TestLossCurve:
    def test_draws_what_it_is_given(self) -> None:
        """The curve has the given losses."""
        ax = plots.loss_curve(plots.axes(), [1, 2, 3], [3.0, 2.0, 1.0])
        assert np.array_equal(np.asarray(ax.lines[0].get_xydata()), [[1, 3], [2, 2], [3, 1]])

    def test_keeps_a_linear_scale_at_zero(self) -> None:
        """A loss that reaches zero is not drawn on a logarithmic scale."""
        assert plots.loss_curve(plots.axes(), [1, 2], [1.0, 0.0]).get_yscale() == "linear"

    def test_tells_two_curves_apart(self) -> None:
        """A second curve differs in colour and in dashes."""
        ax = plots.loss_curve(plots.axes(), [1, 2], [2.0, 1.0])
        one, two = plots.loss_curve(ax, [1, 2], [2.0, 1.5], label="test", second=True).lines
        assert one.get_color() != two.get_color()
        assert (one.get_linestyle(), two.get_linestyle()) == ("-", "--")


def squared_margin(scores: Array, labels: Array) -> Array:
    return (labels * scores) ** 2


class TestPointLosses:
    def test_puts_each_point_at_its_margin(self) -> None:
        """A point is drawn at `-y score(x)`, at the height of its loss."""
        data = circle(np.random.default_rng(0), 30)
        ax = plots.point_losses(plots.axes(), squared_margin, circle_score, data)
        drawn = np.concatenate(
            [np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection)]
        )
        z = np.sort(-data.y * circle_score(data.x))
        np.testing.assert_allclose(np.sort(drawn[:, 0]), z)
        np.testing.assert_allclose(drawn[:, 1], drawn[:, 0] ** 2)

    def test_a_function_of_one_number_is_refused(self) -> None:
        """NumPy would write the squares over the labels."""
        data = circle(np.random.default_rng(0), 30)
        with pytest.raises(TypeError, match=r"point_loss is np\.square, a function of 1 argument"):
            plots.point_losses(plots.axes(), np.square, circle_score, data)


def test_corners_hold_all_points() -> None:
    """The corners enclose all points, with a margin even if all share a value."""
    x = np.array([[0.0, 3.0], [10.0, 3.0]])
    low, high = plots.corners(x, margin=0.1)
    assert low.tolist() == pytest.approx([-1.0, 2.9])
    assert high.tolist() == pytest.approx([11.0, 3.1])
