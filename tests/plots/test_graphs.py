"""Networks and trees, drawn as graphs."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from miniml import MLP, Lambda, Linear, Sequential, Split, Static, model, named_leaves, plots
from miniml.plots.modules import Kind
from miniml.plots.style import NEGATIVE, POSITIVE
from miniml.tree import tree_leaves
from tests.strategies import trees

pytest.importorskip("matplotlib")
from matplotlib.axes import Axes


def weights(ax: Axes) -> list[tuple[float, float, str]]:
    """Return the start, width and colour of each line between units."""
    return [
        (float(np.asarray(line.get_xdata())[0]), line.get_linewidth(), str(line.get_color()))
        for line in ax.lines
        if len(np.asarray(line.get_xdata()))
    ]


class TestNetwork:
    def test_draws_a_line_for_each_weight(self) -> None:
        """Signs are colours, sizes are widths."""
        net = MLP((Linear(np.array([[1.0, -2.0]]), 0.0), Linear(np.array([0.0, 3.0]), 0.0)))
        drawn = weights(plots.network(plots.axes(), net))
        assert [colour for _, _, colour in drawn] == [POSITIVE, NEGATIVE, POSITIVE, POSITIVE]
        small, great, none, greatest = (width for _, width, _ in drawn)
        assert none < small < great == greatest

    def test_draws_no_layer_without_weights(self) -> None:
        """Functions between linear layers are not drawn."""
        rng = np.random.default_rng(0)
        layers = (Linear.init(rng, 2, 3), Lambda(np.tanh), Linear.init(rng, 3))
        ax = plots.network(plots.axes(), Sequential(layers), features=("a", "b"))
        assert len(weights(ax)) == 2 * 3 + 3
        texts = [text.get_text() for text in ax.texts]
        assert texts == ["a", "b", "2 inputs", "3 units", "score"]

    def test_draws_a_split_as_a_product(self) -> None:
        """Two submodels are connected to their product."""
        ax = plots.network(plots.axes(), Split.init(np.random.default_rng(0), 2))
        assert len(weights(ax)) == 2 * 2 + 2
        assert "their product" in [text.get_text() for text in ax.texts]

    def test_counts_what_it_leaves_out(self) -> None:
        """Of a wide layer ten units are drawn, and the caption counts all."""
        ax = plots.network(plots.axes(), [np.ones((1200, 3))])
        assert len(weights(ax)) == 10 * 3
        assert "1,200 inputs" in [text.get_text() for text in ax.texts]

    def test_refuses_another_model(self) -> None:
        """A model without linear layers is refused, and the message suggests a solution."""
        with pytest.raises(TypeError, match=r"Lambda is not a network .* give the weights"):
            plots.network(plots.axes(), Lambda(np.tanh))  # type: ignore[arg-type]  # the fault

    def test_refuses_weights_that_are_not_finite(self) -> None:
        """A network with NaN weights is refused; the message names the layer."""
        weights = [np.ones((2, 3)), np.array([1.0, np.nan, 1.0])]
        with pytest.raises(ValueError, match=r"layer 1 has weights that are not finite"):
            plots.network(plots.axes(), weights)

    def test_refuses_names_that_do_not_fit(self) -> None:
        """The number of names must match the number of inputs."""
        with pytest.raises(ValueError, match=r"1 names do not match 2 inputs"):
            plots.network(plots.axes(), [np.ones(2)], features=["a"])

    def test_refuses_layers_that_do_not_fit(self) -> None:
        """Layers whose shapes do not match are named with their shapes."""
        with pytest.raises(ValueError, match=r"layer 0 has 3 outputs and layer 1 takes 4"):
            plots.network(plots.axes(), [np.ones((2, 3)), np.ones((4, 1))])


def boxes(ax: Axes) -> dict[str, Kind]:
    """Return the kind of each box by its text, from its corners and its edge."""
    found: dict[str, Kind] = {}
    for text in ax.texts:
        patch: Any = text.get_bbox_patch()
        if type(patch.get_boxstyle()).__name__ == "Round":
            found[text.get_text()] = "parameter"
        else:
            found[text.get_text()] = "module" if patch.get_linestyle() == "-" else "static field"
    return found


@model
class Inner:
    """A module with a parameter."""

    scale: float = 2.0


@model
class Outer:
    """A module with a parameter, user data, and another module."""

    w: Any
    inner: Inner = Inner()
    size: Static[int] = 25


class TestModuleTree:
    def test_draws_the_three_kinds(self) -> None:
        """Modules, parameters and static fields have different boxes."""
        assert boxes(plots.module_tree(plots.axes(), Outer(np.zeros((2, 3))))) == {
            "Outer": "module",
            "w: float64 (2, 3)": "parameter",
            "inner: Inner": "module",
            "scale = 2": "parameter",
            "size = 25": "static field",
        }

    @given(trees())
    def test_draws_every_leaf(self, tree: Any) -> None:
        """Each leaf of any tree is drawn once."""
        ax = plots.module_tree(plots.axes(), tree)
        drawn = [
            text
            for text in ax.texts
            if type(getattr(text.get_bbox_patch(), "get_boxstyle")()).__name__ == "Round"  # noqa: B009  # without a type
        ]
        assert len(drawn) == len(tree_leaves(tree))

    def test_keeps_boxes_apart(self) -> None:
        """In a picture of usual size, the boxes of a network's tree do not overlap."""
        net = MLP.init(np.random.default_rng(0), 2, (16, 16))
        ax = plots.module_tree(plots.axes(7.0, 3.2), net)
        ax.figure.canvas.figure.draw_without_rendering()
        patches = [text.get_bbox_patch() for text in ax.texts]
        places = [patch.get_window_extent() for patch in patches if patch is not None]
        assert len(places) == 3 * 2 + 3 + 2 + 1
        for i, one in enumerate(places):
            assert not any(one.overlaps(other) for other in places[:i])
            assert one.x0 >= 0
            assert one.x1 <= 7.0 * 150

    def test_names_join_to_the_names_of_leaves(self) -> None:
        """The last word of each leaf's name is on its box."""
        tree = {"a b": (1.0, 2.0)}
        texts = boxes(plots.module_tree(plots.axes(), tree))
        assert set(texts) == {"dict", "'a b': tuple", "0 = 1", "1 = 2"}
        assert list(named_leaves(tree)) == ["'a b'.0", "'a b'.1"]
