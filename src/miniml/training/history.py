"""The losses and measurements of a run."""

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from numpy.typing import NDArray

from miniml.tree import model

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _no_steps() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _no_values() -> NDArray[np.float64]:
    return np.zeros(0)


def _nothing() -> dict[str, NDArray[np.float64]]:
    return {}


@model
class History:
    """The loss of every step of a run, and the measurements.

    Attributes:
        step: The steps' numbers, `(n,)`.
        loss: The loss of each step's batch before the step, `(n,)`.
        measured_step: The steps after which there was a measurement, `(m,)`.
        measured: The measurements by name, each `(m,)`; `validation` is the metric on the
            validation data.

    Example:
        >>> History(np.array([1, 2]), np.array([0.5, 0.25])).table()["loss"]
        array([0.5 , 0.25])
    """

    step: NDArray[np.int64] = attrs.field(factory=_no_steps)
    loss: NDArray[np.float64] = attrs.field(factory=_no_values)
    measured_step: NDArray[np.int64] = attrs.field(factory=_no_steps)
    measured: dict[str, NDArray[np.float64]] = attrs.field(factory=_nothing)

    def table(self) -> dict[str, NDArray[Any]]:
        """Return columns of equal length, as `pandas.DataFrame` and `polars.DataFrame` take them.

        Returns:
            The columns `step`, `loss` and one for each measurement, each `(n,)`; the latter are NaN
            at steps without one.
        """
        places = np.searchsorted(self.step, self.measured_step)
        columns: dict[str, NDArray[Any]] = {"step": self.step, "loss": self.loss}
        for name, values in self.measured.items():
            columns[name] = np.full(len(self.step), np.nan)
            columns[name][places] = values
        return columns

    def plot(self) -> "Axes":
        """Draw the losses, and the validation metric if there is one, over the steps.

        Returns:
            The axes of the plot.

        Raises:
            ImportError: If Matplotlib is not installed.
        """
        from miniml import plots  # noqa: PLC0415  # Matplotlib is optional

        return plots.history(plots.axes(), self)
