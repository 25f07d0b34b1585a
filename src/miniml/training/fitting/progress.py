"""The progress of a run: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Protocol, TextIO, TypeAlias

import attrs

FRAME_SECONDS = 0.1
LINE_SECONDS = 5.0


class Moment(Protocol):
    """The part of a training state that is shown."""

    @property
    def step(self) -> int:
        """The number of steps taken."""
        ...

    @property
    def loss(self) -> float:
        """The loss of the step."""
        ...


@attrs.frozen
class Measured:
    """A moment with the metric on the validation data.

    Attributes:
        step: The number of steps taken.
        loss: The loss of the step.
        validation: The metric as last measured; None if it never was.
    """

    step: int
    loss: float
    validation: float | None


Show: TypeAlias = Callable[[Moment], None]
"""A callback that shows a state."""


@contextmanager
def progress(steps: int, file: TextIO | None = None, *, start: int = 0) -> Generator[Show]:
    """Show loss, steps a second and the time left, while the block runs.

    Args:
        steps: The number of steps of the run.
        file: The file to write to; None is the standard error. A bar is drawn on a terminal if
            rich is installed; elsewhere a line is written every five seconds.
        start: The number of steps that a resumed run has made before.

    Yields:
        A callback to call with each state; it is cheap for any number of steps.

    Example:
        >>> from miniml import State
        >>> with progress(10, sys.stdout) as show:
        ...     show(State(10, 0, {"w": 1.0}, None, 0.25))
        step 10/10, loss 0.2500, ... steps/s
    """
    stream = sys.stderr if file is None else file
    if not stream:  # a program without a console has no standard error
        yield lambda _: None
    elif stream.isatty() and find_spec("rich"):
        with _bar(steps, stream, start) as show:
            yield show
    else:
        yield _lines(steps, stream, start)


@contextmanager
def _bar(steps: int, file: TextIO, start: int) -> Generator[Show]:
    from rich.console import Console  # noqa: PLC0415  # optional
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415  # optional

    began = time.perf_counter()
    columns = (
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[text]}"),
    )
    with Progress(*columns, console=Console(file=file), auto_refresh=False) as bar:
        task = bar.add_task("", total=steps, text="starting")
        due = 0.0

        def show(state: Moment) -> None:
            nonlocal due
            now = time.perf_counter()
            if now >= due or state.step == steps:
                due = now + FRAME_SECONDS
                text = _text(state, steps, (state.step - start) / max(now - began, 1e-9))
                bar.update(task, completed=state.step, text=text, refresh=True)

        yield show


def _lines(steps: int, file: TextIO, start: int) -> Show:
    began = time.perf_counter()
    due = began + 1.0  # the first line comes early, as a sign of life

    def show(state: Moment) -> None:
        nonlocal due
        now = time.perf_counter()
        if now >= due or state.step == steps:
            due = now + LINE_SECONDS
            text = _text(state, steps, (state.step - start) / max(now - began, 1e-9))
            print(f"step {state.step:,}/{steps:,}, {text}", file=file, flush=True)  # the purpose

    return show


def _text(state: Moment, steps: int, speed: float) -> str:
    text = f"loss {_number(state.loss)}, {speed:,.{0 if speed >= 10 else 1}f} steps/s"
    validation: float | None = getattr(state, "validation", None)
    if validation is not None:
        text = f"validation {_number(validation)}, {text}"
    if state.step == steps:
        return text
    left = round((steps - state.step) / speed)
    clock = f"{left // 60}:{left % 60:02}" if left < 3600 else f"{left / 3600:.1f} h"
    return f"{text}, {clock} left"


def _number(value: float) -> str:
    """Format with four decimal places; of very small or large numbers, with four digits."""
    return f"{value:.4f}" if not value or 0.001 <= abs(value) < 1e6 else f"{value:.3e}"
