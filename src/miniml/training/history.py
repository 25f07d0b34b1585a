"""What was measured in the course of a run."""

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


@model
class History:
    """The loss of every step of a run, and what was measured on the validation data.

    Attributes:
        step: The steps' numbers, `(n,)`.
        loss: The loss of each step's batch before the step, `(n,)`.
        validation_step: The steps after which the metric was measured, `(m,)`.
        validation: The metric on the validation data, `(m,)`.

    Example:
        >>> History(np.array([1, 2]), np.array([0.5, 0.25])).table()["loss"]
        array([0.5 , 0.25])
    """

    step: NDArray[np.int64] = attrs.field(factory=_no_steps)
    loss: NDArray[np.float64] = attrs.field(factory=_no_values)
    validation_step: NDArray[np.int64] = attrs.field(factory=_no_steps)
    validation: NDArray[np.float64] = attrs.field(factory=_no_values)

    def table(self) -> dict[str, NDArray[Any]]:
        """Give columns of equal length, as `pandas.DataFrame` and `polars.DataFrame` take them.

        Returns:
            The columns `step`, `loss` and `validation`, each `(n,)`; the last is NaN where
            nothing was measured.
        """
        validation = np.full(len(self.step), np.nan)
        places = np.searchsorted(self.step, self.validation_step)
        validation[places] = self.validation
        return {"step": self.step, "loss": self.loss, "validation": validation}

    def plot(self) -> "Axes":
        """Draw the losses, and the validation metric if there is one, over the steps.

        Returns:
            The axes that were drawn on.

        Raises:
            ImportError: If Matplotlib is not installed.
        """
        from miniml import plots  # noqa: PLC0415 - pictures only where they are asked for

        axes = plots.loss_curve(plots.axes(), self.step.tolist(), self.loss.tolist())
        if len(self.validation):
            steps, values = self.validation_step.tolist(), self.validation.tolist()
            plots.loss_curve(axes, steps, values, label="validation", second=True)
        return axes
