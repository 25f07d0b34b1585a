"""The loss as a function of one parameter and of two."""

import numpy as np
import pytest

from miniml import Array, Linear, Scalar, plots, tree_equal
from miniml.plots.knobs import Knob

pytest.importorskip("matplotlib")
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet

LINE = Linear(np.array([1.0, 2.0]), -1.0)


def bowl(m: Linear) -> Scalar:
    """Return the squared distance from (0, 1) and 0, with the bias weighted by two."""
    value: Scalar = m.w[0] ** 2 + (m.w[1] - 1.0) ** 2 + 2.0 * np.asarray(m.b) ** 2
    return value


def contours(ax: Axes) -> ContourSet:
    """Return the lines of equal loss."""
    (lines,) = (c for c in ax.collections if isinstance(c, ContourSet) and not c.filled)
    return lines


class TestKnob:
    @pytest.mark.parametrize(("name", "value"), [("b", -1.0), ("w[0]", 1.0), ("w[ 1 ]", 2.0)])
    def test_reads_and_turns_one_number(self, name: str, value: float) -> None:
        """A knob reads the number it was turned to; other leaves and the old tree do not change."""
        knob = Knob(LINE, name)
        turned = knob.turn(LINE, 7.5)
        assert (knob.read(LINE), knob.read(turned)) == (value, 7.5)
        assert tree_equal(knob.turn(turned, value), LINE)

    def test_keeps_the_dtype(self) -> None:
        """Turning an element of a float32 array leaves it float32."""
        tree = {"w": np.zeros((2, 2), np.float32)}
        turned = Knob(tree, "w[1,0]").turn(tree, 2.0)["w"]
        assert turned.dtype == np.float32
        assert turned.tolist() == [[0, 0], [2, 0]]

    @pytest.mark.parametrize("leaf", [np.array(1.0), np.float32(1.0), np.float64(1.0), 1.0])
    def test_takes_a_leaf_without_axes(self, leaf: Scalar) -> None:
        """A number of any dtype can be turned, and keeps its dtype."""
        turned = Knob({"b": leaf}, "b").turn({"b": leaf}, -2.5)["b"]
        assert float(turned) == -2.5
        assert np.asarray(turned).dtype == np.asarray(leaf).dtype

    @pytest.mark.parametrize(("leaf", "name"), [(2, "k"), (np.array([2]), "k[0]")])
    def test_rounds_nothing(self, leaf: object, name: str) -> None:
        """An integer leaf takes only integers: rounded numbers would give another curve."""
        tree = {"k": leaf}
        assert Knob(tree, name).turn(tree, 3.0)["k"] == 3
        with pytest.raises(ValueError, match=r"is an integer, of dtype int64.* 2\.5"):
            Knob(tree, name).turn(tree, 2.5)

    def test_keeps_apart_keys_and_elements(self) -> None:
        """Brackets after a dot are the key of a dict."""
        tree = {"t": {(0, 1): 3.0}}
        assert Knob(tree, "t.[(0, 1)]").read(tree) == 3.0

    @pytest.mark.parametrize("name", ["w", "w[2]", "w[0,0]", "b[0]"])
    def test_refuses_what_is_no_number(self, name: str) -> None:
        """A whole array and a position outside it are errors that give the shape."""
        with pytest.raises(ValueError, match=r"is not a single number; \w has shape \("):
            Knob(LINE, name)

    def test_lists_the_nearest_names(self) -> None:
        """An unknown leaf is an error with the nearest names."""
        with pytest.raises(KeyError, match="no leaf is named 'bb'; the nearest names are 'b'"):
            Knob(LINE, "bb")


class TestLossAlong:
    def test_draws_the_loss(self) -> None:
        """The curve is the loss with one parameter changed; the disc is that of the model."""
        ax = plots.loss_along(plots.axes(), bowl, LINE, "w[1]", (-1.0, 3.0), resolution=5)
        curve, here = (np.asarray(line.get_xydata()) for line in ax.lines)
        w: Array = np.linspace(-1.0, 3.0, 5)
        np.testing.assert_allclose(curve, np.stack([w, 1.0 + (w - 1.0) ** 2 + 2.0], axis=1))
        assert here.tolist() == [[2.0, 4.0]]
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("w[1]", "loss")


class TestLossOver:
    SPANS = {"w[0]": (-2.0, 2.0), "b": (-1.5, 1.5)}  # noqa: RUF012  # read only

    def test_draws_lines_of_equal_loss(self) -> None:
        """The loss at every vertex of a contour is its level, within the grid spacing."""
        ax = plots.loss_over(plots.axes(), bowl, LINE, self.SPANS, levels=[2.0, 4.0])
        lines = contours(ax)
        assert lines.levels == pytest.approx([2.0, 4.0])
        for level, path in zip(lines.levels, lines.get_paths(), strict=True):
            a, b = np.asarray(path.vertices).T
            assert len(a) > 50
            np.testing.assert_allclose(a**2 + 1.0 + 2.0 * b**2, level, atol=0.01)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("w[0]", "b")

    def test_draws_the_way_walked(self) -> None:
        """The path has the two parameters of each model, from the first to the last."""
        way = [Linear(np.array([w, 1.0]), b) for w, b in ((2.0, 1.0), (1.0, 0.5), (0.5, 0.0))]
        ax = plots.loss_over(plots.axes(), bowl, LINE, self.SPANS, path=way)
        path, start, here = (np.asarray(line.get_xydata()).tolist() for line in ax.lines)
        assert path == [[2.0, 1.0], [1.0, 0.5], [0.5, 0.0]]
        assert (start, here) == ([[2.0, 1.0]], [[1.0, -1.0]])

    def test_draws_no_contour_of_a_floor(self) -> None:
        """On a flat minimum, no line follows rounding errors."""
        ax = plots.loss_over(
            plots.axes(), lambda m: max(float(bowl(m)) - 2.0, 0.0), LINE, self.SPANS
        )
        assert min(contours(ax).levels) > 0

    def test_needs_two(self) -> None:
        """One parameter gives no surface."""
        with pytest.raises(ValueError, match="over two parameters; spans has 1"):
            plots.loss_over(plots.axes(), bowl, LINE, {"b": (0.0, 1.0)})
