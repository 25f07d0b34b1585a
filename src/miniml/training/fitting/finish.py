"""The result of a run, and warnings about it."""

import math
from typing import TypeVar

from miniml.training.fitting.loop import Ending
from miniml.training.fitting.record import Record
from miniml.training.memory_check import fault
from miniml.training.result import Fit, Stopped
from miniml.training.warn import not_finite, warn

T = TypeVar("T")


def finish(record: Record[T], ended: Ending, data: object, validation: object) -> Fit[T]:
    """Return what a run reached; warn if its loss or its metric was not finite."""
    if ended in ("not finite", "broken"):
        warn(_retreat(record, data, broken=ended == "broken"))
    elif ended == "stuck optimizer":
        text = fault(record.state)
        record.retreat_to_finite()
        warn(f"{text}. The state of step {record.state.step} is returned, which was finite")
    run = record.snapshot()
    if run.best is not None and math.isnan(run.best.value):
        warn(
            "the metric on the validation data was NaN each time it was measured: no parameters are "
            f"the best{not_finite(run.state.params, validation)}"
        )
    stopped: Stopped = "not finite" if ended == "broken" or ended == "stuck optimizer" else ended  # noqa: PLR1714  # narrows
    return Fit(run.state, run.history, run.best, stopped)


def _retreat(record: Record[T], data: object, *, broken: bool) -> str:
    """Go back to the last state whose parameters gave a finite loss, and describe that."""
    made = record.steps_made()
    fault = f"the loss is not finite at step {made + 1}"
    if broken:
        fault = f"step {made} turned parameters into NaN"
    if record.retreat():
        return (
            f"{fault}: the state of step {record.state.step} is returned, the last whose parameters "
            f"gave a finite loss{not_finite(None, data)}"
        )
    return (
        f"the loss is not finite at the first step, for the parameters of step "
        f"{record.state.step}, which are returned{not_finite(record.state.params, data)}"
    )
