"""Panels, and one model with changed leaves."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from miniml import Array, Linear, plots
from miniml.datasets import Dataset

pytest.importorskip("matplotlib")
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from PIL import Image

LOW, HIGH = np.zeros(2), np.ones(2)
LINE = Linear(np.array([1.0, 1.0]), -1.0)


def draw(ax: Axes, m: Linear) -> Axes:
    """Draw the separator and a point of each class."""
    plots.separator(ax, m, LOW, HIGH)
    return plots.dataset(ax, Dataset(np.array([LOW, HIGH]), np.array([-1.0, 1.0])))


class TestSmallMultiples:
    def test_draws_each_change(self) -> None:
        """The separator of each picture is that of the model with the leaves replaced."""
        changes: list[dict[str, float | Array]]
        changes = [{"b": -0.5}, {"w": np.array([0.5, 1.5])}, {"w[0]": 0.0, "b": -0.25}]
        axs = plots.small_multiples(plots.panels(3), LINE, changes, draw)
        models = [
            Linear(np.array([1.0, 1.0]), -0.5),
            Linear(np.array([0.5, 1.5]), -1.0),
            Linear(np.array([0.0, 1.0]), -0.25),
        ]
        for ax, model in zip(axs, models, strict=True):
            (line,) = (c for c in ax.collections if isinstance(c, ContourSet))
            vertices = np.concatenate([np.asarray(path.vertices) for path in line.get_paths()])
            assert len(vertices) > 10
            np.testing.assert_allclose(model(vertices), 0, atol=1e-9)
        titles = [ax.get_title(loc="left") for ax in axs]
        assert titles == ["b = -0.5", "w = [0.5, 1.5]", "w[0] = 0, b = -0.25"]

    def test_turns_a_leaf_without_axes(self) -> None:
        """A bias that is an array of shape () takes a number."""
        line = Linear(np.array([1.0, 1.0]), np.array(-1.0))
        (ax,) = plots.small_multiples(plots.panels(1), line, [{"b": -0.5}], draw)
        assert ax.get_title(loc="left") == "b = -0.5"

    def test_keeps_one_legend(self) -> None:
        """Only the last picture has a legend."""
        axs = plots.small_multiples(plots.panels(2), LINE, [{"b": -0.5}, {"b": -1.5}], draw)
        assert [ax.get_legend() is None for ax in axs] == [True, False]

    def test_needs_an_axes_for_each_change(self) -> None:
        """Too few axes are an error, before anything is drawn."""
        axs = plots.panels(1)
        with pytest.raises(ValueError, match="2 changes need as many axes, got 1"):
            plots.small_multiples(axs, LINE, [{"b": -0.5}, {"b": -1.5}], draw)
        assert not axs[0].collections


class TestPanels:
    def test_stand_in_rows(self) -> None:
        """Five panels in three columns make two rows without an empty sixth panel."""
        axs = plots.panels(5, columns=3, width=2.0, height=1.0)
        assert axs[0].figure.canvas.figure.get_size_inches().tolist() == [6.0, 2.0]
        assert axs[0].figure.axes == axs
        tops = [round(float(ax.get_position().y1), 3) for ax in axs]
        assert tops[0] == tops[1] == tops[2] > tops[3] == tops[4]

    def test_share_limits(self) -> None:
        """Panels that share limits have the limits set last."""
        one, other = plots.panels(2, share=True)
        one.set_xlim(3, 7)
        assert other.get_xlim() == (3, 7)

    def test_need_a_title_each(self) -> None:
        """Too few titles are an error."""
        with pytest.raises(ValueError, match="zip"):
            plots.panels(2, titles=["one"])


class TestSave:
    def test_goes_by_the_name(self, tmp_path: Path) -> None:
        """The name of the file determines the format."""
        for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
            plots.save(plots.axes(), tmp_path / f"a.{suffix}")
            assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)

    def test_keeps_to_so_many_colours(self) -> None:
        """With `colours`, a picture has at most so many colours, is smaller, and hardly differs."""
        ax = plots.decision_regions(plots.axes(), lambda x: 9 * x[:, 0] - 4, LOW, HIGH)
        images: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = []
        sizes: list[int] = []
        for colours in (None, 64):
            file = BytesIO()
            plots.save(ax, file, dpi=100, colours=colours)
            sizes.append(len(file.getvalue()))
            with Image.open(file) as image:
                images.append(np.asarray(image.convert("RGB"), np.float64))
        full, few = images
        assert full.shape == (400, 500, 3)
        assert len(np.unique(few.reshape(-1, 3), axis=0)) <= 64
        assert sizes[1] < sizes[0]
        assert np.mean(np.abs(full - few)) < 3
