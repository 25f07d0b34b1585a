# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Losses over the steps of a run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from miniml.plots.curves import lines
from miniml.plots.style import CURVES, FAINT, SMALL, SOFT, plain
from miniml.types import Array, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Steps: TypeAlias = Sequence[int] | Array | IntArray
"""The steps' numbers, `(n,)`."""

_DECADE = 10.0  # losses that span less are easier to read on a linear scale


class Run(Protocol):
    """What `history` draws: a `History`, or an object with the same fields."""

    @property
    def step(self) -> NDArray[np.int64]:
        """The steps' numbers, `(n,)`."""
        ...

    @property
    def loss(self) -> NDArray[np.float64]:
        """The loss at each step, `(n,)`."""
        ...

    @property
    def measured_step(self) -> NDArray[np.int64]:
        """The steps after which the measurements were made, `(m,)`."""
        ...

    @property
    def measured(self) -> Mapping[str, NDArray[np.float64]]:
        """The measurements by name, each `(m,)`."""
        ...


def loss_curve(
    ax: "Axes",
    steps: Steps,
    losses: Sequence[float] | Array,
    *,
    label: str = "training",
    second: bool = False,
) -> "Axes":
    """Draw a loss against the number of steps.

    The scale is logarithmic if the losses are positive and span a factor of ten.

    Args:
        ax: The axes to draw on.
        steps: The steps' numbers, `(n,)`.
        losses: The loss at each step, `(n,)`.
        label: The curve's name, for the legend.
        second: Draw a dashed line in another colour, to compare with the first curve.

    Returns:
        `ax`.

    Example:
        >>> from miniml.plots import axes
        >>> loss_curve(axes(), [1, 2, 3], [0.9, 0.5, 0.04]).get_yscale()
        'log'
    """
    colour, style = CURVES[second]
    ax.plot(steps, losses, color=colour, linestyle=style, linewidth=1.6, label=label, zorder=2)
    _finish(ax)
    return ax


def history(ax: "Axes", run: Run) -> "Axes":
    """Draw the loss at each step of a training run, and its measurements or its running mean.

    Args:
        ax: The axes to draw on.
        run: The history that `fit` returns. Each measurement is a curve; without measurements
            the running mean over a 25th of the run is drawn.

    Returns:
        `ax`.

    Raises:
        ValueError: If there are more than four measurements.

    Example:
        >>> from miniml.training import History
        >>> from miniml.plots import axes
        >>> run = History(np.arange(1, 101), np.linspace(1.0, 0.5, 100))
        >>> [line.get_label() for line in history(axes(), run).lines]
        ['each step', 'running mean']
    """
    curves = {name: (run.measured_step, values) for name, values in run.measured.items()}
    if not curves and len(run.loss):
        curves["running mean"] = _running_mean(run)
    ax.plot(run.step, run.loss, color=SOFT, alpha=0.45, linewidth=0.8, label="each step", zorder=1)
    lines(ax, curves, width=1.6)
    _finish(ax)
    return ax


def _running_mean(run: Run) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    window = max(1, len(run.loss) // 25)
    means = np.convolve(run.loss, np.full(window, 1 / window), "valid")
    first = (window - 1) // 2  # each mean is drawn at the middle of its steps
    return run.step[first : first + len(means)], means


def _finish(ax: "Axes") -> None:
    from matplotlib.ticker import LogLocator, NullLocator  # noqa: PLC0415  # optional

    drawn = np.concatenate([np.asarray(line.get_ydata(), float) for line in ax.lines])
    drawn = drawn[np.isfinite(drawn)]
    if drawn.size and 0 < _DECADE * drawn.min() <= drawn.max():
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        # Over one or two decades, powers of ten alone would be too few numbers.
        ax.yaxis.set_major_locator(
            LogLocator(subs=(1.0, 2.0, 5.0) if high < 1000 * low else (1.0,))
        )
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("step")
    ax.set_ylabel("loss")
    ax.grid(color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.margins(x=0.02)
    if len(ax.lines) > 1:
        plain(ax, ax.legend(frameon=False, fontsize=SMALL))
