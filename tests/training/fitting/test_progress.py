"""The progress of a run."""

import re
from io import StringIO

import attrs
import pytest

from miniml.training.fitting import progress as module
from miniml.training.fitting.progress import progress


@attrs.frozen
class Moment:
    """The part of a state that is shown."""

    step: int
    loss: float


class Terminal(StringIO):
    """A file that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace the clock by the number in a list."""
    now = [0.0]
    monkeypatch.setattr("miniml.training.fitting.progress.time.perf_counter", lambda: now[0])
    return now


class TestLines:
    def test_come_now_and_then(self, clock: list[float]) -> None:
        """A line comes after a second, then every five, and at the end."""
        file = StringIO()
        with progress(1000, file) as show:
            for step in range(1, 1001):
                clock[0] = step / 100
                show(Moment(step, 1 / step))
        assert re.findall(r"step ([\d,]+)/1,000, loss ([\d.]+)", file.getvalue()) == [
            ("100", "0.0100"),
            ("600", "0.0017"),
            ("1,000", "0.0010"),
        ]

    @pytest.mark.parametrize(
        ("loss", "shown"),
        [(2.5e-7, "2.500e-07"), (-3e9, "-3.000e+09"), (0.0, "0.0000"), (0.25, "0.2500")],
    )
    def test_tell_small_and_large_losses(self, loss: float, shown: str) -> None:
        """A small loss is not shown as 0.0000, nor a large one as a row of digits."""
        file = StringIO()
        with progress(1, file) as show:
            show(Moment(1, loss))
        assert file.getvalue().startswith(f"step 1/1, loss {shown}, ")

    def test_tell_speed_and_time_left(self, clock: list[float]) -> None:
        """The speed is that of all steps so far, and the time left follows from it."""
        file = StringIO()
        with progress(700, file) as show:
            clock[0] = 2.0
            show(Moment(100, 0.5))
        assert file.getvalue() == "step 100/700, loss 0.5000, 50 steps/s, 0:12 left\n"

    @pytest.mark.parametrize(
        ("step", "left"), [(1, "2.8 h"), (9000, "16:40"), (9995, "0:05"), (10000, None)]
    )
    def test_write_times_as_people_do(
        self, clock: list[float], step: int, left: str | None
    ) -> None:
        """Seconds, minutes and hours, and none at the end."""
        file = StringIO()
        with progress(10000, file) as show:
            clock[0] = float(step)
            show(Moment(step, 0.5))
        assert file.getvalue().rstrip().endswith(f", {left} left" if left else "1.0 steps/s")


class TestBar:
    def test_is_drawn_on_a_terminal(self, clock: list[float]) -> None:
        """On a terminal the last frame holds the steps, the loss and the speed."""
        pytest.importorskip("rich")
        file = Terminal()
        with progress(10, file) as show:
            for step in range(1, 11):
                clock[0] += 1.0
                show(Moment(step, 0.25))
        assert "10/10" in file.getvalue()
        assert "loss 0.2500, 1.0 steps/s" in file.getvalue()

    def test_is_redrawn_ten_times_a_second(self, clock: list[float]) -> None:
        """Fast steps do not draw a frame each."""
        pytest.importorskip("rich")
        file = Terminal()
        with progress(10_000, file) as show:
            for step in range(1, 10_000):
                clock[0] += 0.0001
                show(Moment(step, 0.25))
        assert file.getvalue().count("/10,000") <= 15

    def test_gives_way_to_lines_without_rich(
        self, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without rich, a terminal gets lines."""
        monkeypatch.setattr(module, "find_spec", lambda _: None)
        file = Terminal()
        with progress(1, file) as show:
            clock[0] = 1.0
            show(Moment(1, 0.5))
        assert file.getvalue() == "step 1/1, loss 0.5000, 1.0 steps/s\n"
