"""Showing how a run gets on: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Protocol, TextIO, TypeAlias

SECONDS_A_FRAME = 0.1
SECONDS_A_LINE = 5.0


class Moment(Protocol):
    """What is shown of a state of training."""

    @property
    def step(self) -> int:
        """The number of steps taken."""
        ...

    @property
    def loss(self) -> float:
        """The loss of the step."""
        ...


Show: TypeAlias = Callable[[Moment], None]
"""A callback that shows a state."""


@contextmanager
def progress(steps: int, file: TextIO | None = None) -> Generator[Show]:
    """Show loss, steps a second and the time left, while the block runs.

    Args:
        steps: The number of steps that the run is to take.
        file: Where to show them; None is the standard error. A bar is drawn on a terminal if
            rich is installed; elsewhere a line is written every five seconds.

    Yields:
        A callback to be called with each state; it is cheap, whatever the number of steps.

    Example:
        >>> from miniml import State
        >>> with progress(10, sys.stdout) as show:
        ...     show(State(10, 0, {"w": 1.0}, None, 0.25))
        step 10/10, loss 0.2500, ... steps/s
    """
    to: TextIO = sys.stderr if file is None else file
    if to.isatty() and find_spec("rich"):
        with _bar(steps, to) as show:
            yield show
    else:
        yield _lines(steps, to)


@contextmanager
def _bar(steps: int, file: TextIO) -> Generator[Show]:
    from rich.console import Console  # noqa: PLC0415  # optional
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415  # optional

    start = time.perf_counter()
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
                due = now + SECONDS_A_FRAME
                text = _text(state, steps, now - start)
                bar.update(task, completed=state.step, text=text, refresh=True)

        yield show


def _lines(steps: int, file: TextIO) -> Show:
    start = time.perf_counter()
    due = start + 1.0  # the first line comes early: it says that all is well

    def show(state: Moment) -> None:
        nonlocal due
        now = time.perf_counter()
        if now >= due or state.step == steps:
            due = now + SECONDS_A_LINE
            text = _text(state, steps, now - start)
            print(f"step {state.step:,}/{steps:,}, {text}", file=file, flush=True)  # the purpose

    return show


def _text(state: Moment, steps: int, seconds: float) -> str:
    speed = state.step / max(seconds, 1e-9)
    text = f"loss {state.loss:.4f}, {speed:,.{0 if speed >= 10 else 1}f} steps/s"
    if state.step == steps:
        return text
    left = round((steps - state.step) / speed)
    clock = f"{left // 60}:{left % 60:02}" if left < 3600 else f"{left / 3600:.1f} h"
    return f"{text}, {clock} left"
