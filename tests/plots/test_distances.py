"""`distances`: the shortest line from each point to the separator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniml import Linear, plots
from miniml.datasets import Dataset, circle
from miniml.losses import perceptron_loss
from miniml.types import Array

pytest.importorskip("matplotlib")
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.contour import ContourSet

LOW, HIGH = np.zeros(2), np.ones(2)


def ways(ax: Axes) -> Array:
    """Return the lines `(n, 2, 2)`, those of correctly classified points first."""
    lines = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert not any(isinstance(c, ContourSet) for c in lines)
    return np.concatenate([np.reshape(c.get_segments(), (-1, 2, 2)) for c in lines])


@given(st.floats(0.0, 2 * np.pi), st.floats(0.2, 3.0))
def test_of_a_line_are_perpendicular(angle: float, scale: float) -> None:
    """For a linear model the lines have the length `abs(m(x)) / norm(w)`."""
    w = scale * np.array([np.cos(angle), np.sin(angle)])
    line = Linear(w, -float(w @ [0.5, 0.5]))
    x = np.random.default_rng(0).random((12, 2)) * 0.4 + 0.3
    data = Dataset(x, np.where(np.arange(12) % 2, 1.0, -1.0))
    drawn = ways(plots.distances(plots.axes(), line, data, LOW, HIGH, resolution=40))
    lengths = np.linalg.norm(drawn[:, 0] - drawn[:, 1], axis=1)
    np.testing.assert_allclose(lengths, np.abs(line(drawn[:, 0])) / scale, atol=1e-6)


def test_of_a_curve_end_on_it() -> None:
    """If the separator consists of two curves, each line ends on the nearer one."""

    def score(x: Array) -> Array:
        squares: Array = np.sum((x - 0.5) ** 2, axis=1)
        return (squares - 0.02) * (squares - 0.12)

    data = circle(np.random.default_rng(0), 40)
    drawn = ways(plots.distances(plots.axes(), score, data, LOW, HIGH))
    radii = np.linalg.norm(drawn - 0.5, axis=2)
    circles = np.sqrt([0.02, 0.12])
    nearest = circles[np.argmin(np.abs(radii[:, :1] - circles), axis=1)]
    np.testing.assert_allclose(radii[:, 1], nearest, atol=2e-3)


def test_wrong_points_are_ringed_and_numbered() -> None:
    """Only misclassified points have a ring and the number `abs(m(x))`."""
    x = np.array([[0.2, 0.5], [0.4, 0.3], [0.9, 0.5]])
    ax = plots.distances(
        plots.axes(), lambda x: x[:, 0] - 0.5, Dataset(x, np.array([1.0, -1.0, 1.0])), LOW, HIGH
    )
    (rings,) = (
        c for c in ax.collections if isinstance(c, PathCollection) and c.get_label() == "wrong"
    )
    assert np.asarray(rings.get_offsets()).tolist() == [[0.2, 0.5]]
    assert [text.get_text() for text in ax.texts] == ["0.3"]


def test_without_a_separator_there_are_no_ways() -> None:
    """If the score does not change sign, only the points are drawn."""
    data = circle(np.random.default_rng(0), 10)
    ax = plots.distances(plots.axes(), lambda x: np.ones(len(x)), data, LOW, HIGH)
    assert not any(isinstance(c, LineCollection) for c in ax.collections)


def test_numbers_do_not_overlap() -> None:
    """The numbers of neighbours do not overlap each other or the edge."""
    x = np.array([[0.05, 0.5], [0.2, 0.46], [0.2, 0.58], [0.3, 0.5], [0.05, 0.95]])
    data = Dataset(x, np.ones(5))
    ax = plots.distances(plots.axes(), lambda x: x[:, 0] - 0.5, data, LOW, HIGH)
    ax.figure.canvas.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 5
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert box.x0 >= ax.bbox.x0


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((3, 2)), np.array([0.0, 1.0, 1.0]), "1 of the 3 labels are 0"),
        (np.zeros((3, 3)), np.ones(3), r"two features; x has shape \(3, 3\)"),
    ],
)
def test_refuses_what_would_mislead(x: Array, y: Array, message: str) -> None:
    """Labels 0 and points of three features are refused."""
    with pytest.raises(ValueError, match=message):
        plots.distances(plots.axes(), lambda x: x[:, 0], Dataset(x, y), LOW, HIGH)


def test_a_column_of_scores_is_refused() -> None:
    """Scores `(n, 1)` are refused: with labels `(n,)` they would broadcast to `(n, n)` margins."""
    data = circle(np.random.default_rng(0), 10)
    with pytest.raises(ValueError, match=r"scores have shape \(10, 1\)"):
        plots.point_losses(plots.axes(), perceptron_loss, lambda x: x[:, :1], data)
