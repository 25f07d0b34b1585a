"""Functions as curves, and histories of runs."""

import numpy as np
import pytest

from miniml import plots
from miniml.nn.activations import log_sigmoid, sigmoid
from miniml.training import History

pytest.importorskip("matplotlib")


class TestFunctions:
    def test_draws_each(self) -> None:
        """Each curve shows its function from end to end, and has its name."""
        ax = plots.functions(
            plots.axes(), {"sigmoid": sigmoid, "log-sigmoid": log_sigmoid}, -2.0, 3.0
        )
        curves = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
        assert [line.get_label() for line in curves] == ["sigmoid", "log-sigmoid"]
        for line, function in zip(curves, (sigmoid, log_sigmoid), strict=True):
            z, value = np.asarray(line.get_xydata()).T
            assert (z[0], z[-1]) == (-2.0, 3.0)
            np.testing.assert_array_equal(value, function(z))
        assert ax.get_xlabel() == "z"

    def test_tells_all_apart(self) -> None:
        """Four curves have four colours and four dashes; a fifth is refused."""
        curves = {str(power): lambda z, n=power: z**n for power in range(5)}
        with pytest.raises(
            ValueError, match="5 curves are too many to distinguish: draw at most 4"
        ):
            plots.functions(plots.axes(), curves)
        del curves["4"]
        lines = plots.functions(plots.axes(), curves).lines[2:]
        assert len({line.get_color() for line in lines}) == 4
        assert len({line.get_linestyle() for line in lines}) == 4


class TestHistory:
    def test_draws_steps_and_their_mean(self) -> None:
        """The running mean of a straight line is that line, at the middle of the steps."""
        steps = np.arange(1, 201)
        losses = 3.0 - steps / 100 + 0.5 * (-1.0) ** steps
        each, mean = plots.history(plots.axes(), History(steps, losses)).lines
        np.testing.assert_array_equal(np.asarray(each.get_xydata()).T, [steps, losses])
        at, values = np.asarray(mean.get_xydata()).T
        assert len(at) == 200 - 8 + 1
        np.testing.assert_allclose(values, 3.0 - (at + 0.5) / 100)

    def test_draws_what_was_measured(self) -> None:
        """Measured losses are drawn unchanged, under their names."""
        measured = {"train": np.array([2.5, 0.9]), "test": np.array([2.6, 1.2])}
        run = History(np.arange(1, 4), np.array([3.0, 2.0, 1.0]), np.array([1, 3]), measured)
        ax = plots.history(plots.axes(), run)
        drawn = {line.get_label(): np.asarray(line.get_xydata()).T.tolist() for line in ax.lines}
        assert drawn["train"] == [[1, 3], [2.5, 0.9]]
        assert drawn["test"] == [[1, 3], [2.6, 1.2]]

    def test_takes_an_empty_run(self) -> None:
        """A run without steps gives an empty picture."""
        run = History(np.zeros(0, np.int64), np.zeros(0))
        assert plots.history(plots.axes(), run).get_xlabel() == "step"

    def test_numbers_a_logarithmic_axis(self) -> None:
        """Losses that span a factor of twenty have at least three numbers on their axis."""
        ax = plots.loss_curve(plots.axes(), [1, 2, 3], [0.7, 0.1, 0.035])
        ax.figure.canvas.figure.draw_without_rendering()
        low, high = ax.get_ylim()
        shown = [tick for tick in ax.get_yticks() if low <= tick <= high]
        assert ax.get_yscale() == "log"
        assert len(shown) >= 3


class TestNames:
    def test_are_written_as_they_are(self) -> None:
        """Dollar signs in the name of a feature start no formula."""
        ax = plots.axes(title="$a_1$ and $b$")
        plots.functions(ax, {"cost in $ or $US": sigmoid})
        ax.set_xlabel("$x$")
        legend = ax.get_legend()
        assert legend is not None
        texts = [*legend.get_texts(), ax.xaxis.label, ax._left_title]  # type: ignore[attr-defined]  # no other way to it
        assert not any(text.get_parse_math() for text in texts)
