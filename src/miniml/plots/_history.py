# pyright: reportUnknownMemberType=false
# matplotlib leaves its keyword arguments without types.
"""Losses over the steps of a run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from miniml.plots.style import CURVES, FAINT, SMALL, SOFT, plain
from miniml.types import Array, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Steps: TypeAlias = Sequence[int] | Array | IntArray
"""The steps' numbers, `(n,)`."""

_DECADE = 10.0  # losses that span less are read more easily on a linear scale


class Run(Protocol):
    """What `history` draws: a `History`, whose method `plot` calls it, or what has its fields."""

    @property
    def step(self) -> NDArray[np.int64]:
        """The steps' numbers, `(n,)`."""
        ...

    @property
    def loss(self) -> NDArray[np.float64]:
        """The loss at each, `(n,)`."""
        ...

    @property
    def measured_step(self) -> NDArray[np.int64]:
        """The steps after which there was a measurement, `(m,)`."""
        ...

    @property
    def measured(self) -> Mapping[str, NDArray[np.float64]]:
        """By name, what was measured, each `(m,)`."""
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

    The scale is logarithmic once the losses drawn are positive and span a factor of ten.

    Args:
        ax: Where to draw.
        steps: The steps' numbers, `(n,)`.
        losses: The loss at each, `(n,)`.
        label: The curve's name, for the legend.
        second: Draw a dashed line in a colour of its own, to compare with the first curve.

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
    """Draw the history of a training run: each step's loss, faint, and what it comes to.

    Args:
        ax: Where to draw.
        run: What `fit` kept: the loss of every step, and what was measured now and then, which
            is drawn under its names. Where nothing was measured, the running mean over a 25th of
            the run takes its place.

    Returns:
        `ax`.

    Raises:
        ValueError: If more than four things were measured.

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
    if len(curves) > len(CURVES):
        raise ValueError(f"{len(curves)} curves cannot be told apart: draw {len(CURVES)} at most")
    ax.plot(run.step, run.loss, color=SOFT, alpha=0.45, linewidth=0.8, label="each step", zorder=1)
    for (name, (steps, values)), (colour, style) in zip(curves.items(), CURVES, strict=False):
        ax.plot(steps, values, color=colour, linestyle=style, linewidth=1.6, label=name, zorder=2)
    _finish(ax)
    return ax


def _running_mean(run: Run) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    window = max(1, len(run.loss) // 25)
    means = np.convolve(run.loss, np.full(window, 1 / window), "valid")
    first = (window - 1) // 2  # each mean stands at the middle of its steps
    return run.step[first : first + len(means)], means


def _finish(ax: "Axes") -> None:
    from matplotlib.ticker import LogLocator, NullLocator  # noqa: PLC0415  # optional

    drawn = np.concatenate([np.asarray(line.get_ydata(), float) for line in ax.lines])
    drawn = drawn[np.isfinite(drawn)]
    if drawn.size and 0 < _DECADE * drawn.min() <= drawn.max():
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        # Over a decade or two, powers of ten alone would leave the axis almost without numbers.
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
